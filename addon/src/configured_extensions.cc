#include "configured_extensions.h"

#include <openssl/conf.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <string>
#include <vector>

#include "certificate.h"
#include "configuration.h"
#include "error.h"
#include "export.h"
#include "extension.h"
#include "extension_context.h"
#include "key.h"
#include "pointers.h"
#include "request.h"
#include "values.h"

namespace tsopenssl {

namespace {

int IndexOf(const STACK_OF(CONF_VALUE)* values, const char* name) {
  for (int i = sk_CONF_VALUE_num(values) - 1; i >= 0; i--) {
    if (std::strcmp(sk_CONF_VALUE_value(values, i)->name, name) == 0) return i;
  }
  return -1;
}

// The entries of a section in the order of X509V3_EXT_add_nconf: the subject's identifier comes before the authority's.
std::vector<const CONF_VALUE*> EntriesOf(Napi::Env env, const CONF* configuration, const std::string& section) {
  const STACK_OF(CONF_VALUE)* values = NCONF_get_section(configuration, section.c_str());
  if (values == nullptr) throw OpenSSLErrorOf(env, ("looking for the section " + section).c_str());
  std::vector<const CONF_VALUE*> entries;
  for (int i = 0; i < sk_CONF_VALUE_num(values); i++) entries.push_back(sk_CONF_VALUE_value(values, i));
  const int authority = IndexOf(values, "authorityKeyIdentifier");
  const int identifier = IndexOf(values, "subjectKeyIdentifier");
  if (authority >= 0 && identifier > authority) {
    std::swap(entries[static_cast<size_t>(authority)], entries[static_cast<size_t>(identifier)]);
  }
  return entries;
}

Napi::Value ExtensionsOfSection(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const ConfPointer configuration = ConfigurationOf(env, BytesOf(info[0], "config"));
  const std::string section = TextOf(info[1], "section");
  X509* subject = OptionalCertificateOf(info[2], "subject");
  X509* issuer = OptionalCertificateOf(info[3], "issuer");
  ExtensionContext context(configuration.get(), subject, issuer,
                           info[5].IsUndefined() ? nullptr : RequestOf(info[5], "request"));
  if (!info[4].IsUndefined()) context.SetIssuerKey(env, KeyOf(info[4], "issuerKey"));
  Napi::Array handles = Napi::Array::New(env);
  for (const CONF_VALUE* entry : EntriesOf(env, configuration.get(), section)) {
    handles.Set(handles.Length(), ExtensionHandleOf(env, context.Make(env, entry->name, entry->value)));
  }
  return handles;
}

void RemoveKind(X509* certificate, const X509_EXTENSION* extension) {
  const ASN1_OBJECT* kind = X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension));
  for (int index; (index = X509_get_ext_by_OBJ(certificate, kind, -1)) >= 0;) {
    X509_EXTENSION_free(X509_delete_ext(certificate, index));
  }
}

void Add(Napi::Env env, X509* certificate, const X509_EXTENSION* extension) {
  if (X509_add_ext(certificate, const_cast<X509_EXTENSION*>(extension), -1) != 1) {
    throw OpenSSLErrorOf(env, "adding extensions to a certificate");
  }
}

// A key identifier that says `none` is taken out again, and one that is missing is added where it is wanted.
void CompleteIdentifier(Napi::Env env, X509* certificate, const X509_EXTENSION* extension, bool is_wanted) {
  const ASN1_OBJECT* kind = X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension));
  const int index = X509_get_ext_by_OBJ(certificate, kind, -1);
  if (index < 0) {
    if (is_wanted) Add(env, certificate, extension);
    return;
  }
  constexpr int kEmpty = 2;  // bytes of an empty sequence or string
  const ASN1_OCTET_STRING* data = X509_EXTENSION_get_data(X509_get_ext(certificate, index));
  if (ASN1_STRING_length(data) <= kEmpty) X509_EXTENSION_free(X509_delete_ext(certificate, index));
}

bool IsKeyOf(const X509* certificate, EVP_PKEY* key) {
  const EVP_PKEY* own = X509_get0_pubkey(certificate);
  return own != nullptr && EVP_PKEY_eq(own, key) == 1;
}

void CertificateAddSection(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509* certificate = CertificateOf(info[0], "certificate");
  const ConfPointer configuration = ConfigurationOf(env, BytesOf(info[1], "config"));
  X509* issuer = OptionalCertificateOf(info[3], "issuer");
  EVP_PKEY* key = KeyOf(info[4], "key");
  ExtensionContext context(configuration.get(), certificate, issuer == nullptr ? certificate : issuer, nullptr);
  if (issuer == nullptr) context.SetIssuerKey(env, key);
  if (!info[2].IsUndefined()) {
    for (const CONF_VALUE* entry : EntriesOf(env, configuration.get(), TextOf(info[2], "section"))) {
      const ExtensionPointer extension = context.Make(env, entry->name, entry->value);
      RemoveKind(certificate, extension.get());
      Add(env, certificate, extension.get());
    }
  }
  // the authority's identifier is made out of the subject's where they are the same
  const ExtensionPointer identifier = context.Make(env, "subjectKeyIdentifier", "hash");
  CompleteIdentifier(env, certificate, identifier.get(), true);
  const ExtensionPointer authority = context.Make(env, "authorityKeyIdentifier", "keyid, issuer");
  CompleteIdentifier(env, certificate, authority.get(), !IsKeyOf(certificate, key));
  ForgetEncoding(certificate);
}

}  // namespace

void ExportConfiguredExtensions(Napi::Object exports) {
  Export<ExtensionsOfSection>(exports, "extensionsOfSection");
  Export<CertificateAddSection>(exports, "certificateAddSection");
}

}  // namespace tsopenssl
