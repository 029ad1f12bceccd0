#include "certificate.h"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string>

#include "asn1_time.h"
#include "error.h"
#include "export.h"
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

const X509* CertificateOf(const Napi::Value& value) { return tsopenssl::CertificateOf(value, "certificate"); }

CertificatePointer Read(Napi::Env env, FileType type, const Bytes& bytes) {
  if (type != FileType::kPem && type != FileType::kAsn1) throw UnknownFileType(env);
  const BioPointer memory = ReadingBio(bytes);
  if (memory == nullptr) return nullptr;
  if (type == FileType::kAsn1) return CertificatePointer(d2i_X509_bio(memory.get(), nullptr));
  return CertificatePointer(PEM_read_bio_X509(memory.get(), nullptr, RefusePassphrase, nullptr));
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
  CertificatePointer certificate = Read(env, type, bytes);
  if (certificate == nullptr) throw OpenSSLErrorOf(env, "loading a certificate");
  return CertificateHandleOf(env, std::move(certificate));
}

Napi::Value CopyCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return CertificateCopyOf(info.Env(), CertificateOf(info[0]));
}

Napi::Value DumpCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const X509* certificate = CertificateOf(info[1]);
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || Write(env, type, memory.get(), certificate) != 1) {
    throw OpenSSLErrorOf(env, "dumping a certificate");
  }
  return BufferOf(env, memory.get());
}

Napi::Value CertificateSubject(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return NameHandleOf(info.Env(), X509_get_subject_name(CertificateOf(info[0])));
}

Napi::Value CertificateIssuer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return NameHandleOf(info.Env(), X509_get_issuer_name(CertificateOf(info[0])));
}

Napi::Value CertificatePublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return SharedKeyHandleOf(info.Env(), X509_get0_pubkey(CertificateOf(info[0])));
}

Napi::Value CertificateSerial(const Napi::CallbackInfo& info) {
  return BigIntOf(info.Env(), X509_get0_serialNumber(CertificateOf(info[0])));
}

Napi::Value CertificateVersion(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(X509_get_version(CertificateOf(info[0]))));
}

Napi::Value CertificateNotBefore(const Napi::CallbackInfo& info) {
  return TimeOf(info.Env(), X509_get0_notBefore(CertificateOf(info[0])));
}

Napi::Value CertificateNotAfter(const Napi::CallbackInfo& info) {
  return TimeOf(info.Env(), X509_get0_notAfter(CertificateOf(info[0])));
}

Napi::Value CertificateDigest(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509* certificate = CertificateOf(info[0]);
  const DigestPointer digest(EVP_MD_fetch(nullptr, TextOf(info[1], "name").c_str(), nullptr));
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (digest == nullptr || X509_digest(certificate, digest.get(), bytes, &length) != 1) {
    throw OpenSSLErrorOf(env, "digesting a certificate");
  }
  return BufferOf(env, bytes, length);
}

}  // namespace

Napi::Value CertificateHandleOf(Napi::Env env, CertificatePointer certificate) {
  const int64_t size_bytes = kParsedSizeFactor * static_cast<int64_t>(i2d_X509(certificate.get(), nullptr));
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

void ExportCertificate(Napi::Object exports) {
  Export<LoadCertificate>(exports, "loadCertificate");
  Export<CopyCertificate>(exports, "copyCertificate");
  Export<DumpCertificate>(exports, "dumpCertificate");
  Export<CertificateSubject>(exports, "certificateSubject");
  Export<CertificateIssuer>(exports, "certificateIssuer");
  Export<CertificatePublicKey>(exports, "certificatePublicKey");
  Export<CertificateSerial>(exports, "certificateSerial");
  Export<CertificateVersion>(exports, "certificateVersion");
  Export<CertificateNotBefore>(exports, "certificateNotBefore");
  Export<CertificateNotAfter>(exports, "certificateNotAfter");
  Export<CertificateDigest>(exports, "certificateDigest");
}

}  // namespace tsopenssl
