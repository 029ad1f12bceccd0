#include "key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/params.h>

#include <string>

#include "error.h"
#include "export.h"
#include "values.h"

namespace tsopenssl {

namespace {

Napi::Value KeyType(const Napi::CallbackInfo& info) {
  const char* name = EVP_PKEY_get0_type_name(KeyOf(info[0], "key"));
  return Napi::String::New(info.Env(), name == nullptr ? "" : name);
}

Napi::Value KeyNumber(const Napi::CallbackInfo& info) {
  const int number = EVP_PKEY_get_id(KeyOf(info[0], "key"));
  return Napi::Number::New(info.Env(), number > 0 ? number : 0);
}

Napi::Value KeyBits(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), EVP_PKEY_get_bits(KeyOf(info[0], "key")));
}

Napi::Value KeySecurityBits(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), EVP_PKEY_get_security_bits(KeyOf(info[0], "key")));
}

bool IsPrivate(const EVP_PKEY* key) {
  const ErrorScope scope;
  // what a provider exports as a private key has one of these
  for (const char* part : {OSSL_PKEY_PARAM_PRIV_KEY, OSSL_PKEY_PARAM_RSA_D}) {
    size_t length = 0;
    if (EVP_PKEY_get_octet_string_param(key, part, nullptr, 0, &length) == 1 && length > 0) return true;
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, part, &number) == 1) {
      BN_clear_free(number);
      return true;
    }
  }
  return false;
}

Napi::Value KeyIsPrivate(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), IsPrivate(KeyOf(info[0], "key")));
}

Napi::Value KeyGroup(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  char name[80];
  size_t length = 0;
  if (EVP_PKEY_get_group_name(KeyOf(info[0], "key"), name, sizeof name, &length) != 1) return info.Env().Undefined();
  return Napi::String::New(info.Env(), name, length);
}

Napi::Value KeyCheck(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  EVP_PKEY* key = KeyOf(info[0], "key");
  const KeyContextPointer context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  const int result = context == nullptr ? 0
                     : IsPrivate(key)   ? EVP_PKEY_check(context.get())
                                        : EVP_PKEY_public_check(context.get());
  if (result != 1) throw OpenSSLErrorOf(info.Env(), "checking a key");
  return info.Env().Undefined();
}

Napi::Value KeyEqual(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return Napi::Boolean::New(info.Env(), EVP_PKEY_eq(KeyOf(info[0], "key"), KeyOf(info[1], "other")) == 1);
}

Napi::Value KeyFromRaw(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const std::string algorithm = TextOf(info[0], "algorithm");
  const bool is_private = BooleanOf(info[1], "isPrivate");
  const SecretBytes bytes(BytesOf(info[2], "bytes"));
  const auto create = is_private ? EVP_PKEY_new_raw_private_key_ex : EVP_PKEY_new_raw_public_key_ex;
  KeyPointer key(create(nullptr, algorithm.c_str(), nullptr, bytes.data(), bytes.size()));
  if (key == nullptr) throw OpenSSLErrorOf(env, "reading a raw key");
  return KeyHandleOf(env, std::move(key));
}

Napi::Value KeyRaw(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const EVP_PKEY* key = KeyOf(info[0], "key");
  const auto read =
      BooleanOf(info[1], "isPrivate") ? EVP_PKEY_get_raw_private_key : EVP_PKEY_get_raw_public_key;
  size_t length = 0;
  if (read(key, nullptr, &length) != 1) throw OpenSSLErrorOf(env, "writing a raw key");
  auto buffer = Napi::Buffer<unsigned char>::New(env, length);
  if (read(key, buffer.Data(), &length) != 1) throw OpenSSLErrorOf(env, "writing a raw key");
  return buffer;
}

}  // namespace

Napi::Value KeyHandleOf(Napi::Env env, KeyPointer key) {
  const int64_t size_bytes = 1024 + EVP_PKEY_get_size(key.get());
  return HandleOf(env, HandleKind::kKey, std::move(key), size_bytes);
}

Napi::Value SharedKeyHandleOf(Napi::Env env, EVP_PKEY* key) {
  if (key == nullptr || EVP_PKEY_up_ref(key) != 1) throw OpenSSLErrorOf(env, "reading a public key");
  return KeyHandleOf(env, KeyPointer(key));
}

KeyPointer PublicPartOf(Napi::Env env, EVP_PKEY* key) {
  OSSL_PARAM* parameters = nullptr;
  const bool exported = EVP_PKEY_todata(key, EVP_PKEY_PUBLIC_KEY, &parameters) == 1;
  const ParametersPointer owned(parameters);
  const KeyContextPointer context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  EVP_PKEY* part = nullptr;
  if (!exported || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &part, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
    throw OpenSSLErrorOf(env, "taking the public part of a key");
  }
  return KeyPointer(part);
}

EVP_PKEY* KeyOf(const Napi::Value& value, const char* name) {
  return HeldBy<EVP_PKEY>(value, HandleKind::kKey, name);
}

void ExportKey(Napi::Object exports) {
  Export<KeyType>(exports, "keyType");
  Export<KeyNumber>(exports, "keyNumber");
  Export<KeyBits>(exports, "keyBits");
  Export<KeySecurityBits>(exports, "keySecurityBits");
  Export<KeyIsPrivate>(exports, "keyIsPrivate");
  Export<KeyGroup>(exports, "keyGroup");
  Export<KeyCheck>(exports, "keyCheck");
  Export<KeyEqual>(exports, "keyEqual");
  Export<KeyFromRaw>(exports, "keyFromRaw");
  Export<KeyRaw>(exports, "keyRaw");
}

}  // namespace tsopenssl
