// Certificates: reading, writing, and what one says.

#ifndef TSOPENSSL_CERTIFICATE_H_
#define TSOPENSSL_CERTIFICATE_H_

#include <napi.h>

namespace tsopenssl {

// loadCertificate(type: 1 PEM | 2 DER, bytes: Uint8Array): handle
Napi::Value LoadCertificate(const Napi::CallbackInfo& info);

// dumpCertificate(type: 1 PEM | 2 DER | 65535 text, certificate: handle): Buffer
Napi::Value DumpCertificate(const Napi::CallbackInfo& info);

// certificateSubject(certificate: handle): handle of a name
Napi::Value CertificateSubject(const Napi::CallbackInfo& info);

// certificateIssuer(certificate: handle): handle of a name
Napi::Value CertificateIssuer(const Napi::CallbackInfo& info);

// certificateSerial(certificate: handle): bigint
Napi::Value CertificateSerial(const Napi::CallbackInfo& info);

// certificateVersion(certificate: handle): number, 2 for X.509 version 3
Napi::Value CertificateVersion(const Napi::CallbackInfo& info);

// certificateNotBefore(certificate: handle): {text: YYYYMMDDhhmmssZ, epochSeconds: number}
Napi::Value CertificateNotBefore(const Napi::CallbackInfo& info);

// certificateNotAfter(certificate: handle): {text: YYYYMMDDhhmmssZ, epochSeconds: number}
Napi::Value CertificateNotAfter(const Napi::CallbackInfo& info);

// certificateDigest(certificate: handle, name: string): Buffer
Napi::Value CertificateDigest(const Napi::CallbackInfo& info);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CERTIFICATE_H_
