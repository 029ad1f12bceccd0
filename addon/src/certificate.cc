#include "certificate.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string>
#include <utility>

#include "asn1_time.h"
#include "error.h"
#include "export.h"
#include "extension.h"
#include "file_type.h"
#include "key.h"
#include "name.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr int64_t kParsedSizeFactor = 4;  // an X509 keeps its encoding and everything that was parsed out of it

// Without a callback of its own OpenSSL would ask at the terminal for the passphrase of an encrypted PEM block
int RefusePassphrase(char*, int, int, void*) { return -1; }

CertificatePointer Read(Napi::Env env, FileType type, BIO* memory) {
  if (type == FileType::kAsn1) return CertificatePointer(d2i_X509_bio(memory, nullptr));
  if (type != FileType::kPem) throw UnknownFileType(env);
  return CertificatePointer(PEM_read_bio_X509(memory, nullptr, RefusePassphrase, nullptr));
}

int Write(Napi::Env env, FileType type, BIO* memory, const X509* certificate) {
  if (type == FileType::kPem) return PEM_write_bio_X509(memory, certificate);
  if (type == FileType::kAsn1) return i2d_X509_bio(memory, certificate);
  if (type == FileType::kText) return X509_print_ex(memory, const_cast<X509*>(certificate), 0, 0);
  throw UnknownFileType(env);
}

Napi::Value LoadCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const Bytes bytes = BytesOf(info[1], "bytes");
  const BioPointer memory = ReadingBio(bytes);
  CertificatePointer certificate = memory == nullptr ? nullptr : Read(env, type, memory.get());
  if (certificate == nullptr) throw OpenSSLErrorOf(env, "loading a certificate");
  return CertificateHandleOf(env, std::move(certificate));
}

Napi::Value CopyCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return CertificateCopyOf(info.Env(), CertificateOf(info[0], "certificate"));
}

// Whether the text has come to its end: OpenSSL says so by an error
bool IsEndOfPem() {
  const unsigned long code = ERR_peek_last_error();
  return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

Napi::Value LoadCertificates(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const Bytes bytes = BytesOf(info[1], "bytes");
  const BioPointer memory = ReadingBio(bytes);
  if (memory == nullptr) throw OpenSSLErrorOf(env, "loading certificates");
  Napi::Array certificates = Napi::Array::New(env);
  for (uint32_t i = 0; i == 0 || type == FileType::kPem || BIO_pending(memory.get()) > 0; i++) {
    CertificatePointer certificate = Read(env, type, memory.get());
    if (certificate == nullptr && i > 0 && type == FileType::kPem && IsEndOfPem()) break;
    if (certificate == nullptr) throw OpenSSLErrorOf(env, "loading certificates");
    certificates.Set(i, CertificateHandleOf(env, std::move(certificate)));
  }
  return certificates;
}

Napi::Value DumpCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const X509* certificate = CertificateOf(info[1], "certificate");
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || Write(env, type, memory.get(), certificate) != 1) {
    throw OpenSSLErrorOf(env, "dumping a certificate");
  }
  return BufferOf(env, memory.get());
}

Napi::Value CertificateSubject(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return NameHandleOf(info.Env(), X509_get_subject_name(CertificateOf(info[0], "certificate")));
}

Napi::Value CertificateIssuer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return NameHandleOf(info.Env(), X509_get_issuer_name(CertificateOf(info[0], "certificate")));
}

Napi::Value CertificatePublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return SharedKeyHandleOf(info.Env(), X509_get0_pubkey(CertificateOf(info[0], "certificate")));
}

Napi::Value CertificateSerial(const Napi::CallbackInfo& info) {
  return BigIntOf(info.Env(), X509_get0_serialNumber(CertificateOf(info[0], "certificate")));
}

Napi::Value CertificateVersion(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(X509_get_version(CertificateOf(info[0], "certificate"))));
}

Napi::Value CertificateNotBefore(const Napi::CallbackInfo& info) {
  return TimeOf(info.Env(), X509_get0_notBefore(CertificateOf(info[0], "certificate")));
}

Napi::Value CertificateNotAfter(const Napi::CallbackInfo& info) {
  return TimeOf(info.Env(), X509_get0_notAfter(CertificateOf(info[0], "certificate")));
}

