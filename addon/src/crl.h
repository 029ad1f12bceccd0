// Certificate revocation lists.

#ifndef TSOPENSSL_CRL_H_
#define TSOPENSSL_CRL_H_

#include <napi.h>
#include <openssl/x509.h>

#include "pointers.h"

namespace tsopenssl {

// A list as a handle.
Napi::Value CrlHandleOf(Napi::Env env, CrlPointer crl);

// The list behind a handle, still owned by the handle.
X509_CRL* CrlOf(const Napi::Value& value);

// Adds a copy of an entry; false where OpenSSL failed.
bool AddRevoked(X509_CRL* crl, const X509_REVOKED* revoked);

// loadCrl(type: 1 PEM | 2 DER, bytes: Uint8Array): handle
// copyCrl(crl): handle
// dumpCrl(type: 1 PEM | 2 DER | 65535 text, crl): Buffer
// crlNew(): handle
// crlVersion(crl): number, 1 for version 2; crlSetVersion(crl, version: number)
// crlIssuer(crl): handle of a copy of the name; crlSetIssuer(crl, name)
// crlLastUpdate(crl), crlNextUpdate(crl): {text, epochSeconds} | undefined
// crlSetLastUpdate(crl, text), crlSetNextUpdate(crl, text): text is YYYYMMDDhhmmssZ
// crlNumber(crl): bigint | undefined; crlSetNumber(crl, number: bigint | undefined)
// crlRevoked(crl): handles of copies of the entries; crlAddRevoked(crl, revoked): adds a copy
// crlFindRevoked(crl, serial: bigint): handle of a copy | undefined
// crlExtensions(crl): handle[], copies; crlAddExtensions(crl, extensions: handle[])
void ExportCrl(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CRL_H_
