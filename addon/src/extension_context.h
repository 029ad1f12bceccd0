// What the values of extensions in the syntax of openssl.cnf may refer to, and making extensions out of them.

#ifndef TSOPENSSL_EXTENSION_CONTEXT_H_
#define TSOPENSSL_EXTENSION_CONTEXT_H_

#include <napi.h>
#include <openssl/conf.h>
#include <openssl/x509v3.h>

#include "pointers.h"

namespace tsopenssl {

// The certificates and the configuration that the value of an extension may refer to. All of it belongs to somebody else.
class ExtensionContext {
 public:
  ExtensionContext(CONF* configuration, X509* subject, X509* issuer, X509_REQ* request);

  // The key that the certificate will be signed with, where it is its own issuer.
  void SetIssuerKey(Napi::Env env, EVP_PKEY* key);

  // Throws OpenSSLError for an unknown name or a value that does not fit, and RangeError for a value that would open a file.
  ExtensionPointer Make(Napi::Env env, const char* name, const char* value);

 private:
  bool ReadsFile(const char* name, const char* value) const;

  CONF* configuration_;
  X509V3_CTX context_ = {};
};

}  // namespace tsopenssl

#endif  // TSOPENSSL_EXTENSION_CONTEXT_H_
