// Entries of a revocation list.

#ifndef TSOPENSSL_REVOKED_H_
#define TSOPENSSL_REVOKED_H_

#include <napi.h>
#include <openssl/x509.h>

namespace tsopenssl {

// A copy of an entry as a handle.
Napi::Value RevokedHandleOf(Napi::Env env, const X509_REVOKED* revoked);

// The entry behind a handle, still owned by the handle.
X509_REVOKED* RevokedOf(const Napi::Value& value);

// revokedNew(): handle
// revokedSerial(revoked): bigint; revokedSetSerial(revoked, serial: bigint)
// revokedReason(revoked): number | undefined, a CRLReason of RFC 5280; revokedSetReason(revoked, reason: number | undefined)
// revokedDate(revoked): {text, epochSeconds} | undefined; revokedSetDate(revoked, text: YYYYMMDDhhmmssZ)
// revokedExtensions(revoked): handle[], copies; revokedAddExtensions(revoked, extensions: handle[])
void ExportRevoked(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_REVOKED_H_
