#include "trust_anchors.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "pointers.h"

namespace tsopenssl {

namespace {

// Of a store, which other threads may use to verify while a certificate is added. std::less<> looks up without a copy: nothing may
// be thrown through the frames of OpenSSL.
struct RulesByKey {
  std::mutex mutex;
  std::map<std::string, AnchorRules, std::less<>> map;
};

void FreeRules(void*, void* rules, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<RulesByKey*>(rules); }

int RulesIndex() {
  static const int index = X509_STORE_get_ex_new_index(0, nullptr, nullptr, nullptr, FreeRules);
  return index;
}

RulesByKey* RulesOf(X509_STORE* store) {
  return static_cast<RulesByKey*>(X509_STORE_get_ex_data(store, RulesIndex()));
}

// The bits of the public key: the same in every certificate about it, whoever signed that
std::string_view KeyOf(const X509* certificate) {
  const ASN1_BIT_STRING* bits = X509_get0_pubkey_bitstr(certificate);
  if (bits == nullptr) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(bits)), static_cast<size_t>(ASN1_STRING_length(bits))};
}

TrustPurpose PurposeOf(X509_STORE_CTX* context) {
  switch (X509_VERIFY_PARAM_get_purpose(X509_STORE_CTX_get0_param(context))) {
    case X509_PURPOSE_SSL_SERVER:
    case X509_PURPOSE_NS_SSL_SERVER:
      return kServerAuthentication;
    case X509_PURPOSE_SMIME_SIGN:
    case X509_PURPOSE_SMIME_ENCRYPT:
      return kEmailProtection;
    case X509_PURPOSE_CODE_SIGN:
      return kCodeSigning;
    default:
      return kOther;
  }
}

bool IsTrustedFor(const AnchorRules& rules, TrustPurpose purpose) {
  return purpose == kOther ? rules.purposes != 0 : (rules.purposes & (1u << purpose)) != 0;
}

// Where the purpose has no word, the earliest date of those that the anchor is trusted for
int64_t DistrustAfter(const AnchorRules& rules, TrustPurpose purpose) {
  if (purpose != kOther) return rules.distrust_after[purpose];
  int64_t earliest = kNeverDistrusted;
  for (int each = 0; each < kTrustPurposes; each++) {
    if ((rules.purposes & (1u << each)) != 0) earliest = std::min(earliest, rules.distrust_after[each]);
  }
  return earliest;
}

// A leaf without a readable time counts as issued after any date
bool IsIssuedAfter(const X509* leaf, int64_t epoch_seconds) {
  const int order = ASN1_TIME_cmp_time_t(X509_get0_notBefore(leaf), static_cast<time_t>(epoch_seconds));
  return order != -1 && order != 0;
}

X509_STORE_CTX_verify_fn FindDefaultVerify() {
  const StoreContextPointer context(X509_STORE_CTX_new());
  if (context == nullptr || X509_STORE_CTX_init(context.get(), nullptr, nullptr, nullptr) != 1) return nullptr;
  return X509_STORE_CTX_get_verify(context.get());
}

X509_STORE_CTX_verify_fn DefaultVerify() {
  static const X509_STORE_CTX_verify_fn verify = FindDefaultVerify();
  return verify;
}

int VerifyWithRules(X509_STORE_CTX* context) {
  const int result = DefaultVerify()(context);
  if (result <= 0) return result;
  const std::optional<AnchorRefusal> refusal = FindAnchorRefusal(context);
  if (!refusal) return result;
  X509_STORE_CTX_set_error(context, refusal->code);
  X509_STORE_CTX_set_error_depth(context, refusal->depth);
  X509_STORE_CTX_set_current_cert(context, sk_X509_value(X509_STORE_CTX_get0_chain(context), refusal->depth));
  return X509_STORE_CTX_get_verify_cb(context)(0, context);
}

}  // namespace

bool EnforceAnchorRules(X509_STORE* store) {
  auto rules = std::make_unique<RulesByKey>();
  if (DefaultVerify() == nullptr || X509_STORE_set_ex_data(store, RulesIndex(), rules.get()) != 1) return false;
  rules.release();
  X509_STORE_set_verify(store, VerifyWithRules);
  return true;
}

void AddAnchorRules(X509_STORE* store, const X509* anchor, const AnchorRules& rules) {
  RulesByKey* all = RulesOf(store);
  const std::lock_guard<std::mutex> lock(all->mutex);
  AnchorRules& joined = all->map[std::string(KeyOf(anchor))];
  joined.purposes |= rules.purposes;
  for (int each = 0; each < kTrustPurposes; each++) {
    joined.distrust_after[each] = std::min(joined.distrust_after[each], rules.distrust_after[each]);
  }
}

std::optional<AnchorRefusal> FindAnchorRefusal(X509_STORE_CTX* context) {
  // the chain of a CRL's issuer must end at the same anchor as that of the leaf, which has been checked
  if (X509_STORE_CTX_get0_parent_ctx(context) != nullptr) return std::nullopt;
  RulesByKey* all = RulesOf(X509_STORE_CTX_get0_store(context));
  const std::lock_guard<std::mutex> lock(all->mutex);
  const auto& rules = all->map;
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context);
  if (rules.empty() || chain == nullptr) return std::nullopt;
  const TrustPurpose purpose = PurposeOf(context);
  for (int depth = sk_X509_num(chain) - 1; depth >= 0; depth--) {
    const auto found = rules.find(KeyOf(sk_X509_value(chain, depth)));
    if (found == rules.end()) continue;
    const bool is_from_store = depth >= X509_STORE_CTX_get_num_untrusted(context);
    if (is_from_store && !IsTrustedFor(found->second, purpose)) {
      return AnchorRefusal{depth, X509_V_ERR_CERT_UNTRUSTED, kNeverDistrusted};
    }
    const int64_t after = DistrustAfter(found->second, purpose);
    if (after != kNeverDistrusted && IsIssuedAfter(sk_X509_value(chain, 0), after)) {
      return AnchorRefusal{depth, X509_V_ERR_CERT_REJECTED, after};
    }
  }
  return std::nullopt;
}

}  // namespace tsopenssl
