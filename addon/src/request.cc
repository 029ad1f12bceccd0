#include "request.h"

#include <openssl/pem.h>

#include <string>
#include <utility>

#include "error.h"
#include "export.h"
#include "extension.h"
#include "file_type.h"
#include "key.h"
#include "name.h"
#include "pointers.h"
#include "signature.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr int64_t kNewSizeBytes = 2048;  // what it will roughly be when everything is set

// Without a callback of its own OpenSSL would ask at the terminal for the passphrase of an encrypted PEM block
int RefusePassphrase(char*, int, int, void*) { return -1; }

X509_REQ* RequestIn(const Napi::CallbackInfo& info) { return RequestOf(info[0], "request"); }

void Require(Napi::Env env, int result, const char* operation) {
  if (result != 1) throw OpenSSLErrorOf(env, operation);
}

Napi::Value RequestNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  RequestPointer request(X509_REQ_new());
  if (request == nullptr || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1) {
    throw OpenSSLErrorOf(info.Env(), "making a request");
  }
  return HandleOf(info.Env(), HandleKind::kRequest, std::move(request), kNewSizeBytes);
}

RequestPointer Read(Napi::Env env, FileType type, BIO* memory) {
  if (type == FileType::kAsn1) return RequestPointer(d2i_X509_REQ_bio(memory, nullptr));
  if (type != FileType::kPem) throw UnknownFileType(env);
  return RequestPointer(PEM_read_bio_X509_REQ(memory, nullptr, RefusePassphrase, nullptr));
}

Napi::Value LoadRequest(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const Bytes bytes = BytesOf(info[1], "bytes");
  const BioPointer memory = ReadingBio(bytes);
  RequestPointer request = memory == nullptr ? nullptr : Read(env, type, memory.get());
  if (request == nullptr) throw OpenSSLErrorOf(env, "loading a certificate request");
  const int64_t size_bytes = 1024 + 4 * static_cast<int64_t>(i2d_X509_REQ(request.get(), nullptr));
  return HandleOf(env, HandleKind::kRequest, std::move(request), size_bytes);
}

int Write(Napi::Env env, FileType type, BIO* memory, X509_REQ* request) {
  if (type == FileType::kPem) return PEM_write_bio_X509_REQ(memory, request);
  if (type == FileType::kAsn1) return i2d_X509_REQ_bio(memory, request);
  if (type == FileType::kText) return X509_REQ_print_ex(memory, request, 0, 0);
  throw UnknownFileType(env);
}

Napi::Value DumpRequest(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  X509_REQ* request = RequestOf(info[1], "request");
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || Write(env, type, memory.get(), request) != 1) {
    throw OpenSSLErrorOf(env, "dumping a certificate request");
  }
  return BufferOf(env, memory.get());
}

Napi::Value RequestVersion(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(X509_REQ_get_version(RequestIn(info))));
}

void RequestSetVersion(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Require(info.Env(), X509_REQ_set_version(RequestIn(info), IntegerOf(info[1], "version")), "setting a version");
}

Napi::Value RequestSubject(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return NameHandleOf(info.Env(), X509_REQ_get_subject_name(RequestIn(info)));
}

void RequestSetSubject(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Require(info.Env(), X509_REQ_set_subject_name(RequestIn(info), NameOf(info[1], "subject")), "setting a subject");
}

Napi::Value RequestPublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return SharedKeyHandleOf(info.Env(), X509_REQ_get0_pubkey(RequestIn(info)));
}

void RequestSetPublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_REQ* request = RequestIn(info);
  const KeyPointer key = PublicPartOf(info.Env(), KeyOf(info[1], "pkey"));
  Require(info.Env(), X509_REQ_set_pubkey(request, key.get()), "setting a public key");
}

Napi::Value RequestExtensions(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const ExtensionsPointer extensions(X509_REQ_get_extensions(RequestIn(info)));
  if (extensions == nullptr) throw OpenSSLErrorOf(info.Env(), "reading the extensions of a request");
  return ArrayOf(info.Env(), extensions.get());
}

void RequestAddExtensions(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_REQ* request = RequestIn(info);
  const ExtensionsPointer added = ExtensionsOf(info[1], "extensions");
  Require(info.Env(), X509_REQ_add_extensions(request, added.get()), "adding extensions to a request");
}

void RequestAddAttribute(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_REQ* request = RequestIn(info);
  const AsnObjectPointer attribute = AttributeOf(info[1]);
  const AsnStringPointer value = AttributeText(attribute.get(), info[2], info[3]);
  const unsigned char* bytes = ASN1_STRING_get0_data(value.get());
  const int length = ASN1_STRING_length(value.get());
  Require(info.Env(),
          X509_REQ_add1_attr_by_OBJ(request, attribute.get(), ASN1_STRING_type(value.get()), bytes, length),
          "adding an attribute to a request");
}

void RequestSign(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509_REQ* request = RequestIn(info);
  EVP_PKEY* key = KeyOf(info[1], "pkey");
  const EVP_MD* digest = SigningDigest(env, key, TextOf(info[2], "digest"));
  const X509_ALGOR* algorithm = nullptr;
  X509_REQ_get0_signature(request, nullptr, &algorithm);
  AlgorithmKeeper keeper(env, algorithm);
  if (X509_REQ_sign(request, key, digest) <= 0) throw OpenSSLErrorOf(env, "signing a certificate request");
  keeper.Done();
}

Napi::Value RequestVerify(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const int result = X509_REQ_verify(RequestIn(info), KeyOf(info[1], "pkey"));
  if (result < 0) throw OpenSSLErrorOf(info.Env(), "verifying a certificate request");
  if (result == 1) return info.Env().Undefined();
  return ArrayOf(info.Env(), DrainErrors());
}

}  // namespace

X509_REQ* RequestOf(const Napi::Value& value, const char* name) {
  return HeldBy<X509_REQ>(value, HandleKind::kRequest, name);
}

void ExportRequest(Napi::Object exports) {
  Export<RequestNew>(exports, "requestNew");
  Export<LoadRequest>(exports, "loadRequest");
  Export<DumpRequest>(exports, "dumpRequest");
  Export<RequestVersion>(exports, "requestVersion");
  Export<RequestSetVersion>(exports, "requestSetVersion");
  Export<RequestSubject>(exports, "requestSubject");
  Export<RequestSetSubject>(exports, "requestSetSubject");
  Export<RequestPublicKey>(exports, "requestPublicKey");
  Export<RequestSetPublicKey>(exports, "requestSetPublicKey");
  Export<RequestExtensions>(exports, "requestExtensions");
  Export<RequestAddExtensions>(exports, "requestAddExtensions");
  Export<RequestAddAttribute>(exports, "requestAddAttribute");
  Export<RequestSign>(exports, "requestSign");
  Export<RequestVerify>(exports, "requestVerify");
}

}  // namespace tsopenssl
