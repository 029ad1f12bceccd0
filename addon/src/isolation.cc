#include "isolation.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cinttypes>
#include <cstdio>
#include <string>

#include "platform.h"

namespace tsopenssl {

namespace {

struct Symbol {
  const char* name;
  const void* address;
};

// Functions of libssl, and one of each part of libcrypto: a version string proves nothing when both copies are of one version
const Symbol symbols[] = {
    {"OpenSSL_version_num", reinterpret_cast<const void*>(&OpenSSL_version_num)},
    {"OPENSSL_init_crypto", reinterpret_cast<const void*>(&OPENSSL_init_crypto)},
    {"CRYPTO_malloc", reinterpret_cast<const void*>(&CRYPTO_malloc)},
    {"ERR_get_error_all", reinterpret_cast<const void*>(&ERR_get_error_all)},
    {"BIO_new_mem_buf", reinterpret_cast<const void*>(&BIO_new_mem_buf)},
    {"ASN1_TIME_to_tm", reinterpret_cast<const void*>(&ASN1_TIME_to_tm)},
    {"EVP_MD_fetch", reinterpret_cast<const void*>(&EVP_MD_fetch)},
    {"NCONF_load_bio", reinterpret_cast<const void*>(&NCONF_load_bio)},
    {"OSSL_PROVIDER_available", reinterpret_cast<const void*>(&OSSL_PROVIDER_available)},
    {"PEM_read_bio_X509", reinterpret_cast<const void*>(&PEM_read_bio_X509)},
    {"SSL_CTX_new", reinterpret_cast<const void*>(&SSL_CTX_new)},
    {"SSL_do_handshake", reinterpret_cast<const void*>(&SSL_do_handshake)},
    {"X509_digest", reinterpret_cast<const void*>(&X509_digest)},
};

const char own_address = 0;

std::string Hex(const void* address) {
  char text[2 + 16 + 1];
  std::snprintf(text, sizeof text, "0x%" PRIxPTR, reinterpret_cast<uintptr_t>(address));
  return text;
}

}  // namespace

void RequireIsolation(Napi::Env env) {
  const Place own = PlaceOf(&own_address);
  std::string strangers;
  for (const Symbol& symbol : symbols) {
    const Place place = PlaceOfFunction(symbol.address);
    if (own.base != nullptr && place.base == own.base) continue;
    strangers += "\n  " + std::string(symbol.name) + " at " + Hex(place.base) + " in " +
                 (place.file.empty() ? "no known file" : place.file);
  }
  if (strangers.empty()) return;
  Napi::Error error = Napi::Error::New(
      env, "tsopenssl is not isolated: wanted every function of OpenSSL at " + Hex(own.base) + " in " + own.file +
               ", got" + strangers +
               "\nThe addon was linked to a shared libcrypto, or exports OpenSSL's names. Build it from its own "
               "binding.gyp with a static libcrypto, or install the ready-made package.");
  error.Set("code", "ERR_TSOPENSSL_NOT_ISOLATED");
  throw error;
}

Napi::Value Isolation(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Place own = PlaceOf(&own_address);
  Napi::Array functions = Napi::Array::New(env);
  for (const Symbol& symbol : symbols) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("name", symbol.name);
    entry.Set("base", Hex(PlaceOfFunction(symbol.address).base));
    functions.Set(functions.Length(), entry);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("file", own.file);
  result.Set("base", Hex(own.base));
  result.Set("functions", functions);
  return result;
}

}  // namespace tsopenssl
