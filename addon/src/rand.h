// OpenSSL's generator of random numbers.

#ifndef TSOPENSSL_RAND_H_
#define TSOPENSSL_RAND_H_

#include <napi.h>

namespace tsopenssl {

// randBytes(count: number): Buffer
// randAdd(bytes: Uint8Array, entropyBytes: number), randSeed(bytes: Uint8Array)
// randStatus(): boolean
// randLoadFile(path: string, maxBytes: number): number of bytes; -1 for all of the file
// randWriteFile(path: string): number of bytes
void ExportRand(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_RAND_H_
