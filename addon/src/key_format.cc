#include "key_format.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "error.h"
#include "export.h"
#include "file_type.h"
#include "key.h"
#include "passphrase.h"
#include "pbe_cost.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

using SignedDataPointer = Pointer<X509_SIG, X509_SIG_free>;

BioPointer WritingBio(Napi::Env env) {
  BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr) throw OpenSSLErrorOf(env, "writing a key");
  return memory;
}

// As readers of PKCS#12 have it by default; OpenSSL derives keys of 2^31 iterations, which take hours.
constexpr uint64_t kMaxIterations = 10'000'000;

// Refuses to derive a key from a passphrase at a price that an untrusted file names.
void RequirePrice(Napi::Env env, const X509_SIG* encrypted) {
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(encrypted, &algorithm, nullptr);
  const uint64_t iterations = EncryptionCost(algorithm);
  if (iterations <= kMaxIterations) return;
  throw Napi::RangeError::New(env, "Expected at most " + std::to_string(kMaxIterations) + " iterations in an encrypted key, got " +
                                       (iterations == kEndless ? "an endless number" : std::to_string(iterations)));
}

// What is no encrypted key in PKCS#8 has no price: OpenSSL says what else is wrong with it.
void RequirePrices(Napi::Env env, FileType type, const Bytes& bytes) {
  ERR_set_mark();
  const BioPointer memory = ReadingBio(bytes);
  if (type == FileType::kAsn1) {
    const SignedDataPointer encrypted(memory == nullptr ? nullptr : d2i_PKCS8_bio(memory.get(), nullptr));
    ERR_pop_to_mark();
    if (encrypted != nullptr) RequirePrice(env, encrypted.get());
    return;
  }
  // any of them may be the one that is read
  std::vector<SignedDataPointer> all;
  while (memory != nullptr) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(memory.get(), &name, &header, &data, &size) != 1) break;
    const unsigned char* at = data;
    if (std::string_view(name) == PEM_STRING_PKCS8) all.emplace_back(d2i_X509_SIG(nullptr, &at, size));
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<size_t>(size));
  }
  ERR_pop_to_mark();
  for (const SignedDataPointer& encrypted : all) {
    if (encrypted != nullptr) RequirePrice(env, encrypted.get());
  }
}

KeyPointer ReadPrivate(FileType type, const SecretBytes& bytes, Passphrase* passphrase) {
  const BioPointer memory = ReadingBio(bytes.Get());
  if (memory == nullptr) return nullptr;
  if (type == FileType::kPem) {
    return KeyPointer(PEM_read_bio_PrivateKey(memory.get(), nullptr, Passphrase::Ask, passphrase));
  }
  if (!passphrase->is_given()) return KeyPointer(d2i_PrivateKey_bio(memory.get(), nullptr));
  // whoever offers a passphrase may still have a key that needs none
  KeyPointer key(d2i_PKCS8PrivateKey_bio(memory.get(), nullptr, Passphrase::Ask, passphrase));
  if (key != nullptr) return key;
  const BioPointer again = ReadingBio(bytes.Get());
  if (again == nullptr) return nullptr;
  ERR_set_mark();
  key.reset(d2i_PrivateKey_bio(again.get(), nullptr));
  if (key == nullptr) ERR_pop_to_mark();
  return key;
}

Napi::Value LoadPrivateKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  if (type != FileType::kPem && type != FileType::kAsn1) throw UnknownFileType(env);
  const SecretBytes bytes(BytesOf(info[1], "bytes"));
  Passphrase passphrase(info[2], "passphrase");
  if (passphrase.is_given()) RequirePrices(env, type, bytes.Get());
  KeyPointer key = ReadPrivate(type, bytes, &passphrase);
  passphrase.Rethrow();
  if (key == nullptr) {
    throw OpenSSLErrorOf(env, passphrase.was_missed() ? "loading an encrypted private key without a passphrase"
                                                      : "loading a private key");
  }
  return KeyHandleOf(env, std::move(key));
}

Napi::Value LoadPublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  if (type != FileType::kPem && type != FileType::kAsn1) throw UnknownFileType(env);
  const Bytes bytes = BytesOf(info[1], "bytes");
  const BioPointer memory = ReadingBio(bytes);
  Passphrase none(env.Undefined(), "passphrase");
  KeyPointer key;
  if (memory != nullptr) {
    key.reset(type == FileType::kPem ? PEM_read_bio_PUBKEY(memory.get(), nullptr, Passphrase::Ask, &none)
                                     : d2i_PUBKEY_bio(memory.get(), nullptr));
  }
  if (key == nullptr) throw OpenSSLErrorOf(env, "loading a public key");
  return KeyHandleOf(env, std::move(key));
}

int WritePublic(Napi::Env env, FileType type, BIO* memory, const EVP_PKEY* key) {
  if (type == FileType::kPem) return PEM_write_bio_PUBKEY(memory, key);
  if (type == FileType::kAsn1) return i2d_PUBKEY_bio(memory, key);
  if (type == FileType::kText) return EVP_PKEY_print_public(memory, key, 0, nullptr);
  throw UnknownFileType(env);
}

Napi::Value DumpPublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const EVP_PKEY* key = KeyOf(info[1], "key");
  const BioPointer memory = WritingBio(env);
  if (WritePublic(env, type, memory.get(), key) != 1) throw OpenSSLErrorOf(env, "dumping a public key");
  return BufferOf(env, memory.get());
}

