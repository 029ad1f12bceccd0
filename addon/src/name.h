// Distinguished names.

#ifndef TSOPENSSL_NAME_H_
#define TSOPENSSL_NAME_H_

#include <napi.h>
#include <openssl/x509.h>

namespace tsopenssl {

// A copy of a name as a handle.
Napi::Value NameHandleOf(Napi::Env env, const X509_NAME* name);

// nameComponents(name: handle): [short name or dotted OID, value: Buffer][]
Napi::Value NameComponents(const Napi::CallbackInfo& info);

// nameText(name: handle): string, RFC 2253 in UTF-8
Napi::Value NameText(const Napi::CallbackInfo& info);

}  // namespace tsopenssl

#endif  // TSOPENSSL_NAME_H_
