#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include <utility>

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

constexpr size_t kStackSize = 2 * 1024 * 1024;

class PosixThread : public Thread {
 public:
  explicit PosixThread(std::function<void()> work) : work_(std::move(work)) {}
  ~PosixThread() override {
    if (is_started_) pthread_join(id_, nullptr);
  }

  bool Begin() {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    is_started_ = pthread_attr_setstacksize(&attributes, kStackSize) == 0 &&
                  pthread_create(&id_, &attributes, Run, this) == 0;
    pthread_attr_destroy(&attributes);
    return is_started_;
  }

 private:
  static void* Run(void* thread) {
    static_cast<PosixThread*>(thread)->work_();
    return nullptr;
  }

  const std::function<void()> work_;
  pthread_t id_ = {};
  bool is_started_ = false;
};

}  // namespace

std::unique_ptr<Thread> Thread::Start(std::function<void()> work) {
  auto thread = std::make_unique<PosixThread>(std::move(work));
  if (!thread->Begin()) return nullptr;
  return thread;
}

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