int WritePrivate(Napi::Env env, FileType type, BIO* memory, const EVP_PKEY* key, bool is_traditional) {
  if (type == FileType::kText) return EVP_PKEY_print_private(memory, key, 0, nullptr);
  if (type == FileType::kPem) {
    if (is_traditional) {
      return PEM_write_bio_PrivateKey_traditional(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
    }
    return PEM_write_bio_PKCS8PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
  }
  if (type == FileType::kAsn1) {
    return is_traditional ? i2d_PrivateKey_bio(memory, key)
                          : i2d_PKCS8PrivateKey_bio(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
  }
  throw UnknownFileType(env);
}

Napi::Value DumpPrivateKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const EVP_PKEY* key = KeyOf(info[1], "key");
  const bool is_traditional = BooleanOf(info[2], "isTraditional");
  const BioPointer memory = WritingBio(env);
  if (WritePrivate(env, type, memory.get(), key, is_traditional) != 1) {
    throw OpenSSLErrorOf(env, "dumping a private key");
  }
  return BufferOf(env, memory.get());
}

CipherPointer CipherOf(const Napi::Value& value) {
  CipherPointer cipher(EVP_CIPHER_fetch(nullptr, TextOf(value, "cipher").c_str(), nullptr));
  if (cipher == nullptr) throw OpenSSLErrorOf(value.Env(), "looking for a cipher");
  return cipher;
}

Napi::Value DumpTraditionalKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const EVP_PKEY* key = KeyOf(info[0], "key");
  const CipherPointer cipher = CipherOf(info[1]);
  Passphrase passphrase(info[2], "passphrase");
  const BioPointer memory = WritingBio(env);
  const int result = PEM_write_bio_PrivateKey_traditional(memory.get(), key, cipher.get(), nullptr, 0,
                                                          Passphrase::Ask, &passphrase);
  passphrase.Rethrow();
  if (result != 1) throw OpenSSLErrorOf(env, "dumping a private key");
  return BufferOf(env, memory.get());
}

// How a key is encrypted: PBES2 with either of its key derivations
X509_ALGOR* SchemeOf(Napi::Env env, const Napi::Object& options, const EVP_CIPHER* cipher) {
  const Napi::Value scrypt = options.Get("scrypt");
  if (scrypt.IsArray()) {
    const auto costs = scrypt.As<Napi::Array>();
    const auto cost = [&costs](uint32_t i) { return static_cast<uint64_t>(IntegerOf(costs.Get(i), "scrypt")); };
    return PKCS5_pbe2_set_scrypt(cipher, nullptr, 0, nullptr, cost(0), cost(1), cost(2));
  }
  const std::string prf = TextOf(options.Get("prf"), "prf");
  const int number = OBJ_txt2nid(prf.c_str());
  if (number == NID_undef) throw Napi::RangeError::New(env, "Expected a known PRF for prf, got " + prf);
  return PKCS5_pbe2_set_iv_ex(cipher, IntegerOf(options.Get("iterations"), "iterations"), nullptr, 0, nullptr,
                              number, nullptr);
}

Napi::Value DumpEncryptedKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  if (type != FileType::kPem && type != FileType::kAsn1) throw UnknownFileType(env);
  const EVP_PKEY* key = KeyOf(info[1], "key");
  if (!info[2].IsObject()) throw Napi::TypeError::New(env, "Expected an object for options");
  const auto options = info[2].As<Napi::Object>();
  const CipherPointer cipher = CipherOf(options.Get("cipher"));
  Passphrase passphrase(options.Get("passphrase"), "passphrase");
  const Bytes& secret = passphrase.Get(true);
  const KeyInfoPointer plain(EVP_PKEY2PKCS8(key));
  Pointer<X509_ALGOR, X509_ALGOR_free> scheme(SchemeOf(env, options, cipher.get()));
  if (plain == nullptr || scheme == nullptr) throw OpenSSLErrorOf(env, "dumping an encrypted private key");
  const EncryptedKeyPointer encrypted(PKCS8_set0_pbe(reinterpret_cast<const char*>(secret.data()),
                                                     static_cast<int>(secret.size()), plain.get(), scheme.get()));
  if (encrypted == nullptr) throw OpenSSLErrorOf(env, "encrypting a private key");
  scheme.release();  // belongs to what is encrypted
  const BioPointer memory = WritingBio(env);
  const int result = type == FileType::kPem ? PEM_write_bio_PKCS8(memory.get(), encrypted.get())
                                            : i2d_PKCS8_bio(memory.get(), encrypted.get());
  if (result != 1) throw OpenSSLErrorOf(env, "dumping an encrypted private key");
  return BufferOf(env, memory.get());
}

}  // namespace

void ExportKeyFormat(Napi::Object exports) {
  Export<LoadPrivateKey>(exports, "loadPrivateKey");
  Export<LoadPublicKey>(exports, "loadPublicKey");
  Export<DumpPublicKey>(exports, "dumpPublicKey");
  Export<DumpPrivateKey>(exports, "dumpPrivateKey");
  Export<DumpTraditionalKey>(exports, "dumpTraditionalKey");
  Export<DumpEncryptedKey>(exports, "dumpEncryptedKey");
}

}  // namespace tsopenssl
