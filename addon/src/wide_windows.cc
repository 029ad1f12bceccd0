#include "wide_windows.h"

#include <windows.h>

namespace tsopenssl {

std::wstring WideOf(const std::string& text) {
  const int length = static_cast<int>(text.size());
  std::wstring wide(static_cast<size_t>(MultiByteToWideChar(CP_UTF8, 0, text.data(), length, nullptr, 0)), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), length, wide.data(), static_cast<int>(wide.size()));
  return wide;
}

std::string EncodedAs(unsigned code_page, const std::wstring& text) {
  const int length = static_cast<int>(text.size());
  const int size = WideCharToMultiByte(code_page, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
  std::string narrow(static_cast<size_t>(size), '\0');
  WideCharToMultiByte(code_page, 0, text.data(), length, narrow.data(), size, nullptr, nullptr);
  return narrow;
}

std::string Utf8Of(const std::wstring& text) { return EncodedAs(CP_UTF8, text); }

std::string SystemMessage(unsigned long code) {
  constexpr DWORD kFlags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  wchar_t text[512];
  const DWORD length = FormatMessageW(kFlags, nullptr, code, 0, text, static_cast<DWORD>(std::size(text)), nullptr);
  const std::string number = "Windows error " + std::to_string(code);
  if (length == 0) return number;
  std::string message = Utf8Of(std::wstring(text, length));
  message.erase(message.find_last_not_of(' ') + 1);
  return message + " (" + number + ")";
}

}  // namespace tsopenssl
