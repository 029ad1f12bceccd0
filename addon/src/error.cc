#include "error.h"

#include <openssl/err.h>

#include "instance.h"

namespace tsopenssl {

namespace {

const char* OrEmpty(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

std::vector<QueuedError> DrainErrors() {
  std::vector<QueuedError> errors;
  const char* function = nullptr;
  const char* data = nullptr;
  int flags = 0;
  while (const unsigned long code = ERR_get_error_all(nullptr, nullptr, &function, &data, &flags)) {
    errors.push_back({code, ERR_GET_LIB(code), OrEmpty(ERR_lib_error_string(code)),
                      OrEmpty(ERR_reason_error_string(code)), OrEmpty(function),
                      (flags & ERR_TXT_STRING) != 0 ? OrEmpty(data) : ""});
  }
  return errors;
}

Napi::Array ArrayOf(Napi::Env env, const std::vector<QueuedError>& errors) {
  Napi::Array queue = Napi::Array::New(env, errors.size());
  for (uint32_t i = 0; i < errors.size(); i++) {
    const QueuedError& error = errors[i];
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("code", Napi::Number::New(env, static_cast<double>(error.code)));
    entry.Set("libraryCode", Napi::Number::New(env, error.library_code));
    entry.Set("library", error.library);
    entry.Set("reason", error.reason);
    entry.Set("function", error.function);
    entry.Set("data", error.data);
    queue.Set(i, entry);
  }
  return queue;
}

Napi::Value DrainedErrors(const Napi::CallbackInfo& info) { return ArrayOf(info.Env(), DrainErrors()); }

void SetErrorClass(const Napi::CallbackInfo& info) {
  if (!info[0].IsFunction()) throw Napi::TypeError::New(info.Env(), "Expected a class for errorClass");
  InstanceOf(info.Env()).error_class = Napi::Persistent(info[0].As<Napi::Function>());
}

Napi::Error OpenSSLErrorOf(Napi::Env env, const char* operation) {
  return OpenSSLErrorOf(env, operation, DrainErrors());
}

Napi::Error OpenSSLErrorOf(Napi::Env env, const char* operation, const std::vector<QueuedError>& errors) {
  const Napi::Array queue = ArrayOf(env, errors);
  const Napi::FunctionReference& error_class = InstanceOf(env).error_class;
  if (!error_class.IsEmpty()) {
    return Napi::Error(env, error_class.New({Napi::String::New(env, operation), queue}));
  }
  Napi::Error error = Napi::Error::New(env, operation);
  error.Set("queue", queue);
  return error;
}

Napi::Error OpenSSLErrorOf(Napi::Env env, const std::string& message, const char* code) {
  Napi::Object options = Napi::Object::New(env);
  options.Set("code", code);
  const Napi::FunctionReference& error_class = InstanceOf(env).error_class;
  if (!error_class.IsEmpty()) {
    return Napi::Error(env, error_class.New({Napi::String::New(env, message), Napi::Array::New(env), options}));
  }
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", code);
  return error;
}

ErrorScope::ErrorScope() { ERR_clear_error(); }

ErrorScope::~ErrorScope() { ERR_clear_error(); }

}  // namespace tsopenssl
