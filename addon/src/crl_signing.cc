#include "crl_signing.h"

#include <openssl/x509.h>

#include <utility>

#include "asn1_time.h"
#include "certificate.h"
#include "crl.h"
#include "error.h"
#include "export.h"
#include "key.h"
#include "pointers.h"
#include "signature.h"
#include "values.h"

namespace tsopenssl {

namespace {

// Everything but the signature and the encoding; null where OpenSSL failed
CrlPointer UnsignedCopy(X509_CRL* crl) {
  CrlPointer copy(X509_CRL_new());
  if (copy == nullptr) return nullptr;
  const STACK_OF(X509_EXTENSION)* extensions = X509_CRL_get0_extensions(crl);
  bool has_extensions = sk_X509_EXTENSION_num(extensions) > 0;
  for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++) {
    if (X509_CRL_add_ext(copy.get(), sk_X509_EXTENSION_value(extensions, i), -1) != 1) return nullptr;
  }
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(crl);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
    const X509_REVOKED* revoked = sk_X509_REVOKED_value(entries, i);
    if (!AddRevoked(copy.get(), revoked)) return nullptr;
    has_extensions = has_extensions || X509_REVOKED_get_ext_count(revoked) > 0;
  }
  // RFC 5280, 5.1.2.1: version 1 is not encoded, and what has extensions is of version 2
  const long version = X509_CRL_get_version(crl);
  const long wanted = version == X509_CRL_VERSION_1 && has_extensions ? X509_CRL_VERSION_2 : version;
  if (wanted != X509_CRL_VERSION_1 && X509_CRL_set_version(copy.get(), wanted) != 1) return nullptr;
  const ASN1_TIME* next_update = X509_CRL_get0_nextUpdate(crl);
  if (next_update != nullptr && X509_CRL_set1_nextUpdate(copy.get(), next_update) != 1) return nullptr;
  return X509_CRL_set1_lastUpdate(copy.get(), X509_CRL_get0_lastUpdate(crl)) == 1 ? std::move(copy) : nullptr;
}

void SetTimes(X509_CRL* crl, const Napi::Value& value) {
  const Napi::Env env = value.Env();
  if (value.IsObject()) {
    const auto times = value.As<Napi::Object>();
    const AsnTimePointer last_update = ReadTime(times.Get("lastUpdate"), "lastUpdate");
    const AsnTimePointer next_update = ReadTime(times.Get("nextUpdate"), "nextUpdate");
    if (X509_CRL_set1_lastUpdate(crl, last_update.get()) != 1 ||
        X509_CRL_set1_nextUpdate(crl, next_update.get()) != 1) {
      throw OpenSSLErrorOf(env, "setting the times of a CRL");
    }
  }
  if (ASN1_STRING_length(X509_CRL_get0_lastUpdate(crl)) == 0) {
    throw Napi::TypeError::New(env, "Expected a CRL that has the time of its last update to sign, got one without");
  }
}

// A list that was put together lacks what OpenSSL notes down of one that it reads
CrlPointer ReadAgain(const X509_CRL* crl) {
  unsigned char* bytes = nullptr;
  const int length = i2d_X509_CRL(crl, &bytes);
  const Pointer<unsigned char, FreeBytes> owned(bytes);
  const unsigned char* position = bytes;
  return CrlPointer(length <= 0 ? nullptr : d2i_X509_CRL(nullptr, &position, length));
}

Napi::Value CrlSign(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509_CRL* crl = CrlOf(info[0]);
  const auto* certificate = CertificateOf(info[1], "certificate");
  EVP_PKEY* key = KeyOf(info[2], "key");
  const EVP_MD* digest = SigningDigest(env, key, TextOf(info[3], "digest"));
  const bool is_sorted = BooleanOf(info[5], "isSorted");
  const CrlPointer copy = UnsignedCopy(crl);
  if (copy == nullptr) throw OpenSSLErrorOf(env, "copying a CRL");
  SetTimes(copy.get(), info[4]);
  if (is_sorted) X509_CRL_sort(copy.get());
  if (X509_CRL_set_issuer_name(copy.get(), X509_get_subject_name(certificate)) != 1 ||
      X509_CRL_sign(copy.get(), key, digest) <= 0) {
    throw OpenSSLErrorOf(env, "signing a CRL");
  }
  CrlPointer made = ReadAgain(copy.get());
  if (made == nullptr) throw OpenSSLErrorOf(env, "encoding a CRL");
  return CrlHandleOf(env, std::move(made));
}

Napi::Value CrlVerify(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  if (X509_CRL_verify(CrlOf(info[0]), KeyOf(info[1], "key")) == 1) return env.Undefined();
  return ArrayOf(env, DrainErrors());
}

}  // namespace

void ExportCrlSigning(Napi::Object exports) {
  Export<CrlSign>(exports, "crlSign");
  Export<CrlVerify>(exports, "crlVerify");
}

}  // namespace tsopenssl
