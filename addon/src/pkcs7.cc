#include "pkcs7.h"

#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include <string>
#include <utility>

#include "certificate.h"
#include "crl.h"
#include "error.h"
#include "export.h"
#include "file_type.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

void FreeListAlone(STACK_OF(X509) * stack) { sk_X509_free(stack); }

using Pkcs7Pointer = Pointer<PKCS7, PKCS7_free>;
using BorrowedCertificatesPointer = Pointer<STACK_OF(X509), FreeListAlone>;

int RefusePassphrase(char*, int, int, void*) { return -1; }

PKCS7* Pkcs7Of(const Napi::Value& value) { return HeldBy<PKCS7>(value, HandleKind::kPkcs7, "pkcs7"); }

Napi::Value Pkcs7HandleOf(Napi::Env env, Pkcs7Pointer pkcs7) {
  const int length = i2d_PKCS7(pkcs7.get(), nullptr);
  const int64_t size_bytes = 1024 + 4 * static_cast<int64_t>(length > 0 ? length : 0);
  return HandleOf(env, HandleKind::kPkcs7, std::move(pkcs7), size_bytes);
}

Pkcs7Pointer Read(Napi::Env env, FileType type, const Bytes& bytes) {
  if (type != FileType::kPem && type != FileType::kAsn1) throw UnknownFileType(env);
  const BioPointer memory = ReadingBio(bytes);
  if (memory == nullptr) return nullptr;
  if (type == FileType::kAsn1) return Pkcs7Pointer(d2i_PKCS7_bio(memory.get(), nullptr));
  return Pkcs7Pointer(PEM_read_bio_PKCS7(memory.get(), nullptr, RefusePassphrase, nullptr));
}

int Write(Napi::Env env, FileType type, BIO* memory, PKCS7* pkcs7) {
  if (type == FileType::kPem) return PEM_write_bio_PKCS7(memory, pkcs7);
  if (type == FileType::kAsn1) return i2d_PKCS7_bio(memory, pkcs7);
  if (type == FileType::kText) return PKCS7_print_ctx(memory, pkcs7, 0, nullptr);
  throw UnknownFileType(env);
}

Napi::Value LoadPkcs7(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const Bytes bytes = BytesOf(info[1], "bytes");
  Pkcs7Pointer pkcs7 = Read(env, type, bytes);
  if (pkcs7 == nullptr) throw OpenSSLErrorOf(env, "loading PKCS#7");
  return Pkcs7HandleOf(env, std::move(pkcs7));
}

Napi::Value DumpPkcs7(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  PKCS7* pkcs7 = Pkcs7Of(info[1]);
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || Write(env, type, memory.get(), pkcs7) != 1) throw OpenSSLErrorOf(env, "dumping PKCS#7");
  return BufferOf(env, memory.get());
}

Napi::Value Pkcs7TypeName(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const ASN1_OBJECT* type = Pkcs7Of(info[0])->type;
  const int number = OBJ_obj2nid(type);
  return Napi::String::New(info.Env(), number == NID_undef ? DottedOf(type) : OBJ_nid2sn(number));
}

// The content may be missing whatever the type is
const STACK_OF(X509)* CertificatesIn(const PKCS7* pkcs7) {
  if (pkcs7->d.ptr == nullptr) return nullptr;
  if (PKCS7_type_is_signed(pkcs7)) return pkcs7->d.sign->cert;
  return PKCS7_type_is_signedAndEnveloped(pkcs7) ? pkcs7->d.signed_and_enveloped->cert : nullptr;
}

const STACK_OF(X509_CRL)* CrlsIn(const PKCS7* pkcs7) {
  if (pkcs7->d.ptr == nullptr) return nullptr;
  if (PKCS7_type_is_signed(pkcs7)) return pkcs7->d.sign->crl;
  return PKCS7_type_is_signedAndEnveloped(pkcs7) ? pkcs7->d.signed_and_enveloped->crl : nullptr;
}

Napi::Array ArrayOf(Napi::Env env, const STACK_OF(X509)* certificates) {
  Napi::Array handles = Napi::Array::New(env);
  for (int i = 0; i < sk_X509_num(certificates); i++) {
    handles.Set(static_cast<uint32_t>(i), CertificateCopyOf(env, sk_X509_value(certificates, i)));
  }
  return handles;
}

Napi::Value Pkcs7Certificates(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return ArrayOf(info.Env(), CertificatesIn(Pkcs7Of(info[0])));
}

