#include "legacy_context.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include <mutex>

#include "pointers.h"

namespace tsopenssl {

namespace {

using ContextPointer = Pointer<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;

ContextPointer MakeContext() {
  ContextPointer context(OSSL_LIB_CTX_new());
  if (context == nullptr || OSSL_PROVIDER_load(context.get(), "default") == nullptr ||
      OSSL_PROVIDER_load(context.get(), "legacy") == nullptr) {
    return nullptr;
  }
  return context;
}

}  // namespace

OSSL_LIB_CTX* LegacyContext() {
  static std::mutex mutex;
  static OSSL_LIB_CTX* context = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (context == nullptr) context = MakeContext().release();
  return context;
}

}  // namespace tsopenssl
