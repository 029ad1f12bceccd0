#include "library.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <optional>
#include <string>
#include <vector>

#include "error.h"
#include "platform.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

Napi::Value StringOrUndefined(Napi::Env env, const char* text) {
  if (text == nullptr) return env.Undefined();
  return Napi::String::New(env, text);
}

int CollectProvider(OSSL_PROVIDER* provider, void* collected) {
  static_cast<std::vector<OSSL_PROVIDER*>*>(collected)->push_back(provider);
  return 1;
}

Napi::Object Describe(Napi::Env env, const OSSL_PROVIDER* provider) {
  const char* version = nullptr;
  const char* build_info = nullptr;
  int status = 0;
  OSSL_PARAM wanted[] = {
      OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_VERSION, const_cast<char**>(&version), 0),
      OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_BUILDINFO, const_cast<char**>(&build_info), 0),
      OSSL_PARAM_construct_int(OSSL_PROV_PARAM_STATUS, &status),
      OSSL_PARAM_construct_end(),
  };
  OSSL_PROVIDER_get_params(provider, wanted);
  Napi::Object description = Napi::Object::New(env);
  description.Set("name", OSSL_PROVIDER_get0_name(provider));
  description.Set("version", StringOrUndefined(env, version));
  description.Set("buildInfo", StringOrUndefined(env, build_info));
  description.Set("running", Napi::Boolean::New(env, status == 1));
  return description;
}

}  // namespace

void StartLibrary(Napi::Env env) {
  // before anything else, the error queue as well: the first call decides whether OpenSSL cleans up when the process ends, while
  // other threads may still be at work, and whether it reads a configuration of its own choice
  const uint64_t options = OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS;
  if (OPENSSL_init_crypto(options, nullptr) != 1) throw OpenSSLErrorOf(env, "starting OpenSSL");
}

Napi::Value LibraryVersion(const Napi::CallbackInfo& info) {
  return StringOrUndefined(info.Env(), OpenSSL_version(IntegerOf(info[0], "kind")));
}

Napi::Value LibraryNumbers(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object numbers = Napi::Object::New(env);
  numbers.Set("number", Napi::Number::New(env, static_cast<double>(OpenSSL_version_num())));
  numbers.Set("major", Napi::Number::New(env, OPENSSL_version_major()));
  numbers.Set("minor", Napi::Number::New(env, OPENSSL_version_minor()));
  numbers.Set("patch", Napi::Number::New(env, OPENSSL_version_patch()));
  numbers.Set("preRelease", OPENSSL_version_pre_release());
  numbers.Set("buildMetadata", OPENSSL_version_build_metadata());
  numbers.Set("headers", OPENSSL_VERSION_TEXT);
  return numbers;
}

Napi::Value DefaultPaths(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object paths = Napi::Object::New(env);
  paths.Set("area", StringOrUndefined(env, X509_get_default_cert_area()));
  paths.Set("certDir", StringOrUndefined(env, X509_get_default_cert_dir()));
  paths.Set("certDirVariable", StringOrUndefined(env, X509_get_default_cert_dir_env()));
  paths.Set("certFile", StringOrUndefined(env, X509_get_default_cert_file()));
  paths.Set("certFileVariable", StringOrUndefined(env, X509_get_default_cert_file_env()));
  paths.Set("privateDir", StringOrUndefined(env, X509_get_default_private_dir()));
  return paths;
}

Napi::Value EnvironmentVariable(const Napi::CallbackInfo& info) {
  const std::optional<std::string> value = SafeVariable(TextOf(info[0], "name"));
  if (!value) return info.Env().Undefined();
  return Napi::String::New(info.Env(), *value);
}

Napi::Value IsSecureExecution(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), HasExtraRights());
}

Napi::Value Providers(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  std::vector<OSSL_PROVIDER*> loaded;
  OSSL_PROVIDER_do_all(nullptr, CollectProvider, &loaded);
  Napi::Array providers = Napi::Array::New(info.Env());
  for (const OSSL_PROVIDER* provider : loaded) providers.Set(providers.Length(), Describe(info.Env(), provider));
  return providers;
}

Napi::Value IsProviderAvailable(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return Napi::Boolean::New(info.Env(), OSSL_PROVIDER_available(nullptr, TextOf(info[0], "name").c_str()) == 1);
}

Napi::Value IsDigestAvailable(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const DigestPointer digest(EVP_MD_fetch(nullptr, TextOf(info[0], "name").c_str(), nullptr));
  return Napi::Boolean::New(info.Env(), digest != nullptr);
}

}  // namespace tsopenssl
