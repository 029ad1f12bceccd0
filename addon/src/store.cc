#include "store.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "asn1_time.h"
#include "certificate.h"
#include "crl.h"
#include "error.h"
#include "export.h"
#include "pointers.h"
#include "trust_anchors.h"
#include "values.h"
#include "verify_parameters.h"

namespace tsopenssl {

namespace {

constexpr int64_t kStoreSize = 2048;
constexpr int64_t kEntrySize = 8192;  // a certificate with its key and its extensions, as they are kept once they were used

struct Store {
  StorePointer pointer;
  int64_t size_bytes = 0;
};

Store* HeldStore(const Napi::Value& value, const char* name) { return HeldBy<Store>(value, HandleKind::kStore, name); }

int64_t MeasuredSize(const Store& store) {
  return kStoreSize + kEntrySize * sk_X509_OBJECT_num(X509_STORE_get0_objects(store.pointer.get()));
}

Napi::Value StoreNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  auto store = std::make_unique<Store>();
  store->pointer.reset(X509_STORE_new());
  if (store->pointer == nullptr || !EnforceAnchorRules(store->pointer.get())) throw OpenSSLErrorOf(env, "making a store");
  const auto release = [](Napi::Env owner, Store* held) {
    Napi::MemoryManagement::AdjustExternalMemory(owner, -held->size_bytes);
    delete held;
  };
  const auto handle = Napi::External<Store>::New(env, store.get(), release);
  store.release();
  const napi_type_tag tag = TagOf(HandleKind::kStore);
  handle.TypeTag(&tag);
  MeasureStore(handle);
  return handle;
}

AnchorRules RulesFrom(const Napi::Value& purposes, const Napi::Value& distrust_after) {
  AnchorRules rules;
  rules.purposes = static_cast<uint32_t>(IntegerOf(purposes, "purposes"));
  if (!distrust_after.IsArray()) throw Napi::TypeError::New(purposes.Env(), "Expected an array for distrustAfter");
  const auto dates = distrust_after.As<Napi::Array>();
  for (uint32_t i = 0; i < kTrustPurposes; i++) {
    const Napi::Value date = dates.Get(i);
    const bool is_never = date.IsNumber() && std::isinf(date.As<Napi::Number>().DoubleValue());
    rules.distrust_after[i] = is_never ? kNeverDistrusted : EpochSecondsOf(date, "distrustAfter");
  }
  return rules;
}

Napi::Value StoreAddCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509_STORE* store = StoreOf(info[0], "store");
  const X509* certificate = CertificateOf(info[1], "certificate");
  const AnchorRules rules = RulesFrom(info[2], info[3]);
  const CertificatePointer copy(X509_dup(certificate));
  if (copy == nullptr || X509_STORE_add_cert(store, copy.get()) != 1) {
    throw OpenSSLErrorOf(env, "adding a certificate to a store");
  }
  AddAnchorRules(store, copy.get(), rules);
  MeasureStore(info[0]);
  return env.Undefined();
}

using RulesByDigest = std::map<std::string, AnchorRules>;

// [[SHA-256: Uint8Array, purposes: number, distrustAfter: number[]], …]
RulesByDigest RulesByDigestOf(const Napi::Value& value) {
  const std::string text = "Expected [digest, purposes, distrustAfter][] for rules";
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), text);
  const auto list = value.As<Napi::Array>();
  RulesByDigest rules;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const Napi::Value each = list.Get(i);
    if (!each.IsArray()) throw Napi::TypeError::New(value.Env(), text);
    const auto entry = each.As<Napi::Array>();
    const Bytes digest = BytesOf(entry.Get(0u), "digest");
    rules[std::string(digest.begin(), digest.end())] = RulesFrom(entry.Get(1u), entry.Get(2u));
  }
  return rules;
}

const AnchorRules* FindRules(const RulesByDigest& rules, const X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) return nullptr;
  const auto found = rules.find(std::string(reinterpret_cast<char*>(digest), size));
  return found == rules.end() ? nullptr : &found->second;
}

