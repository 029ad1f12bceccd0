#include "extension_context.h"

#include <openssl/objects.h>

#include <cstring>

#include "error.h"

namespace tsopenssl {

namespace {

bool NamesFile(const CONF_VALUE* entry) {
  if (entry->name == nullptr || entry->value == nullptr) return false;
  return std::strcmp(entry->name, "policy") == 0 && std::strncmp(entry->value, "file:", 5) == 0;
}

}  // namespace

ExtensionContext::ExtensionContext(CONF* configuration, X509* subject, X509* issuer, X509_REQ* request)
    : configuration_(configuration) {
  X509V3_set_ctx(&context_, issuer, subject, request, nullptr, 0);
  X509V3_set_nconf(&context_, configuration);
}

void ExtensionContext::SetIssuerKey(Napi::Env env, EVP_PKEY* key) {
  if (X509V3_set_issuer_pkey(&context_, key) != 1) throw OpenSSLErrorOf(env, "making an extension");
}

ExtensionPointer ExtensionContext::Make(Napi::Env env, const char* name, const char* value) {
  if (ReadsFile(name, value)) {
    throw Napi::RangeError::New(env, "Expected policy:text: or policy:hex: in the value of proxyCertInfo, got policy:file:");
  }
  ExtensionPointer extension(X509V3_EXT_nconf(configuration_, &context_, name, value));
  if (extension == nullptr) throw OpenSSLErrorOf(env, "making an extension");
  return extension;
}

// proxyCertInfo is the one extension whose value can name a file that OpenSSL opens
bool ExtensionContext::ReadsFile(const char* name, const char* value) const {
  if (OBJ_sn2nid(name) != NID_proxyCertInfo) return false;
  const ErrorScope scope;
  const ConfValuesPointer values(X509V3_parse_list(value));
  for (int i = 0; i < sk_CONF_VALUE_num(values.get()); i++) {
    const CONF_VALUE* entry = sk_CONF_VALUE_value(values.get(), i);
    if (NamesFile(entry)) return true;
    if (entry->name == nullptr || entry->name[0] != '@') continue;
    const STACK_OF(CONF_VALUE)* section = NCONF_get_section(configuration_, entry->name + 1);
    for (int j = 0; j < sk_CONF_VALUE_num(section); j++) {
      if (NamesFile(sk_CONF_VALUE_value(section, j))) return true;
    }
  }
  return false;
}

}  // namespace tsopenssl
