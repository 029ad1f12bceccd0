// Hands a C++ function to JavaScript under a name.

#ifndef TSOPENSSL_EXPORT_H_
#define TSOPENSSL_EXPORT_H_

#include <napi.h>

namespace tsopenssl {

template <Napi::Value (*Function)(const Napi::CallbackInfo&)>
void Export(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<Function>(exports.Env(), name));
}

template <void (*Function)(const Napi::CallbackInfo&)>
void Export(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<Function>(exports.Env(), name));
}

}  // namespace tsopenssl

#endif  // TSOPENSSL_EXPORT_H_
