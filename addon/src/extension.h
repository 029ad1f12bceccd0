// Extensions of certificates, requests and revocation lists.

#ifndef TSOPENSSL_EXTENSION_H_
#define TSOPENSSL_EXTENSION_H_

#include <napi.h>
#include <openssl/x509.h>

#include "pointers.h"

namespace tsopenssl {

// An extension as a handle.
Napi::Value ExtensionHandleOf(Napi::Env env, ExtensionPointer extension);

// A copy of an extension as a handle. Handles of extensions never share memory with a certificate.
Napi::Value CopiedExtensionHandleOf(Napi::Env env, const X509_EXTENSION* extension);

// The extension behind a handle, still owned by the handle.
X509_EXTENSION* ExtensionOf(const Napi::Value& value, const char* name);

// An array of handles as a list of copies.
ExtensionsPointer ExtensionsOf(const Napi::Value& value, const char* name);

// A list of extensions, or null for an empty one, as an array of handles of copies.
Napi::Array ArrayOf(Napi::Env env, const STACK_OF(X509_EXTENSION)* extensions);

// Adds copies of extensions behind those that an owner has: all of them or, where OpenSSL fails, none.
template <auto Count, auto Add, auto Delete, typename Owner>
bool AddAll(Owner* owner, const STACK_OF(X509_EXTENSION)* added) {
  const int before = Count(owner);
  for (int i = 0; i < sk_X509_EXTENSION_num(added); i++) {
    if (Add(owner, sk_X509_EXTENSION_value(added, i), -1) == 1) continue;
    while (Count(owner) > before) X509_EXTENSION_free(Delete(owner, Count(owner) - 1));
    return false;
  }
  return true;
}

// In what follows, `subject` and `issuer` are handles of certificates or undefined, and `config` is the text of an openssl.cnf (it may be empty) without includes and without references to the environment.
//
// extensionNew(name: string, value: Uint8Array, config: Uint8Array, subject, issuer): handle
//   The value in the syntax of x509v3_config(5), `critical,` in front of it included.
// extensionFromDer(oid: string, isCritical: boolean, data: Uint8Array): handle
// extensionOid(extension): string, dotted; extensionName(extension): string, the short name, or dotted where there is none
// extensionIsCritical(extension): boolean; extensionData(extension): Buffer
// extensionText(extension): string, or undefined where OpenSSL cannot print it
void ExportExtension(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_EXTENSION_H_
