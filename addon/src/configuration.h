// Reading and applying an openssl.cnf. What to load, and whether to trust it, is decided in TypeScript.

#ifndef TSOPENSSL_CONFIGURATION_H_
#define TSOPENSSL_CONFIGURATION_H_

#include <napi.h>

#include "pointers.h"
#include "values.h"

namespace tsopenssl {

// A configuration without a section, which nothing changes. The process has one, which is never freed; null without memory.
CONF* EmptyConfiguration();

// Reads the text of an openssl.cnf that has no `.include`; throws OpenSSLError, with the line, where it is none.
ConfPointer ConfigurationOf(Napi::Env env, const Bytes& text);

// parseConfiguration(text: Uint8Array): {sections: {[name]: [name, value][]}} | {line: number, queue: array}
// Has no effect on the library. OpenSSL's parser opens what `.include` names: the text must have none left.
Napi::Value ParseConfiguration(const Napi::CallbackInfo& info);

// applyConfiguration(text: Uint8Array, modules: string[], record: string):
//   {first, record, succeeded, queue, moduleErrors}
// The first call of the process applies it; every other answers what the first one answered. `modules` are provider
// libraries that the text names: they are loaded beforehand in such a way that they do not bind to node's OpenSSL.
Napi::Value ApplyConfiguration(const Napi::CallbackInfo& info);

// appliedConfiguration(): what the process's first call of applyConfiguration answered, or undefined before that.
Napi::Value AppliedConfiguration(const Napi::CallbackInfo& info);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CONFIGURATION_H_