Napi::Value CertificateDigest(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509* certificate = CertificateOf(info[0], "certificate");
  const DigestPointer digest(EVP_MD_fetch(nullptr, TextOf(info[1], "name").c_str(), nullptr));
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (digest == nullptr || X509_digest(certificate, digest.get(), bytes, &length) != 1) {
    throw OpenSSLErrorOf(env, "digesting a certificate");
  }
  return BufferOf(env, bytes, length);
}

Napi::Value CertificateSubjectHash(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  int ok = 0;
  const X509_NAME* subject = X509_get_subject_name(CertificateOf(info[0], "certificate"));
  const unsigned long hash = X509_NAME_hash_ex(subject, nullptr, nullptr, &ok);
  if (ok != 1) throw OpenSSLErrorOf(info.Env(), "hashing the subject of a certificate");
  return Napi::Number::New(info.Env(), static_cast<double>(hash & 0xffffffff));
}

Napi::Value CertificateSignatureAlgorithm(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509_ALGOR* algorithm = X509_get0_tbs_sigalg(CertificateOf(info[0], "certificate"));
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  const int nid = OBJ_obj2nid(object);
  if (nid != NID_undef) return Napi::String::New(env, OBJ_nid2ln(nid));
  if (object == nullptr || OBJ_length(object) == 0) return env.Undefined();
  return Napi::String::New(env, DottedOf(object));
}

Napi::Value CertificateExtensionCount(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), X509_get_ext_count(CertificateOf(info[0], "certificate")));
}

Napi::Value CertificateExtension(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const X509_EXTENSION* extension = X509_get_ext(CertificateOf(info[0], "certificate"), IntegerOf(info[1], "index"));
  if (extension == nullptr) return info.Env().Undefined();
  return CopiedExtensionHandleOf(info.Env(), extension);
}

Napi::Value CertificateVerify(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const int result = X509_verify(CertificateOf(info[0], "certificate"), KeyOf(info[1], "pkey"));
  if (result < 0) throw OpenSSLErrorOf(info.Env(), "verifying a certificate");
  if (result == 1) return info.Env().Undefined();
  return ArrayOf(info.Env(), DrainErrors());
}

}  // namespace

Napi::Value CertificateHandleOf(Napi::Env env, CertificatePointer certificate) {
  const int64_t size_bytes = 1024 + kParsedSizeFactor * static_cast<int64_t>(i2d_X509(certificate.get(), nullptr));
  return HandleOf(env, HandleKind::kCertificate, std::move(certificate), size_bytes);
}

Napi::Value CertificateCopyOf(Napi::Env env, const X509* certificate) {
  CertificatePointer copy(X509_dup(certificate));
  if (copy == nullptr) throw OpenSSLErrorOf(env, "copying a certificate");
  return CertificateHandleOf(env, std::move(copy));
}

X509* CertificateOf(const Napi::Value& value, const char* name) {
  return HeldBy<X509>(value, HandleKind::kCertificate, name);
}

X509* OptionalCertificateOf(const Napi::Value& value, const char* name) {
  return value.IsUndefined() ? nullptr : CertificateOf(value, name);
}

// every setter marks the certificate as changed, also where nothing changes
void ForgetEncoding(X509* certificate) { X509_set_issuer_name(certificate, X509_get_issuer_name(certificate)); }

void ExportCertificate(Napi::Object exports) {
  Export<LoadCertificate>(exports, "loadCertificate");
  Export<CopyCertificate>(exports, "copyCertificate");
  Export<LoadCertificates>(exports, "loadCertificates");
  Export<DumpCertificate>(exports, "dumpCertificate");
  Export<CertificateSubject>(exports, "certificateSubject");
  Export<CertificateIssuer>(exports, "certificateIssuer");
  Export<CertificatePublicKey>(exports, "certificatePublicKey");
  Export<CertificateSerial>(exports, "certificateSerial");
  Export<CertificateVersion>(exports, "certificateVersion");
  Export<CertificateNotBefore>(exports, "certificateNotBefore");
  Export<CertificateNotAfter>(exports, "certificateNotAfter");
  Export<CertificateDigest>(exports, "certificateDigest");
  Export<CertificateSubjectHash>(exports, "certificateSubjectHash");
  Export<CertificateSignatureAlgorithm>(exports, "certificateSignatureAlgorithm");
  Export<CertificateExtensionCount>(exports, "certificateExtensionCount");
  Export<CertificateExtension>(exports, "certificateExtension");
  Export<CertificateVerify>(exports, "certificateVerify");
}

}  // namespace tsopenssl
