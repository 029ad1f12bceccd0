// Keys: what one is, and its raw form.

#ifndef TSOPENSSL_KEY_H_
#define TSOPENSSL_KEY_H_

#include <napi.h>
#include <openssl/evp.h>

#include "pointers.h"

namespace tsopenssl {

// A key as a handle.
Napi::Value KeyHandleOf(Napi::Env env, KeyPointer key);

// A further reference to the same key as a handle: what OpenSSL shares is never changed through a handle.
Napi::Value SharedKeyHandleOf(Napi::Env env, EVP_PKEY* key);

// The key behind a handle, still owned by the handle.
EVP_PKEY* KeyOf(const Napi::Value& value, const char* name);

// The public part alone. OpenSSL keeps the very key that a certificate or request was given, private part and all.
KeyPointer PublicPartOf(Napi::Env env, EVP_PKEY* key);

// keyType(key): string, the name of its algorithm as its provider says it, such as RSA, id-ecPublicKey, ML-DSA-65
// keyNumber(key): number, the algorithm's NID, or 0 where it has none
// keyBits(key), keySecurityBits(key): number
// keyIsPrivate(key): boolean
// keyGroup(key): string | undefined, the name of its curve or group
// keyCheck(key): undefined; throws OpenSSLError
// keyEqual(key, other): boolean, whether the public parts are the same
// keyFromRaw(algorithm: string, isPrivate: boolean, bytes: Uint8Array): handle
// keyRaw(key, isPrivate: boolean): Buffer; throws OpenSSLError where the algorithm has no raw form
void ExportKey(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_KEY_H_
