// Certificates: reading, writing, and what one says.

#ifndef TSOPENSSL_CERTIFICATE_H_
#define TSOPENSSL_CERTIFICATE_H_

#include <napi.h>

namespace tsopenssl {

// loadCertificate(type: 1 PEM | 2 DER, bytes: Uint8Array): handle
// dumpCertificate(type: 1 PEM | 2 DER | 65535 text, certificate: handle): Buffer
// certificateSubject(certificate), certificateIssuer(certificate): handle of a copy of the name
// certificatePublicKey(certificate): handle of a key
// certificateSerial(certificate): bigint
// certificateVersion(certificate): number, 2 for X.509 version 3
// certificateNotBefore(certificate), certificateNotAfter(certificate): {text: YYYYMMDDhhmmssZ, epochSeconds: number}
// certificateDigest(certificate, name: string): Buffer
void ExportCertificate(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CERTIFICATE_H_
