// A library context that has the algorithms of the legacy provider (RC2, RC4, DES), for old files alone: the default context
// never gets them.

#ifndef TSOPENSSL_LEGACY_CONTEXT_H_
#define TSOPENSSL_LEGACY_CONTEXT_H_

#include <openssl/types.h>

namespace tsopenssl {

// Made at the first call, one for the process, and never freed. Null where this OpenSSL has no legacy provider; then its error
// queue says why.
OSSL_LIB_CTX* LegacyContext();

}  // namespace tsopenssl

#endif  // TSOPENSSL_LEGACY_CONTEXT_H_
