// Writes PKCS#12 files, RFC 7292.

#ifndef TSOPENSSL_PKCS12_H_
#define TSOPENSSL_PKCS12_H_

#include <napi.h>

namespace tsopenssl {

// dumpPkcs12({
//   key?: handle, certificate?: handle, caCertificates: handle[], friendlyName?: string,
//   passphrase: undefined | Uint8Array | (writing: boolean) => Uint8Array,
//   cipher: string, a cipher for PBES2 or one of the older schemes, under OpenSSL's short name; iterations: number,
//   encryptsCertificates: boolean,
//   mac: none | pkcs12 | pbmac1, macDigest: string, macIterations: number }): Buffer
void ExportPkcs12(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_PKCS12_H_
