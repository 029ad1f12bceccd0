// Signing revocation lists, and verifying their signatures.

#ifndef TSOPENSSL_CRL_SIGNING_H_
#define TSOPENSSL_CRL_SIGNING_H_

#include <napi.h>

namespace tsopenssl {

// crlSign(crl, certificate, key, digest: string, times: undefined | {lastUpdate, nextUpdate: text}, isSorted: boolean):
//   handle of a signed copy with the subject of the certificate as its issuer; the list itself does not change
// crlVerify(crl, key): undefined where its signature is right, otherwise what OpenSSL said, as drainErrors() does
void ExportCrlSigning(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CRL_SIGNING_H_
