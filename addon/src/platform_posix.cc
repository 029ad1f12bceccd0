#include <dlfcn.h>
#include <stdlib.h>

#include "platform.h"
#include "ssl_descriptor.h"

namespace tsopenssl {

namespace {

// OpenSSL opens a provider with plain dlopen, so that its calls would bind to what node exports. Whoever opens it first
// decides. musl has no such flag; on macOS a library names the library of each symbol (two-level namespace).
#ifdef RTLD_DEEPBIND
constexpr int kBindToOwnLibraries = RTLD_DEEPBIND;
#else
constexpr int kBindToOwnLibraries = 0;
#endif

}  // namespace

Place PlaceOf(const void* address) {
  Dl_info info = {};
  if (dladdr(address, &info) == 0) return {};
  return {info.dli_fbase, info.dli_fname == nullptr ? "" : info.dli_fname};
}

Place PlaceOfFunction(const void* address) { return PlaceOf(address); }

std::optional<std::string> SafeVariable(const std::string& name) {
  const char* value = HasExtraRights() ? nullptr : getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::optional<std::string> LoadModule(const std::string& file) {
  if (dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | kBindToOwnLibraries) != nullptr) return std::nullopt;
  const char* error = dlerror();
  return error == nullptr ? file : error;
}

void ExportPlatform(Napi::Env, Napi::Object exports) { ExportSslDescriptor(exports); }

}  // namespace tsopenssl
