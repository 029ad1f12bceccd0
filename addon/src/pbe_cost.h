// What deriving a key from a passphrase costs, as the parameters of an untrusted file say it: OpenSSL knows no limit.

#ifndef TSOPENSSL_PBE_COST_H_
#define TSOPENSSL_PBE_COST_H_

#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <cstdint>

namespace tsopenssl {

constexpr uint64_t kEndless = UINT64_MAX;

// In iterations of HMAC; scrypt counts 4 * N * r * p, its calls of Salsa20/8. kEndless for a number that is negative or has
// more than 64 bits. What OpenSSL cannot use anyhow costs nothing.

// Of a password-based encryption: PBES2 of RFC 8018, or the older ones of PKCS#5 and PKCS#12.
uint64_t EncryptionCost(const X509_ALGOR* algorithm);

// Of the MAC of a PKCS#12 file, which must have one.
uint64_t MacCost(const PKCS12* pkcs12);

// The cipher of a password-based encryption, or NID_undef.
int CipherNumberOf(const X509_ALGOR* algorithm);

}  // namespace tsopenssl

#endif  // TSOPENSSL_PBE_COST_H_
