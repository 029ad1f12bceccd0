#include "pkcs12.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "certificate.h"
#include "error.h"
#include "export.h"
#include "key.h"
#include "passphrase.h"
#include "pkcs12_pointers.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr const char* kMaking = "making a PKCS#12 file";
constexpr int kSaltBytes = 16;  // OpenSSL's own default is the 8 of the 1990s
constexpr int kInTheClear = -1;

// What is put into the file; keys and certificates belong to their handles
struct Content {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  std::vector<X509*> others;
  bool has_name = false;
  std::string name;
  Bytes key_id;  // what a key and its certificate are matched by
};

struct Protection {
  const char* passphrase = nullptr;  // null for none, which is something else than an empty one
  int scheme = NID_undef;
  int iterations = 0;
  bool encrypts_certificates = true;
};

Content ContentOf(const Napi::Object& options) {
  const Napi::Env env = options.Env();
  Content content;
  if (options.Has("key")) content.key = KeyOf(options.Get("key"), "key");
  if (options.Has("certificate")) content.certificate = CertificateOf(options.Get("certificate"), "certificate");
  const Napi::Value others = options.Get("caCertificates");
  if (!others.IsArray()) throw Napi::TypeError::New(env, "Expected an array for caCertificates");
  const auto list = others.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++) {
    content.others.push_back(CertificateOf(list.Get(i), "caCertificates"));
  }
  content.has_name = options.Has("friendlyName");
  if (content.has_name) content.name = TextOf(options.Get("friendlyName"), "friendlyName");
  if (content.key == nullptr || content.certificate == nullptr) return content;
  if (X509_check_private_key(content.certificate, content.key) != 1) {
    throw OpenSSLErrorOf(env, "making a PKCS#12 file of a key and a certificate that do not belong together");
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (X509_digest(content.certificate, EVP_sha1(), digest, &length) != 1) throw OpenSSLErrorOf(env, kMaking);
  content.key_id.assign(digest, digest + length);
  return content;
}

// PKCS12_add_friendlyname(3) refuses characters of more than two bytes, which others write as UTF-16
bool AddName(PKCS12_SAFEBAG* bag, const std::string& name) {
  int length = 0;
  const Pointer<unsigned char, FreeBytes> wide(
      OPENSSL_utf82uni(name.c_str(), static_cast<int>(name.size()), nullptr, &length));
  // without the terminator
  return wide != nullptr && PKCS12_add1_attr_by_NID(bag, NID_friendlyName, V_ASN1_BMPSTRING, wide.get(), length - 2) == 1;
}

bool AddKeyId(PKCS12_SAFEBAG* bag, const unsigned char* id, size_t length) {
  return length == 0 || PKCS12_add_localkeyid(bag, const_cast<unsigned char*>(id), static_cast<int>(length)) == 1;
}

bool Mark(PKCS12_SAFEBAG* bag, const Content& content) {
  if (content.has_name && !AddName(bag, content.name)) return false;
  return AddKeyId(bag, content.key_id.data(), content.key_id.size());
}

// As the file named it that the certificate came from
bool MarkOther(PKCS12_SAFEBAG* bag, X509* certificate) {
  int length = 0;
  const auto* alias = reinterpret_cast<const char*>(X509_alias_get0(certificate, &length));
  if (alias != nullptr && !AddName(bag, std::string(alias, static_cast<size_t>(length)))) return false;
  const unsigned char* id = X509_keyid_get0(certificate, &length);
  return id == nullptr || AddKeyId(bag, id, static_cast<size_t>(length));
}

bool AddSafe(SafesPointer* safes, BagsPointer bags, int scheme, const Protection& protection) {
  STACK_OF(PKCS7)* stack = safes->release();
  const bool is_added =
      PKCS12_add_safe_ex(&stack, bags.get(), scheme, protection.iterations, protection.passphrase, nullptr, nullptr) == 1;
  safes->reset(stack);
  return is_added;
}