// True at the end of a text, where PEM finds no further block
bool IsEndOfPem() {
  const unsigned long last = ERR_peek_last_error();
  return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

Napi::Value StoreAddBundle(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509_STORE* store = StoreOf(info[0], "store");
  const Bytes text = BytesOf(info[1], "bundle");
  const RulesByDigest rules = RulesByDigestOf(info[2]);
  const BioPointer bio = ReadingBio(text);
  std::vector<std::pair<CertificatePointer, const AnchorRules*>> anchors;
  for (;;) {
    CertificatePointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) break;
    const AnchorRules* found = FindRules(rules, certificate.get());
    if (found == nullptr) return Napi::Number::New(env, -1 - static_cast<double>(anchors.size()));
    anchors.emplace_back(std::move(certificate), found);
  }
  if (!IsEndOfPem()) throw OpenSSLErrorOf(env, "reading a bundle of certificates");
  for (const auto& [certificate, its_rules] : anchors) {
    if (X509_STORE_add_cert(store, certificate.get()) != 1) throw OpenSSLErrorOf(env, "adding a certificate to a store");
    AddAnchorRules(store, certificate.get(), *its_rules);
  }
  MeasureStore(info[0]);
  return Napi::Number::New(env, static_cast<double>(anchors.size()));
}

Napi::Value StoreAddCrl(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509_STORE* store = StoreOf(info[0], "store");
  const CrlPointer copy(X509_CRL_dup(CrlOf(info[1])));
  if (copy == nullptr || X509_STORE_add_crl(store, copy.get()) != 1) throw OpenSSLErrorOf(env, "adding a CRL to a store");
  MeasureStore(info[0]);
  return env.Undefined();
}

Napi::Value StoreSetParameters(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const std::unique_lock<std::shared_mutex> lock(StoreUse());
  SetVerifyParameters(X509_STORE_get0_param(StoreOf(info[0], "store")), info[1]);
  return info.Env().Undefined();
}

std::string PathOf(const Napi::Value& value) {
  const Bytes bytes = BytesOf(value, "path");
  std::string path(bytes.begin(), bytes.end());
  if (path.empty() || path.find('\0') != std::string::npos) {
    throw Napi::RangeError::New(value.Env(), "Expected a path without NUL bytes for path");
  }
  return path;
}

template <int (*Load)(X509_STORE*, const char*)>
Napi::Value LoadInto(const Napi::CallbackInfo& info, const char* operation) {
  const ErrorScope scope;
  X509_STORE* store = StoreOf(info[0], "store");
  const std::string path = PathOf(info[1]);
  const std::unique_lock<std::shared_mutex> lock(StoreUse());
  if (Load(store, path.c_str()) != 1) throw OpenSSLErrorOf(info.Env(), operation);
  MeasureStore(info[0]);
  return info.Env().Undefined();
}

Napi::Value StoreLoadFile(const Napi::CallbackInfo& info) {
  return LoadInto<X509_STORE_load_file>(info, "loading a file of certificates");
}

Napi::Value StoreLoadDirectory(const Napi::CallbackInfo& info) {
  return LoadInto<X509_STORE_load_path>(info, "adding a folder of certificates");
}

Napi::Value StoreSetDefaultPaths(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const std::unique_lock<std::shared_mutex> lock(StoreUse());
  if (X509_STORE_set_default_paths(StoreOf(info[0], "store")) != 1) {
    throw OpenSSLErrorOf(info.Env(), "adding the default places of certificates");
  }
  MeasureStore(info[0]);
  return info.Env().Undefined();
}

}  // namespace

std::shared_mutex& StoreUse() {
  // threads may be at work when the process ends
  static auto& use = *new std::shared_mutex();
  return use;
}

X509_STORE* StoreOf(const Napi::Value& value, const char* name) { return HeldStore(value, name)->pointer.get(); }

void MeasureStore(const Napi::Value& value) {
  Store* store = HeldStore(value, "store");
  const int64_t size_bytes = MeasuredSize(*store);
  if (size_bytes == store->size_bytes) return;
  Napi::MemoryManagement::AdjustExternalMemory(value.Env(), size_bytes - store->size_bytes);
  store->size_bytes = size_bytes;
}

void ExportStore(Napi::Object exports) {
  Export<StoreNew>(exports, "storeNew");
  Export<StoreAddCertificate>(exports, "storeAddCertificate");
  Export<StoreAddBundle>(exports, "storeAddBundle");
  Export<StoreAddCrl>(exports, "storeAddCrl");
  Export<StoreSetParameters>(exports, "storeSetParameters");
  Export<StoreLoadFile>(exports, "storeLoadFile");
  Export<StoreLoadDirectory>(exports, "storeLoadDirectory");
  Export<StoreSetDefaultPaths>(exports, "storeSetDefaultPaths");
}

}  // namespace tsopenssl