Napi::Value Pkcs7Crls(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const STACK_OF(X509_CRL)* crls = CrlsIn(Pkcs7Of(info[0]));
  Napi::Array handles = Napi::Array::New(env);
  for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
    CrlPointer copy(X509_CRL_dup(sk_X509_CRL_value(crls, i)));
    if (copy == nullptr) throw OpenSSLErrorOf(env, "copying a CRL");
    handles.Set(static_cast<uint32_t>(i), CrlHandleOf(env, std::move(copy)));
  }
  return handles;
}

Napi::Array ListOf(const Napi::Value& value, const char* name) {
  if (value.IsArray()) return value.As<Napi::Array>();
  throw Napi::TypeError::New(value.Env(), std::string("Expected an array for ") + name);
}

CertificatesPointer CertificatesOf(const Napi::Value& value) {
  const Napi::Array handles = ListOf(value, "certificates");
  CertificatesPointer stack(sk_X509_new_null());
  for (uint32_t i = 0; i < handles.Length(); i++) {
    CertificatePointer copy(X509_dup(CertificateOf(handles.Get(i), "certificates")));
    if (stack == nullptr || copy == nullptr || sk_X509_push(stack.get(), copy.get()) <= 0) {
      throw OpenSSLErrorOf(value.Env(), "copying certificates");
    }
    copy.release();
  }
  return stack;
}

CrlsPointer CrlsOf(const Napi::Value& value) {
  const Napi::Array handles = ListOf(value, "crls");
  CrlsPointer stack(sk_X509_CRL_new_null());
  for (uint32_t i = 0; i < handles.Length(); i++) {
    CrlPointer copy(X509_CRL_dup(CrlOf(handles.Get(i))));
    if (stack == nullptr || copy == nullptr || sk_X509_CRL_push(stack.get(), copy.get()) <= 0) {
      throw OpenSSLErrorOf(value.Env(), "copying CRLs");
    }
    copy.release();
  }
  return stack;
}

Napi::Value Pkcs7OfCertificates(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  CertificatesPointer certificates = CertificatesOf(info[0]);
  CrlsPointer crls = CrlsOf(info[1]);
  Pkcs7Pointer pkcs7(PKCS7_new());
  if (pkcs7 == nullptr || PKCS7_set_type(pkcs7.get(), NID_pkcs7_signed) != 1) throw OpenSSLErrorOf(env, "making PKCS#7");
  PKCS7_SIGNED* content = pkcs7->d.sign;
  content->contents->type = OBJ_nid2obj(NID_pkcs7_data);  // without data: nothing is signed
  if (sk_X509_num(certificates.get()) > 0) content->cert = certificates.release();
  if (sk_X509_CRL_num(crls.get()) > 0) content->crl = crls.release();
  return Pkcs7HandleOf(env, std::move(pkcs7));
}

Napi::Value Pkcs7Verify(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  PKCS7* pkcs7 = Pkcs7Of(info[0]);
  const bool is_detached = !info[1].IsUndefined();
  const Bytes bytes = is_detached ? BytesOf(info[1], "content") : Bytes();
  const CertificatesPointer certificates = CertificatesOf(info[2]);
  const BioPointer content = is_detached ? ReadingBio(bytes) : nullptr;
  const BioPointer written(BIO_new(BIO_s_mem()));
  if (written == nullptr || (is_detached && content == nullptr)) throw OpenSSLErrorOf(env, "verifying PKCS#7");
  const int flags = PKCS7_NOVERIFY | PKCS7_BINARY | PKCS7_NO_DUAL_CONTENT;
  if (PKCS7_verify(pkcs7, certificates.get(), nullptr, content.get(), written.get(), flags) != 1) {
    return ArrayOf(env, DrainErrors());
  }
  const BorrowedCertificatesPointer signers(PKCS7_get0_signers(pkcs7, certificates.get(), 0));
  if (signers == nullptr) throw OpenSSLErrorOf(env, "looking for who signed PKCS#7");
  Napi::Object result = Napi::Object::New(env);
  result.Set("content", BufferOf(env, written.get()));
  result.Set("signers", ArrayOf(env, signers.get()));
  return result;
}

}  // namespace

void ExportPkcs7(Napi::Object exports) {
  Export<LoadPkcs7>(exports, "loadPkcs7");
  Export<DumpPkcs7>(exports, "dumpPkcs7");
  Export<Pkcs7TypeName>(exports, "pkcs7TypeName");
  Export<Pkcs7Certificates>(exports, "pkcs7Certificates");
  Export<Pkcs7Crls>(exports, "pkcs7Crls");
  Export<Pkcs7OfCertificates>(exports, "pkcs7OfCertificates");
  Export<Pkcs7Verify>(exports, "pkcs7Verify");
}

}  // namespace tsopenssl
