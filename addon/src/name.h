// Distinguished names.

#ifndef TSOPENSSL_NAME_H_
#define TSOPENSSL_NAME_H_

#include <napi.h>
#include <openssl/x509.h>

namespace tsopenssl {

// {components: [[short name or dotted OID, value as a Buffer]], text: RFC 2253 in UTF-8}.
Napi::Value NameOf(Napi::Env env, const X509_NAME* name);

}  // namespace tsopenssl

#endif  // TSOPENSSL_NAME_H_
