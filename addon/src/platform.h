// What differs from system to system. platform_posix.cc has what Linux and macOS share, platform_linux.cc and
// platform_macos.cc the rest, platform_windows.cc all of it.

#ifndef TSOPENSSL_PLATFORM_H_
#define TSOPENSSL_PLATFORM_H_

#include <napi.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tsopenssl {

// The library, or the program, that an address lies in; no base where there is none.
struct Place {
  const void* base = nullptr;
  std::string file;  // UTF-8
};

Place PlaceOf(const void* address);

// Where a function lies, as a call reaches it.
Place PlaceOfFunction(const void* address);

// Keeps this library mapped until the process ends: OpenSSL's handler for the end of a thread may run after a worker
// has closed it. False where the system refused.
bool KeepLoaded();

// Whether the process has more rights than who started it, so that its environment is not to be trusted.
bool HasExtraRights();

// A variable of the environment as OpenSSL reads it (ossl_safe_getenv): nothing in a process with extra rights. On Windows
// OpenSSL reads it so from then on: it would not see by itself what node has changed.
std::optional<std::string> SafeVariable(const std::string& name);

// Loads a library in such a way that its calls into libcrypto reach the library that it was linked to, where the
// system can do that, and never closes it. Returns why it could not be loaded, or nothing.
std::optional<std::string> LoadModule(const std::string& file);

// A thread of its own, with a stack that does not depend on the C library.
class Thread {
 public:
  // Null where the system has no more of them.
  static std::unique_ptr<Thread> Start(std::function<void()> work);
  Thread() = default;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  // Waits for it to end.
  virtual ~Thread() = default;
};

// Adds the functions that only this system needs.
void ExportPlatform(Napi::Env env, Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_PLATFORM_H_
