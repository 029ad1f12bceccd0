// PKCS#7, RFC 2315: certificates and CRLs in one file, and signed data.

#ifndef TSOPENSSL_PKCS7_H_
#define TSOPENSSL_PKCS7_H_

#include <napi.h>

namespace tsopenssl {

// loadPkcs7(type: 1 PEM | 2 DER, bytes: Uint8Array): handle
// dumpPkcs7(type: 1 PEM | 2 DER | 65535 text, pkcs7): Buffer
// pkcs7TypeName(pkcs7): string, the short name of its content type, or dotted where there is none
// pkcs7Certificates(pkcs7), pkcs7Crls(pkcs7): handles of copies
// pkcs7OfCertificates(certificates: handle[], crls: handle[]): handle of signed data that nobody signed
// pkcs7Verify(pkcs7, content: Uint8Array | undefined, certificates: handle[]):
//     {content: Buffer, signers: handle[]}, or what OpenSSL said where a signature is not right, as drainErrors() does
//   Whether to trust the signers is not asked.
void ExportPkcs7(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_PKCS7_H_
