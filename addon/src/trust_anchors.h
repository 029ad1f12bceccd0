// What a trust anchor may vouch for, and until when: rules that no certificate carries, enforced in every verification.

#ifndef TSOPENSSL_TRUST_ANCHORS_H_
#define TSOPENSSL_TRUST_ANCHORS_H_

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace tsopenssl {

// What leaves are for. kOther stands for every purpose that root programs have no word for.
enum TrustPurpose { kServerAuthentication, kEmailProtection, kCodeSigning, kOther, kTrustPurposes };

constexpr int64_t kNeverDistrusted = std::numeric_limits<int64_t>::max();

struct AnchorRules {
  // Bit 1 << TrustPurpose for each purpose that the anchor is trusted for.
  uint32_t purposes = 0;
  // For a purpose, the last notBefore in epoch seconds that a leaf may have.
  std::array<int64_t, kTrustPurposes> distrust_after = {kNeverDistrusted, kNeverDistrusted, kNeverDistrusted,
                                                        kNeverDistrusted};
};

// Why a chain is refused that is right in every other way.
struct AnchorRefusal {
  int depth;
  int code;                // X509_V_ERR_CERT_UNTRUSTED: wrong purpose; X509_V_ERR_CERT_REJECTED: leaf issued too late
  int64_t distrust_after;  // epoch seconds, with X509_V_ERR_CERT_REJECTED
};

// Lets a store enforce its rules wherever it is used, in TLS too. Once for each store; false when memory ran out.
bool EnforceAnchorRules(X509_STORE* store);

// Adds the rules of an anchor. They belong to its public key: of a key that is added again, in whatever certificate, the
// purposes are joined and the earlier dates count, so that a second certificate cannot undo a date.
void AddAnchorRules(X509_STORE* store, const X509* anchor, const AnchorRules& rules);

// What a store's rules have against the chain of a context: a certificate of the store whose key is not for the
// purpose, or any certificate whose key is distrusted since before the leaf was issued.
std::optional<AnchorRefusal> FindAnchorRefusal(X509_STORE_CTX* context);

}  // namespace tsopenssl

#endif  // TSOPENSSL_TRUST_ANCHORS_H_
