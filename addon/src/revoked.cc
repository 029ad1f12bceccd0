#include "revoked.h"

#include <openssl/x509v3.h>

#include "asn1_time.h"
#include "error.h"
#include "export.h"
#include "extension.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr int64_t kSizeBytes = 256;  // a serial number, a date and seldom more than a reason

using EnumeratedPointer = Pointer<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;

Napi::Value RevokedNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  RevokedPointer revoked(X509_REVOKED_new());
  if (revoked == nullptr) throw OpenSSLErrorOf(info.Env(), "making a revocation");
  return HandleOf(info.Env(), HandleKind::kRevoked, std::move(revoked), kSizeBytes);
}

Napi::Value RevokedSerial(const Napi::CallbackInfo& info) {
  return BigIntOf(info.Env(), X509_REVOKED_get0_serialNumber(RevokedOf(info[0])));
}

void RevokedSetSerial(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_REVOKED* revoked = RevokedOf(info[0]);
  const AsnIntegerPointer serial = IntegerPointerOf(info[1], "serial");
  if (X509_REVOKED_set_serialNumber(revoked, serial.get()) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the serial number of a revocation");
  }
}

Napi::Value RevokedReason(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509_REVOKED* revoked = RevokedOf(info[0]);
  // of several the first one counts, as for pyOpenSSL
  const int index = X509_REVOKED_get_ext_by_NID(revoked, NID_crl_reason, -1);
  if (index < 0) return env.Undefined();
  const EnumeratedPointer reason(
      static_cast<ASN1_ENUMERATED*>(X509V3_EXT_d2i(X509_REVOKED_get_ext(revoked, index))));
  int64_t number = 0;
  if (reason == nullptr || ASN1_ENUMERATED_get_int64(&number, reason.get()) != 1) {
    throw OpenSSLErrorOf(env, "reading the reason of a revocation");
  }
  return Napi::Number::New(env, static_cast<double>(number));
}

void RevokedSetReason(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_REVOKED* revoked = RevokedOf(info[0]);
  if (info[1].IsUndefined()) {
    for (int index; (index = X509_REVOKED_get_ext_by_NID(revoked, NID_crl_reason, -1)) >= 0;) {
      X509_EXTENSION_free(X509_REVOKED_delete_ext(revoked, index));
    }
    return;
  }
  const EnumeratedPointer reason(ASN1_ENUMERATED_new());
  if (reason == nullptr || ASN1_ENUMERATED_set(reason.get(), IntegerOf(info[1], "reason")) != 1 ||
      X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, reason.get(), 0, X509V3_ADD_REPLACE) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the reason of a revocation");
  }
}

Napi::Value RevokedDate(const Napi::CallbackInfo& info) {
  return OptionalTimeOf(info.Env(), X509_REVOKED_get0_revocationDate(RevokedOf(info[0])));
}

void RevokedSetDate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_REVOKED* revoked = RevokedOf(info[0]);
  const AsnTimePointer date = ReadTime(info[1], "when");
  if (X509_REVOKED_set_revocationDate(revoked, date.get()) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the date of a revocation");
  }
}

Napi::Value RevokedExtensions(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return ArrayOf(info.Env(), X509_REVOKED_get0_extensions(RevokedOf(info[0])));
}

void RevokedAddExtensions(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_REVOKED* revoked = RevokedOf(info[0]);
  const ExtensionsPointer added = ExtensionsOf(info[1], "extensions");
  if (!AddAll<X509_REVOKED_get_ext_count, X509_REVOKED_add_ext, X509_REVOKED_delete_ext>(revoked, added.get())) {
    throw OpenSSLErrorOf(info.Env(), "adding extensions to a revocation");
  }
}

}  // namespace

Napi::Value RevokedHandleOf(Napi::Env env, const X509_REVOKED* revoked) {
  RevokedPointer copy(X509_REVOKED_dup(revoked));
  if (copy == nullptr) throw OpenSSLErrorOf(env, "copying a revocation");
  return HandleOf(env, HandleKind::kRevoked, std::move(copy), kSizeBytes);
}

X509_REVOKED* RevokedOf(const Napi::Value& value) {
  return HeldBy<X509_REVOKED>(value, HandleKind::kRevoked, "revoked");
}

void ExportRevoked(Napi::Object exports) {
  Export<RevokedNew>(exports, "revokedNew");
  Export<RevokedSerial>(exports, "revokedSerial");
  Export<RevokedSetSerial>(exports, "revokedSetSerial");
  Export<RevokedReason>(exports, "revokedReason");
  Export<RevokedSetReason>(exports, "revokedSetReason");
  Export<RevokedDate>(exports, "revokedDate");
  Export<RevokedSetDate>(exports, "revokedSetDate");
  Export<RevokedExtensions>(exports, "revokedExtensions");
  Export<RevokedAddExtensions>(exports, "revokedAddExtensions");
}

}  // namespace tsopenssl
