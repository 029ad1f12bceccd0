#include "pbe_cost.h"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <initializer_list>

#include "pointers.h"

namespace tsopenssl {

namespace {

using MacParametersPointer = Pointer<PBMAC1PARAM, PBMAC1PARAM_free>;
using Pbes1Pointer = Pointer<PBEPARAM, PBEPARAM_free>;
using Pbes2Pointer = Pointer<PBE2PARAM, PBE2PARAM_free>;
using Pbkdf2Pointer = Pointer<PBKDF2PARAM, PBKDF2PARAM_free>;
using ScryptPointer = Pointer<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;

// The parameters of an algorithm; null where they are something else
template <typename T>
T* ParametersOf(const X509_ALGOR* algorithm, const ASN1_ITEM* item) {
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return nullptr;
  return static_cast<T*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), item));
}

int NumberOf(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(object);
}

// OpenSSL reads a number that is too large for an int as another one
uint64_t CountOf(const ASN1_INTEGER* integer) {
  uint64_t count = 0;
  return ASN1_INTEGER_get_uint64(&count, integer) == 1 ? count : kEndless;
}

uint64_t Product(std::initializer_list<uint64_t> factors) {
  uint64_t product = 1;
  for (const uint64_t factor : factors) {
    if (factor != 0 && product > kEndless / factor) return kEndless;
    product *= factor;
  }
  return product;
}

uint64_t DerivationCost(const X509_ALGOR* derivation) {
  const int number = NumberOf(derivation);
  if (number == NID_id_pbkdf2) {
    const Pbkdf2Pointer parameters(ParametersOf<PBKDF2PARAM>(derivation, ASN1_ITEM_rptr(PBKDF2PARAM)));
    return parameters == nullptr ? 0 : CountOf(parameters->iter);
  }
  if (number == NID_id_scrypt) {
    const ScryptPointer parameters(ParametersOf<SCRYPT_PARAMS>(derivation, ASN1_ITEM_rptr(SCRYPT_PARAMS)));
    if (parameters == nullptr) return 0;
    return Product({4, CountOf(parameters->costParameter), CountOf(parameters->blockSize),
                    CountOf(parameters->parallelizationParameter)});
  }
  return 0;
}

}  // namespace

uint64_t EncryptionCost(const X509_ALGOR* algorithm) {
  if (NumberOf(algorithm) == NID_pbes2) {
    const Pbes2Pointer parameters(ParametersOf<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM)));
    return parameters == nullptr ? 0 : DerivationCost(parameters->keyfunc);
  }
  const Pbes1Pointer parameters(ParametersOf<PBEPARAM>(algorithm, ASN1_ITEM_rptr(PBEPARAM)));
  return parameters == nullptr ? 0 : CountOf(parameters->iter);
}

uint64_t MacCost(const PKCS12* pkcs12) {
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_INTEGER* iterations = nullptr;
  PKCS12_get0_mac(nullptr, &algorithm, nullptr, &iterations, pkcs12);
  if (NumberOf(algorithm) != NID_pbmac1) return iterations == nullptr ? 1 : CountOf(iterations);
  const MacParametersPointer parameters(ParametersOf<PBMAC1PARAM>(algorithm, ASN1_ITEM_rptr(PBMAC1PARAM)));
  return parameters == nullptr ? 0 : DerivationCost(parameters->keyDerivationFunc);
}

int CipherNumberOf(const X509_ALGOR* algorithm) {
  const int number = NumberOf(algorithm);
  if (number == NID_pbes2) {
    const Pbes2Pointer parameters(ParametersOf<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM)));
    return parameters == nullptr ? NID_undef : NumberOf(parameters->encryption);
  }
  int cipher = NID_undef;
  return EVP_PBE_find(EVP_PBE_TYPE_OUTER, number, &cipher, nullptr, nullptr) == 1 ? cipher : NID_undef;
}

}  // namespace tsopenssl
