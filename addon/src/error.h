// OpenSSL's error queue as one JavaScript error.

#ifndef TSOPENSSL_ERROR_H_
#define TSOPENSSL_ERROR_H_

#include <napi.h>

#include <string>
#include <vector>

namespace tsopenssl {

// One entry of the queue.
struct QueuedError {
  unsigned long code;
  int library_code;
  std::string library;
  std::string reason;
  std::string function;
  std::string data;
};

// Empties the error queue of this thread, oldest entry first: the only place that reads it.
std::vector<QueuedError> DrainErrors();

// The entries as an array of {code, libraryCode, library, reason, function, data}.
Napi::Array ArrayOf(Napi::Env env, const std::vector<QueuedError>& errors);

// drainErrors(): array, as above. Empty unless a function here left something behind.
Napi::Value DrainedErrors(const Napi::CallbackInfo& info);

// Takes the class that OpenSSLErrorOf makes its errors with: new Class(operation, queue, {code}).
void SetErrorClass(const Napi::CallbackInfo& info);

// Drains the queue into an error that says which operation failed.
Napi::Error OpenSSLErrorOf(Napi::Env env, const char* operation);

// The same with entries that another thread has drained.
Napi::Error OpenSSLErrorOf(Napi::Env env, const char* operation, const std::vector<QueuedError>& errors);

// An error of the addon's own, with a whole message and a code.
Napi::Error OpenSSLErrorOf(Napi::Env env, const std::string& message, const char* code);

// Empties the queue at both ends of a scope: some functions of OpenSSL succeed and leave errors behind.
class ErrorScope {
 public:
  ErrorScope();
  ~ErrorScope();
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

}  // namespace tsopenssl

#endif  // TSOPENSSL_ERROR_H_
