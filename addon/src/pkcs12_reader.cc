#include "pkcs12_reader.h"

#include <openssl/err.h>
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
#include "legacy_context.h"
#include "passphrase.h"
#include "pbe_cost.h"
#include "pkcs12_pointers.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr const char* kLoading = "loading a PKCS#12 file";

class Reader {
 public:
  Reader(Napi::Env env, OSSL_LIB_CTX* context, int64_t max_iterations)
      : env_(env), context_(context), max_iterations_(static_cast<uint64_t>(max_iterations)) {}

  void Read(const Bytes& bytes, const Bytes& passphrase);
  Napi::Value Result();

 private:
  Pkcs12Pointer Parse(const Bytes& bytes);
  void Spend(uint64_t iterations);
  bool FitsMac(PKCS12* file, const char* text, size_t length);
  void FindPassphrase(PKCS12* file);
  bool FindEmptyPassphrase(PKCS12* file);
  bool FindOldPassphrase(PKCS12* file);
  void Prepare(const X509_ALGOR* algorithm);
  BagsPointer Unpack(PKCS7* safe);
  void TakeAll(const STACK_OF(PKCS12_SAFEBAG) * bags);
  void Take(const PKCS12_SAFEBAG* bag);
  void TakeKey(const PKCS12_SAFEBAG* bag, const PKCS8_PRIV_KEY_INFO* info);
  void TakeEncryptedKey(const PKCS12_SAFEBAG* bag);
  void TakeCertificate(const PKCS12_SAFEBAG* bag);
  [[noreturn]] void Fail(const std::string& operation) { throw OpenSSLErrorOf(env_, operation.c_str()); }

  const Napi::Env env_;
  OSSL_LIB_CTX* const context_;  // null for the default one
  const uint64_t max_iterations_;
  uint64_t spent_ = 0;
  SecretBytes passphrase_;  // with a NUL at its end
  bool is_null_ = false;    // no passphrase at all, which is something else than an empty one
  KeyPointer key_;
  std::string key_name_;
  std::vector<CertificatePointer> certificates_;
};

Pkcs12Pointer Reader::Parse(const Bytes& bytes) {
  const BioPointer memory = ReadingBio(bytes);
  PKCS12* file = PKCS12_init_ex(NID_pkcs7_data, context_, nullptr);
  const bool is_read = memory != nullptr && file != nullptr && d2i_PKCS12_bio(memory.get(), &file) != nullptr;
  Pkcs12Pointer owned(file);
  if (!is_read) Fail(kLoading);
  return owned;
}

void Reader::Spend(uint64_t iterations) {
  spent_ = iterations > max_iterations_ ? iterations : spent_ + iterations;
  if (spent_ <= max_iterations_) return;
  throw Napi::RangeError::New(env_, "Expected at most " + std::to_string(max_iterations_) +
                                        " iterations (maxIterations) in a PKCS#12 file, got " +
                                        (spent_ == kEndless ? "an endless number" : std::to_string(spent_) + " or more"));
}

bool Reader::FitsMac(PKCS12* file, const char* text, size_t length) {
  Spend(MacCost(file));
  return PKCS12_verify_mac(file, text, static_cast<int>(length)) == 1;
}

// Writers do not agree on what no passphrase is: nothing, or the terminator of an empty string
bool Reader::FindEmptyPassphrase(PKCS12* file) {
  is_null_ = FitsMac(file, nullptr, 0);
  return is_null_ || FitsMac(file, "", 0);
}

// OpenSSL before 1.1.0 took each byte of a passphrase in UTF-8 for a character of its own
bool Reader::FindOldPassphrase(PKCS12* file) {
  const auto* text = reinterpret_cast<const char*>(passphrase_.data());
  const bool is_ascii = std::all_of(passphrase_.Get().begin(), passphrase_.Get().end(), [](auto byte) { return byte < 128; });
  if (is_ascii) return false;
  int length = 0;
  const Pointer<unsigned char, FreeBytes> wide(
      OPENSSL_asc2uni(text, static_cast<int>(passphrase_.size()) - 1, nullptr, &length));
  const Pointer<char, FreeText> old(wide == nullptr ? nullptr : OPENSSL_uni2utf8(wide.get(), length));
  if (wide != nullptr) OPENSSL_cleanse(wide.get(), static_cast<size_t>(length));
  if (old == nullptr) return false;
  const size_t old_length = std::char_traits<char>::length(old.get());
  const bool fits = FitsMac(file, old.get(), old_length);
  if (fits) passphrase_.Set(Bytes(old.get(), old.get() + old_length + 1));
  OPENSSL_cleanse(old.get(), old_length);
  return fits;
}

