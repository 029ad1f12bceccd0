#include "certificate_setters.h"

#include <openssl/x509.h>

#include <utility>

#include "asn1_time.h"
#include "certificate.h"
#include "error.h"
#include "export.h"
#include "extension.h"
#include "key.h"
#include "name.h"
#include "pointers.h"
#include "signature.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr int64_t kNewSizeBytes = 4096;  // what it will roughly be when everything is set

X509* Changed(const Napi::CallbackInfo& info) { return CertificateOf(info[0], "certificate"); }

void Require(Napi::Env env, int result, const char* operation) {
  if (result != 1) throw OpenSSLErrorOf(env, operation);
}

Napi::Value CertificateNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  CertificatePointer certificate(X509_new());
  if (certificate == nullptr) throw OpenSSLErrorOf(info.Env(), "making a certificate");
  return HandleOf(info.Env(), HandleKind::kCertificate, std::move(certificate), kNewSizeBytes);
}

void CertificateSetVersion(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Require(info.Env(), X509_set_version(Changed(info), IntegerOf(info[1], "version")), "setting a version");
}

void CertificateSetSerial(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509* certificate = Changed(info);
  const AsnIntegerPointer serial = IntegerPointerOf(info[1], "serial");
  Require(info.Env(), X509_set_serialNumber(certificate, serial.get()), "setting a serial number");
}

void CertificateSetSubject(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Require(info.Env(), X509_set_subject_name(Changed(info), NameOf(info[1], "subject")), "setting a subject");
}

void CertificateSetIssuer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Require(info.Env(), X509_set_issuer_name(Changed(info), NameOf(info[1], "issuer")), "setting an issuer");
}

void CertificateSetNotBefore(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509* certificate = Changed(info);
  const AsnTimePointer time = ReadTime(info[1], "when");
  Require(info.Env(), X509_set1_notBefore(certificate, time.get()), "setting a time");
}

void CertificateSetNotAfter(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509* certificate = Changed(info);
  const AsnTimePointer time = ReadTime(info[1], "when");
  Require(info.Env(), X509_set1_notAfter(certificate, time.get()), "setting a time");
}

void CertificateSetPublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509* certificate = Changed(info);
  const KeyPointer key = PublicPartOf(info.Env(), KeyOf(info[1], "pkey"));
  Require(info.Env(), X509_set_pubkey(certificate, key.get()), "setting a public key");
}

void CertificateAddExtensions(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509* certificate = Changed(info);
  const ExtensionsPointer added = ExtensionsOf(info[1], "extensions");
  if (!AddAll<X509_get_ext_count, X509_add_ext, X509_delete_ext>(certificate, added.get())) {
    throw OpenSSLErrorOf(info.Env(), "adding extensions to a certificate");
  }
  if (sk_X509_EXTENSION_num(added.get()) > 0) ForgetEncoding(certificate);
}

// OpenSSL would sign it, and encode a time of no type that nobody can read
void RequireTimes(Napi::Env env, const X509* certificate) {
  const bool has_start = ASN1_STRING_length(X509_get0_notBefore(certificate)) > 0;
  if (has_start && ASN1_STRING_length(X509_get0_notAfter(certificate)) > 0) return;
  const char* missing = has_start ? "end" : "start";
  throw Napi::TypeError::New(env, std::string("Expected a certificate with a validity to sign, got one without its ") + missing);
}

void CertificateSign(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509* certificate = Changed(info);
  EVP_PKEY* key = KeyOf(info[1], "pkey");
  const EVP_MD* digest = SigningDigest(env, key, TextOf(info[2], "digest"));
  RequireTimes(env, certificate);
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, certificate);
  AlgorithmKeeper inside(env, X509_get0_tbs_sigalg(certificate));
  AlgorithmKeeper outside(env, outer);
  // OpenSSL makes it version 3 where there are extensions
  const long version = X509_get_version(certificate);
  if (X509_sign(certificate, key, digest) <= 0) {
    const Napi::Error error = OpenSSLErrorOf(env, "signing a certificate");
    X509_set_version(certificate, version);
    throw error;
  }
  inside.Done();
  outside.Done();
}

}  // namespace

void ExportCertificateSetters(Napi::Object exports) {
  Export<CertificateNew>(exports, "certificateNew");
  Export<CertificateSetVersion>(exports, "certificateSetVersion");
  Export<CertificateSetSerial>(exports, "certificateSetSerial");
  Export<CertificateSetSubject>(exports, "certificateSetSubject");
  Export<CertificateSetIssuer>(exports, "certificateSetIssuer");
  Export<CertificateSetNotBefore>(exports, "certificateSetNotBefore");
  Export<CertificateSetNotAfter>(exports, "certificateSetNotAfter");
  Export<CertificateSetPublicKey>(exports, "certificateSetPublicKey");
  Export<CertificateAddExtensions>(exports, "certificateAddExtensions");
  Export<CertificateSign>(exports, "certificateSign");
}

}  // namespace tsopenssl
