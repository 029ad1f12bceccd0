// Certificates: reading, writing, and what one says.

#ifndef TSOPENSSL_CERTIFICATE_H_
#define TSOPENSSL_CERTIFICATE_H_

#include <napi.h>
#include <openssl/x509.h>

#include "pointers.h"

namespace tsopenssl {

// A certificate as a handle.
Napi::Value CertificateHandleOf(Napi::Env env, CertificatePointer certificate);

// A copy of a certificate as a handle. Handles of certificates never share memory with anything else.
Napi::Value CertificateCopyOf(Napi::Env env, const X509* certificate);

// The certificate behind a handle, still owned by the handle.
X509* CertificateOf(const Napi::Value& value, const char* name);

// The same, or null for undefined.
X509* OptionalCertificateOf(const Napi::Value& value, const char* name);

// After a change of the extensions: unlike the setters, X509_add_ext leaves in place the bytes that were read, which would be
// written and verified from then on.
void ForgetEncoding(X509* certificate);

// loadCertificate(type: 1 PEM | 2 DER, bytes: Uint8Array): handle
// copyCertificate(certificate): handle
// loadCertificates(type, bytes): handle[], at least one: all of a PEM text, or DER one after the other
// dumpCertificate(type: 1 PEM | 2 DER | 65535 text, certificate: handle): Buffer
// certificateSubject(certificate), certificateIssuer(certificate): handle of a copy of the name
// certificateSubjectHash(certificate): number, 32 bits
// certificatePublicKey(certificate): handle of a key
// certificateSerial(certificate): bigint
// certificateVersion(certificate): number, 2 for X.509 version 3
// certificateNotBefore(certificate), certificateNotAfter(certificate): {text: YYYYMMDDhhmmssZ, epochSeconds: number}
// certificateDigest(certificate, name: string): Buffer
// certificateSignatureAlgorithm(certificate): string, the long name or dotted, or undefined before it is signed
// certificateExtensionCount(certificate): number
// certificateExtension(certificate, index: number): handle of a copy, or undefined where there is none
// certificateVerify(certificate, key): undefined where the signature is right, otherwise what OpenSSL said, as drainErrors() does;
//     throws OpenSSLError where it cannot be told
void ExportCertificate(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CERTIFICATE_H_
