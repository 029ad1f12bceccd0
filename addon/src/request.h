// Certificate signing requests.

#ifndef TSOPENSSL_REQUEST_H_
#define TSOPENSSL_REQUEST_H_

#include <napi.h>
#include <openssl/x509.h>

namespace tsopenssl {

// The request behind a handle, still owned by the handle.
X509_REQ* RequestOf(const Napi::Value& value, const char* name);

// requestNew(): handle of an empty request
// loadRequest(type: 1 PEM | 2 DER, bytes: Uint8Array): handle
// dumpRequest(type: 1 PEM | 2 DER | 65535 text, request): Buffer
// requestVersion(request): number; requestSetVersion(request, version: number)
// requestSubject(request): handle of a copy of the name; requestSetSubject(request, name)
// requestPublicKey(request): handle of a key; requestSetPublicKey(request, key): takes the public part alone
// requestExtensions(request): handle[]; requestAddExtensions(request, extensions: handle[])
// requestAddAttribute(request, attribute: string, value: string, mask: number | undefined): as nameAdd
// requestSign(request, key, digest: string): an empty digest is for algorithms that have their own
// requestVerify(request, key): undefined where the signature is right, otherwise what OpenSSL said, as drainErrors() does;
//     throws OpenSSLError where it cannot be told
void ExportRequest(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_REQUEST_H_
