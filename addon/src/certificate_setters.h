// Making certificates and changing them. What fails leaves a certificate as it was.

#ifndef TSOPENSSL_CERTIFICATE_SETTERS_H_
#define TSOPENSSL_CERTIFICATE_SETTERS_H_

#include <napi.h>

namespace tsopenssl {

// certificateNew(): handle of an empty certificate
// certificateSetVersion(certificate, version: number)
// certificateSetSerial(certificate, serial: bigint)
// certificateSetSubject(certificate, name), certificateSetIssuer(certificate, name)
// certificateSetNotBefore(certificate, time: string), certificateSetNotAfter(certificate, time: string): YYYYMMDDhhmmssZ
// certificateSetPublicKey(certificate, key): takes the public part alone
// certificateAddExtensions(certificate, extensions: handle[])
// certificateSign(certificate, key, digest: string): an empty digest is for algorithms that have their own
void ExportCertificateSetters(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CERTIFICATE_SETTERS_H_
