#include "signature.h"

#include <openssl/core_names.h>

#include <cstring>

#include "error.h"
#include "export.h"
#include "key.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

bool TakesDigest(EVP_PKEY* key) {
  const ErrorScope scope;
  char name[80];
  // ed25519 and their like answer UNDEF as a mandatory digest, those of the post-quantum kinds nothing at all
  const int answer = EVP_PKEY_get_default_digest_name(key, name, sizeof name);
  return answer > 0 && std::strcmp(name, "UNDEF") != 0 && name[0] != '\0';
}

const EVP_MD* SigningDigest(Napi::Env env, EVP_PKEY* key, const std::string& name) {
  const bool takes_digest = TakesDigest(key);
  if (!takes_digest && name.empty()) return nullptr;
  if (!takes_digest) {
    throw Napi::RangeError::New(env, "Expected no digest for a key whose algorithm has its own, got " + name);
  }
  if (name.empty()) throw Napi::RangeError::New(env, "Expected the name of a digest for digest, got none");
  const EVP_MD* digest = EVP_get_digestbyname(name.c_str());
  if (digest != nullptr) return digest;
  // only a fetch says in the queue why there is none
  EVP_MD_free(EVP_MD_fetch(nullptr, name.c_str(), nullptr));
  throw OpenSSLErrorOf(env, ("looking for the digest " + name).c_str());
}

AlgorithmKeeper::AlgorithmKeeper(Napi::Env env, const X509_ALGOR* algorithm)
    : algorithm_(const_cast<X509_ALGOR*>(algorithm)), saved_(X509_ALGOR_new()) {
  if (saved_ == nullptr || X509_ALGOR_copy(saved_.get(), algorithm) != 1) throw OpenSSLErrorOf(env, "signing");
}

AlgorithmKeeper::~AlgorithmKeeper() {
  if (!is_done_) X509_ALGOR_copy(algorithm_, saved_.get());
}

namespace {

Napi::Value KeyDefaultDigest(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  EVP_PKEY* key = KeyOf(info[0], "key");
  char name[80] = "";
  if (TakesDigest(key)) EVP_PKEY_get_default_digest_name(key, name, sizeof name);
  return Napi::String::New(info.Env(), name);
}

Napi::Value Sign(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  EVP_PKEY* key = KeyOf(info[0], "key");
  const Bytes data = BytesOf(info[1], "data");
  const EVP_MD* digest = SigningDigest(env, key, TextOf(info[2], "digest"));
  const DigestContextPointer context(EVP_MD_CTX_new());
  size_t length = 0;
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, data.data(), data.size()) != 1) {
    throw OpenSSLErrorOf(env, "signing");
  }
  Bytes signature(length);
  if (EVP_DigestSign(context.get(), signature.data(), &length, data.data(), data.size()) != 1) {
    throw OpenSSLErrorOf(env, "signing");
  }
  return BufferOf(env, signature.data(), length);
}

Napi::Value Verify(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  EVP_PKEY* key = KeyOf(info[0], "key");
  const Bytes signature = BytesOf(info[1], "signature");
  const Bytes data = BytesOf(info[2], "data");
  const EVP_MD* digest = SigningDigest(env, key, TextOf(info[3], "digest"));
  const DigestContextPointer context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1) {
    throw OpenSSLErrorOf(env, "verifying a signature");
  }
  // OpenSSL takes a null pointer for a mistake of ours, and says so
  const unsigned char none = 0;
  const unsigned char* bytes = signature.empty() ? &none : signature.data();
  const int result = EVP_DigestVerify(context.get(), bytes, signature.size(), data.data(), data.size());
  if (result == 1) return env.Undefined();
  return ArrayOf(env, DrainErrors());
}

}  // namespace

void ExportSignature(Napi::Object exports) {
  Export<KeyDefaultDigest>(exports, "keyDefaultDigest");
  Export<Sign>(exports, "sign");
  Export<Verify>(exports, "verify");
}

}  // namespace tsopenssl