// The form of the passphrase that the MAC was made with. Without a MAC the first one must do, as for PKCS12_parse(3)
void Reader::FindPassphrase(PKCS12* file) {
  const bool is_empty = passphrase_.size() == 1;
  if (PKCS12_mac_present(file) != 1) {
    is_null_ = is_empty;
    return;
  }
  const auto* text = reinterpret_cast<const char*>(passphrase_.data());
  const bool fits = is_empty ? FindEmptyPassphrase(file)
                             : FitsMac(file, text, passphrase_.size() - 1) || FindOldPassphrase(file);
  if (fits) return;
  if (ERR_peek_error() != 0) Fail("checking the MAC of a PKCS#12 file");
  ERR_raise(ERR_LIB_PKCS12, PKCS12_R_MAC_VERIFY_FAILURE);
  Fail(std::string(kLoading) + " whose MAC does not fit: the passphrase is wrong, or the file was changed");
}

// Before something is decrypted: its cost, and whether its cipher is there
void Reader::Prepare(const X509_ALGOR* algorithm) {
  Spend(EncryptionCost(algorithm));
  const int number = CipherNumberOf(algorithm);
  if (number == NID_undef || context_ != nullptr) return;
  const CipherPointer cipher(EVP_CIPHER_fetch(nullptr, OBJ_nid2sn(number), nullptr));
  if (cipher != nullptr) return;
  Fail(std::string(kLoading) + " that is encrypted with " + OBJ_nid2ln(number) +
       ", which the legacy provider alone has: read it with the option { legacy: true }");
}

BagsPointer Reader::Unpack(PKCS7* safe) {
  if (PKCS7_type_is_data(safe)) return BagsPointer(PKCS12_unpack_p7data(safe));
  if (safe->d.encrypted == nullptr) Fail(kLoading);
  Prepare(safe->d.encrypted->enc_data->algorithm);
  const char* text = is_null_ ? nullptr : reinterpret_cast<const char*>(passphrase_.data());
  return BagsPointer(PKCS12_unpack_p7encdata(safe, text, is_null_ ? 0 : static_cast<int>(passphrase_.size()) - 1));
}

void Reader::Read(const Bytes& bytes, const Bytes& passphrase) {
  Bytes terminated(passphrase.size() + 1, 0);
  std::copy(passphrase.begin(), passphrase.end(), terminated.begin());
  passphrase_.Set(std::move(terminated));
  const Pkcs12Pointer file = Parse(bytes);
  FindPassphrase(file.get());
  const SafesPointer safes(PKCS12_unpack_authsafes(file.get()));
  if (safes == nullptr) Fail(kLoading);
  for (int i = 0; i < sk_PKCS7_num(safes.get()); i++) {
    PKCS7* safe = sk_PKCS7_value(safes.get(), i);
    if (!PKCS7_type_is_data(safe) && !PKCS7_type_is_encrypted(safe)) continue;
    const BagsPointer bags = Unpack(safe);
    if (bags == nullptr) Fail("decrypting a PKCS#12 file");
    TakeAll(bags.get());
  }
}

// Bags hold bags as deep as OpenSSL parses nested ASN.1: 30
void Reader::TakeAll(const STACK_OF(PKCS12_SAFEBAG) * bags) {
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) Take(sk_PKCS12_SAFEBAG_value(bags, i));
}

void Reader::Take(const PKCS12_SAFEBAG* bag) {
  switch (PKCS12_SAFEBAG_get_nid(bag)) {
    case NID_keyBag:
      return TakeKey(bag, PKCS12_SAFEBAG_get0_p8inf(bag));
    case NID_pkcs8ShroudedKeyBag:
      return TakeEncryptedKey(bag);
    case NID_certBag:
      return TakeCertificate(bag);
    case NID_safeContentsBag:
      return TakeAll(PKCS12_SAFEBAG_get0_safes(bag));
    default:
      return;
  }
}

