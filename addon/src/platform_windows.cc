#include "platform.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <utility>

#include "guarded_file_windows.h"
#include "wide_windows.h"

namespace tsopenssl {

namespace {

const char own_address = 0;

constexpr DWORD kOfAddress = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;

HMODULE ModuleOf(const void* address, DWORD flags) {
  HMODULE module = nullptr;
  return GetModuleHandleExW(kOfAddress | flags, static_cast<LPCWSTR>(address), &module) ? module : nullptr;
}

// The address of a function of another library is that of a stub in this one, `jmp [rip + offset]`, which no function of ours
// begins with. Where the jump goes; null where the other library is not loaded yet.
const void* BehindStub(const void* address) {
  const auto* code = static_cast<const unsigned char*>(address);
  if (code[0] != 0xff || code[1] != 0x25) return address;
  int32_t offset = 0;
  memcpy(&offset, code + 2, sizeof offset);
  const void* target = nullptr;
  memcpy(&target, code + 6 + offset, sizeof target);
  const DWORD flags = GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  return ModuleOf(target, flags) == ModuleOf(&own_address, flags) ? nullptr : target;
}

// OpenSSL asks the C library, whose copy of the environment is as old as the process; node changes the system's alone.
// The copy that counts is the one in the system's code page.
void ShareWithOpenSSL(const std::string& name, const std::wstring& value) {
  const char* known = getenv(name.c_str());
  if (EncodedAs(CP_ACP, value) != (known == nullptr ? "" : known)) {
    _wputenv_s(WideOf(name).c_str(), value.c_str());
  }
}

constexpr SIZE_T kStackSize = 2 * 1024 * 1024;

class WindowsThread : public Thread {
 public:
  explicit WindowsThread(std::function<void()> work) : work_(std::move(work)) {}
  ~WindowsThread() override {
    if (handle_ == nullptr) return;
    WaitForSingleObject(handle_, INFINITE);
    CloseHandle(handle_);
  }

  bool Begin() {
    handle_ = CreateThread(nullptr, kStackSize, Run, this, STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
    return handle_ != nullptr;
  }

 private:
  static DWORD WINAPI Run(void* thread) {
    static_cast<WindowsThread*>(thread)->work_();
    return 0;
  }

  const std::function<void()> work_;
  HANDLE handle_ = nullptr;
};

}  // namespace

std::unique_ptr<Thread> Thread::Start(std::function<void()> work) {
  auto thread = std::make_unique<WindowsThread>(std::move(work));
  if (!thread->Begin()) return nullptr;
  return thread;
}

Place PlaceOf(const void* address) {
  const HMODULE module = ModuleOf(address, GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT);
  if (module == nullptr) return {};
  std::wstring file(MAX_PATH, L'\0');
  for (;;) {
    const DWORD length = GetModuleFileNameW(module, file.data(), static_cast<DWORD>(file.size()));
    if (length < file.size()) {
      file.resize(length);
      return {module, Utf8Of(file)};
    }
    file.resize(file.size() * 2);
  }
}

Place PlaceOfFunction(const void* address) {
  const void* function = BehindStub(address);
  return function == nullptr ? Place{} : PlaceOf(function);
}

bool KeepLoaded() { return ModuleOf(&own_address, GET_MODULE_HANDLE_EX_FLAG_PIN) != nullptr; }

// Windows starts a program with more rights through a service of its own, which hands it a fresh environment
bool HasExtraRights() { return false; }

std::optional<std::string> SafeVariable(const std::string& name) {
  const std::wstring wide_name = WideOf(name);
  std::wstring value(256, L'\0');
  for (;;) {
    SetLastError(ERROR_SUCCESS);  // an empty value is length 0 as well
    const DWORD length = GetEnvironmentVariableW(wide_name.c_str(), value.data(), static_cast<DWORD>(value.size()));
    if (length == 0 && GetLastError() == ERROR_ENVVAR_NOT_FOUND) {
      ShareWithOpenSSL(name, L"");
      return std::nullopt;
    }
    if (length < value.size()) {
      value.resize(length);
      // an empty value would take the variable out of both
      if (length > 0) ShareWithOpenSSL(name, value);
      return Utf8Of(value);
    }
    value.resize(length);
  }
}

// Each library names the libraries of its symbols, so nothing of node answers in their place. They are looked for beside
// it, beside the program and in the system's folder, but neither in the working folder nor in PATH.
std::optional<std::string> LoadModule(const std::string& file) {
  constexpr DWORD kWhere = LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
  if (LoadLibraryExW(WideOf(file).c_str(), nullptr, kWhere) != nullptr) return std::nullopt;
  return file + ": " + SystemMessage(GetLastError());
}

void ExportPlatform(Napi::Env env, Napi::Object exports) {
  exports.Set("inspectPath", Napi::Function::New<InspectPath>(env, "inspectPath"));
}

}  // namespace tsopenssl

// A static libcrypto is not told that a thread ends, and would keep what it holds for it; OpenSSL's own DLL does this.
extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID) {
  if (reason == DLL_THREAD_DETACH) OPENSSL_thread_stop();
  return TRUE;
}
