// Reads PKCS#12 files, RFC 7292.

#ifndef TSOPENSSL_PKCS12_READER_H_
#define TSOPENSSL_PKCS12_READER_H_

#include <napi.h>

namespace tsopenssl {

// loadPkcs12(bytes: Uint8Array, passphrase: undefined | Uint8Array | (writing: boolean) => Uint8Array,
//     usesLegacy: boolean, maxIterations: number):
//     {key?: handle, certificate?: handle, caCertificates: handle[], friendlyName?: string}
//   The first key, the certificate that goes with it, and all others in the order of the file. With usesLegacy the algorithms
//   of the legacy provider decrypt as well, in a library context of their own; what comes out belongs to the default context.
//   RangeError where the key derivations of the file take more than maxIterations together.
void ExportPkcs12Reader(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_PKCS12_READER_H_
