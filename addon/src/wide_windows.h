// Windows speaks UTF-16, OpenSSL and JavaScript's side of Node-API UTF-8.

#ifndef TSOPENSSL_WIDE_WINDOWS_H_
#define TSOPENSSL_WIDE_WINDOWS_H_

#include <string>

namespace tsopenssl {

// What is no UTF-8 becomes U+FFFD, which no file is named with by accident.
std::wstring WideOf(const std::string& text);

// In a code page of Windows, such as CP_ACP; what it lacks becomes its default character.
std::string EncodedAs(unsigned code_page, const std::wstring& text);

// An unpaired surrogate becomes U+FFFD.
std::string Utf8Of(const std::wstring& text);

// What the system says of an error number, with the number: "Access is denied. (Windows error 5)".
std::string SystemMessage(unsigned long code);

}  // namespace tsopenssl

#endif  // TSOPENSSL_WIDE_WINDOWS_H_