// The friendly name of a bag; empty where it has none
std::string NameOf(const PKCS12_SAFEBAG* bag) {
  const ASN1_TYPE* attribute = PKCS12_SAFEBAG_get0_attr(bag, NID_friendlyName);
  if (attribute == nullptr || attribute->type != V_ASN1_BMPSTRING) return {};
  const ASN1_BMPSTRING* wide = attribute->value.bmpstring;
  const Pointer<char, FreeText> text(OPENSSL_uni2utf8(ASN1_STRING_get0_data(wide), ASN1_STRING_length(wide)));
  return text == nullptr ? std::string() : std::string(text.get());
}

void Reader::TakeKey(const PKCS12_SAFEBAG* bag, const PKCS8_PRIV_KEY_INFO* info) {
  if (key_ != nullptr) return;  // the first one counts, as for PKCS12_parse(3)
  key_.reset(info == nullptr ? nullptr : EVP_PKCS82PKEY_ex(info, nullptr, nullptr));
  if (key_ == nullptr) Fail("reading the private key of a PKCS#12 file");
  key_name_ = NameOf(bag);
}

void Reader::TakeEncryptedKey(const PKCS12_SAFEBAG* bag) {
  if (key_ != nullptr) return;
  const X509_SIG* encrypted = PKCS12_SAFEBAG_get0_pkcs8(bag);
  if (encrypted == nullptr) Fail(kLoading);
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(encrypted, &algorithm, nullptr);
  Prepare(algorithm);
  const char* text = is_null_ ? nullptr : reinterpret_cast<const char*>(passphrase_.data());
  const int length = is_null_ ? 0 : static_cast<int>(passphrase_.size()) - 1;
  const KeyInfoPointer info(PKCS8_decrypt_ex(encrypted, text, length, context_, nullptr));
  if (info == nullptr) Fail("decrypting the private key of a PKCS#12 file");
  TakeKey(bag, info.get());
}

void Reader::TakeCertificate(const PKCS12_SAFEBAG* bag) {
  if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) return;
  CertificatePointer certificate(PKCS12_SAFEBAG_get1_cert_ex(bag, nullptr, nullptr));
  const std::string name = NameOf(bag);
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  if (certificate == nullptr ||
      (!name.empty() && X509_alias_set1(certificate.get(), text, static_cast<int>(name.size())) != 1)) {
    Fail("reading a certificate of a PKCS#12 file");
  }
  const ASN1_TYPE* key_id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);
  if (key_id != nullptr && key_id->type == V_ASN1_OCTET_STRING) {
    const ASN1_OCTET_STRING* id = key_id->value.octet_string;
    X509_keyid_set1(certificate.get(), ASN1_STRING_get0_data(id), ASN1_STRING_length(id));
  }
  certificates_.push_back(std::move(certificate));
}

Napi::Value Reader::Result() {
  Napi::Object result = Napi::Object::New(env_);
  Napi::Array others = Napi::Array::New(env_);
  std::string name = key_name_;
  bool is_found = false;
  for (CertificatePointer& certificate : certificates_) {
    if (is_found || key_ == nullptr || X509_check_private_key(certificate.get(), key_.get()) != 1) {
      others.Set(others.Length(), CertificateHandleOf(env_, std::move(certificate)));
      continue;
    }
    is_found = true;
    int length = 0;
    const unsigned char* alias = X509_alias_get0(certificate.get(), &length);
    if (alias != nullptr) name.assign(reinterpret_cast<const char*>(alias), static_cast<size_t>(length));
    result.Set("certificate", CertificateHandleOf(env_, std::move(certificate)));
  }
  result.Set("caCertificates", others);
  if (key_ != nullptr) result.Set("key", KeyHandleOf(env_, std::move(key_)));
  if (!name.empty()) result.Set("friendlyName", name);
  return result;
}

Napi::Value LoadPkcs12(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const SecretBytes bytes(BytesOf(info[0], "bytes"));
  Passphrase passphrase(info[1], "passphrase");
  const bool uses_legacy = BooleanOf(info[2], "usesLegacy");
  const int32_t max_iterations = IntegerOf(info[3], "maxIterations");
  OSSL_LIB_CTX* context = uses_legacy ? LegacyContext() : nullptr;
  if (uses_legacy && context == nullptr) throw OpenSSLErrorOf(env, "loading the legacy provider");
  Reader reader(env, context, max_iterations);
  reader.Read(bytes.Get(), passphrase.Get(false));
  return reader.Result();
}

}  // namespace

void ExportPkcs12Reader(Napi::Object exports) { Export<LoadPkcs12>(exports, "loadPkcs12"); }

}  // namespace tsopenssl
