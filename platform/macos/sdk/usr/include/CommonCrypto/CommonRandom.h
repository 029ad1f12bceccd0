/* What OpenSSL uses of this header of macOS: random bytes of the system, in libSystem since macOS 10.10. */

#ifndef TSOPENSSL_COMMON_RANDOM_H_
#define TSOPENSSL_COMMON_RANDOM_H_

#include <CommonCrypto/CommonCryptoError.h>
#include <stddef.h>

CCRNGStatus CCRandomGenerateBytes(void *bytes, size_t count);

#endif
