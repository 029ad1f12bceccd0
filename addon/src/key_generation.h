// Making keys, at once or in a thread of the pool.

#ifndef TSOPENSSL_KEY_GENERATION_H_
#define TSOPENSSL_KEY_GENERATION_H_

#include <napi.h>

namespace tsopenssl {

// parameters are [name, value][] of OpenSSL's provider parameters: value is a number (unsigned) or a string.
//
// generateKey(algorithm: string, parameters, domain: parameters | undefined): handle
//   With `domain` parameters of the algorithm are made first (DSA, DH), and the key out of them.
// generateKeyAsync(algorithm, parameters, domain, done: (error: Error | undefined, key: handle | undefined) => void): canceller
//   `done` is called once, later. The canceller is a function: the generation ends soon, with an error.
// curveNames(): string[], the short names of the curves that are built in
void ExportKeyGeneration(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_KEY_GENERATION_H_