bool AddCertificates(SafesPointer* safes, const Content& content, const Protection& protection) {
  if (content.certificate == nullptr && content.others.empty()) return true;
  BagsPointer bags(sk_PKCS12_SAFEBAG_new_null());
  if (bags == nullptr) return false;
  std::vector<X509*> certificates = content.others;
  if (content.certificate != nullptr) certificates.insert(certificates.begin(), content.certificate);
  for (X509* certificate : certificates) {
    BagPointer bag(PKCS12_SAFEBAG_create_cert(certificate));
    if (bag == nullptr) return false;
    const bool is_own = certificate == content.certificate;
    if (!(is_own ? Mark(bag.get(), content) : MarkOther(bag.get(), certificate))) return false;
    if (sk_PKCS12_SAFEBAG_push(bags.get(), bag.get()) <= 0) return false;
    bag.release();  // belongs to the stack
  }
  const int scheme = protection.encrypts_certificates ? protection.scheme : kInTheClear;
  return AddSafe(safes, std::move(bags), scheme, protection);
}

bool AddKey(SafesPointer* safes, const Content& content, const Protection& protection) {
  if (content.key == nullptr) return true;
  STACK_OF(PKCS12_SAFEBAG)* stack = nullptr;
  PKCS12_SAFEBAG* bag = PKCS12_add_key_ex(&stack, content.key, 0, protection.iterations, protection.scheme,
                                          protection.passphrase, nullptr, nullptr);
  BagsPointer bags(stack);
  if (bag == nullptr || !Mark(bag, content)) return false;
  return AddSafe(safes, std::move(bags), kInTheClear, protection);
}

bool AddMac(PKCS12* file, const Napi::Object& options, const char* passphrase) {
  const std::string kind = TextOf(options.Get("mac"), "mac");
  if (kind == "none") return true;
  const std::string name = TextOf(options.Get("macDigest"), "macDigest");
  const int iterations = IntegerOf(options.Get("macIterations"), "macIterations");
  const EVP_MD* digest = EVP_get_digestbyname(name.c_str());
  if (digest == nullptr) throw Napi::RangeError::New(options.Env(), "Expected a known digest for macDigest, got " + name);
  if (kind == "pbmac1") {
    return PKCS12_set_pbmac1_pbkdf2(file, passphrase, -1, nullptr, kSaltBytes, iterations, digest, nullptr) == 1;
  }
  return PKCS12_set_mac(file, passphrase, -1, nullptr, kSaltBytes, iterations, digest) == 1;
}

Protection ProtectionOf(const Napi::Object& options, const SecretBytes& passphrase) {
  Protection protection;
  if (passphrase.size() > 0) protection.passphrase = reinterpret_cast<const char*>(passphrase.data());
  const std::string cipher = TextOf(options.Get("cipher"), "cipher");
  protection.scheme = OBJ_sn2nid(cipher.c_str());
  if (protection.scheme == NID_undef) {
    throw Napi::RangeError::New(options.Env(), "Expected a known cipher for cipher, got " + cipher);
  }
  protection.iterations = IntegerOf(options.Get("iterations"), "iterations");
  protection.encrypts_certificates = BooleanOf(options.Get("encryptsCertificates"), "encryptsCertificates");
  return protection;
}

// With a NUL at its end; no byte at all where no passphrase is given
Bytes TerminatedOf(Passphrase* passphrase) {
  if (!passphrase->is_given()) return {};
  const Bytes& bytes = passphrase->Get(true);
  Bytes terminated(bytes.size() + 1, 0);
  std::copy(bytes.begin(), bytes.end(), terminated.begin());
  return terminated;
}

Napi::Value DumpPkcs12(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) throw Napi::TypeError::New(env, "Expected an object for options");
  const auto options = info[0].As<Napi::Object>();
  Passphrase given(options.Get("passphrase"), "passphrase");
  const SecretBytes passphrase(TerminatedOf(&given));
  const Protection protection = ProtectionOf(options, passphrase);
  const Content content = ContentOf(options);
  SafesPointer safes;
  if (!AddCertificates(&safes, content, protection) || !AddKey(&safes, content, protection)) {
    throw OpenSSLErrorOf(env, kMaking);
  }
  const Pkcs12Pointer file(PKCS12_add_safes_ex(safes.get(), 0, nullptr, nullptr));
  if (file == nullptr || !AddMac(file.get(), options, protection.passphrase)) throw OpenSSLErrorOf(env, kMaking);
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || i2d_PKCS12_bio(memory.get(), file.get()) != 1) throw OpenSSLErrorOf(env, kMaking);
  return BufferOf(env, memory.get());
}

}  // namespace

void ExportPkcs12(Napi::Object exports) { Export<DumpPkcs12>(exports, "dumpPkcs12"); }

}  // namespace tsopenssl
