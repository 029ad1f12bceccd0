// Reading and writing keys, in the clear and encrypted.

#ifndef TSOPENSSL_KEY_FORMAT_H_
#define TSOPENSSL_KEY_FORMAT_H_

#include <napi.h>

namespace tsopenssl {

// loadPrivateKey(type, bytes: Uint8Array, passphrase: undefined | Uint8Array | (writing: boolean) => Uint8Array): handle
// loadPublicKey(type, bytes: Uint8Array): handle
// dumpPublicKey(type, key): Buffer
// dumpPrivateKey(type, key, isTraditional: boolean): Buffer; PKCS#8, or the algorithm's own older form
// dumpTraditionalKey(key, cipher: string, passphrase): Buffer; PEM with the header DEK-Info
// dumpEncryptedKey(type, key, {cipher: string, passphrase, iterations: number, prf: string, scrypt?: [N, r, p]}): Buffer
//   PKCS#8 with PBES2: PBKDF2, or scrypt where that is given
void ExportKeyFormat(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_KEY_FORMAT_H_
