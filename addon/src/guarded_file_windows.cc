#include "guarded_file_windows.h"

#include <windows.h>
// after windows.h, whose types they need
#include <aclapi.h>
#include <sddl.h>

#include <memory>
#include <string>

#include "values.h"
#include "wide_windows.h"

namespace tsopenssl {

namespace {

constexpr SECURITY_INFORMATION kWhoMayChange = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

struct CloseHandleOf {
  using pointer = HANDLE;
  void operator()(HANDLE handle) const { CloseHandle(handle); }
};
using Handle = std::unique_ptr<HANDLE, CloseHandleOf>;

struct FreeLocal {
  void operator()(void* memory) const { LocalFree(memory); }
};
template <typename T>
using Local = std::unique_ptr<T, FreeLocal>;

Napi::Error SystemError(Napi::Env env, DWORD code) {
  Napi::Error error = Napi::Error::New(env, SystemMessage(code));
  error.Set("systemCode", Napi::Number::New(env, code));
  return error;
}

Handle Open(Napi::Env env, const std::string& path, bool with_content) {
  const DWORD access = READ_CONTROL | FILE_READ_ATTRIBUTES | (with_content ? FILE_READ_DATA : 0);
  // a folder opens with BACKUP_SEMANTICS only; a pipe's server must not act in this process's name
  const DWORD flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT | SECURITY_SQOS_PRESENT |
                      SECURITY_IDENTIFICATION;
  const DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  const HANDLE handle = CreateFileW(WideOf(path).c_str(), access, share, nullptr, OPEN_EXISTING, flags, nullptr);
  if (handle == INVALID_HANDLE_VALUE) throw SystemError(env, GetLastError());
  return Handle(handle);
}

std::string FinalPathOf(Napi::Env env, HANDLE handle) {
  std::wstring path(MAX_PATH, L'\0');
  for (;;) {
    const DWORD size = static_cast<DWORD>(path.size());
    const DWORD length = GetFinalPathNameByHandleW(handle, path.data(), size, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    if (length == 0) throw SystemError(env, GetLastError());
    path.resize(length);
    if (length < size) return Utf8Of(path);
  }
}

std::string DescriptorOf(Napi::Env env, HANDLE handle) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD code =
      GetSecurityInfo(handle, SE_FILE_OBJECT, kWhoMayChange, nullptr, nullptr, nullptr, nullptr, &descriptor);
  if (code != ERROR_SUCCESS) throw SystemError(env, code);
  const Local<void> owned(descriptor);
  LPWSTR text = nullptr;
  if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, kWhoMayChange, &text, nullptr)) {
    throw SystemError(env, GetLastError());
  }
  const Local<wchar_t> owned_text(text);
  return Utf8Of(text);
}

Bytes ContentOf(Napi::Env env, HANDLE handle, size_t size_bytes) {
  Bytes content(size_bytes);
  size_t done = 0;
  while (done < content.size()) {
    DWORD count = 0;
    if (!ReadFile(handle, content.data() + done, static_cast<DWORD>(content.size() - done), &count, nullptr)) {
      throw SystemError(env, GetLastError());
    }
    if (count == 0) break;
    done += count;
  }
  content.resize(done);
  return content;
}

}  // namespace

Napi::Value InspectPath(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string path = TextOf(info[0], "path");
  const int32_t max_size_bytes = IntegerOf(info[1], "maxSizeBytes");
  const Handle handle = Open(env, path, max_size_bytes > 0);
  BY_HANDLE_FILE_INFORMATION facts = {};
  const bool is_disk = GetFileType(handle.get()) == FILE_TYPE_DISK;
  if (is_disk && !GetFileInformationByHandle(handle.get(), &facts)) throw SystemError(env, GetLastError());
  const bool is_folder = (facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  const bool is_reparse_point = (facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
  const uint64_t size_bytes = (static_cast<uint64_t>(facts.nFileSizeHigh) << 32) | facts.nFileSizeLow;
  Napi::Object result = Napi::Object::New(env);
  result.Set("kind", !is_disk ? "other" : is_folder ? "directory" : "file");
  result.Set("isReparsePoint", Napi::Boolean::New(env, is_reparse_point));
  result.Set("sizeBytes", Napi::Number::New(env, static_cast<double>(size_bytes)));
  result.Set("finalPath", is_disk ? FinalPathOf(env, handle.get()) : "");
  result.Set("descriptor", is_disk ? DescriptorOf(env, handle.get()) : "");
  if (is_disk && !is_folder && !is_reparse_point && max_size_bytes > 0 && size_bytes <= static_cast<uint64_t>(max_size_bytes)) {
    const Bytes content = ContentOf(env, handle.get(), static_cast<size_t>(size_bytes));
    result.Set("content", BufferOf(env, content.data(), content.size()));
  }
  return result;
}

}  // namespace tsopenssl
