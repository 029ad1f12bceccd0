/* What OpenSSL uses of this header of macOS: the type of an answer, and the one that means success. */

#ifndef TSOPENSSL_COMMON_CRYPTO_ERROR_H_
#define TSOPENSSL_COMMON_CRYPTO_ERROR_H_

#include <stdint.h>

typedef int32_t CCCryptorStatus;
typedef CCCryptorStatus CCRNGStatus;

enum { kCCSuccess = 0 };

#endif
