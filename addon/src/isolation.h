// Whether the OpenSSL that this addon calls is the one inside it.

#ifndef TSOPENSSL_ISOLATION_H_
#define TSOPENSSL_ISOLATION_H_

#include <napi.h>

namespace tsopenssl {

// Compares where OpenSSL's functions lie, as this addon sees them, with where the addon lies. Calls none of them.
// Throws an error with the code ERR_TSOPENSSL_NOT_ISOLATED that names each function that lies elsewhere.
void RequireIsolation(Napi::Env env);

// {file, base, functions: [{name, base}]}: the facts that RequireIsolation judged by.
Napi::Value Isolation(const Napi::CallbackInfo& info);

}  // namespace tsopenssl

#endif  // TSOPENSSL_ISOLATION_H_
