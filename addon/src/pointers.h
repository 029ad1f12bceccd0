// Owning pointers to OpenSSL's objects, each freed by OpenSSL's own function.

#ifndef TSOPENSSL_POINTERS_H_
#define TSOPENSSL_POINTERS_H_

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string_view>

// node-gyp puts the headers of node's own OpenSSL on the include path; these must be the ones that libcrypto.a goes with
static_assert(std::string_view(OPENSSL_VERSION_STR) == TSOPENSSL_WANTED_VERSION,
              "the OpenSSL headers that were found are not of the wanted version");

namespace tsopenssl {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <typename T, auto Free>
using Pointer = std::unique_ptr<T, Deleter<Free>>;

// OPENSSL_free is a macro
inline void FreeText(char* text) { OPENSSL_free(text); }
inline void FreeBytes(unsigned char* bytes) { OPENSSL_free(bytes); }

// stacks with what is on them
inline void FreeCertificates(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
inline void FreeCrls(STACK_OF(X509_CRL) * stack) { sk_X509_CRL_pop_free(stack, X509_CRL_free); }
inline void FreeExtensions(STACK_OF(X509_EXTENSION) * stack) {
  sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
}
inline void FreeNames(STACK_OF(X509_NAME) * stack) { sk_X509_NAME_pop_free(stack, X509_NAME_free); }
inline void FreeConfValues(STACK_OF(CONF_VALUE) * stack) { sk_CONF_VALUE_pop_free(stack, X509V3_conf_free); }

// Of objects of our own
template <typename T>
void Delete(T* object) {
  delete object;
}

using AlgorithmPointer = Pointer<X509_ALGOR, X509_ALGOR_free>;
using AsnIntegerPointer = Pointer<ASN1_INTEGER, ASN1_INTEGER_free>;
using AsnObjectPointer = Pointer<ASN1_OBJECT, ASN1_OBJECT_free>;
using AsnOctetsPointer = Pointer<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using AsnStringPointer = Pointer<ASN1_STRING, ASN1_STRING_free>;
using AsnTimePointer = Pointer<ASN1_TIME, ASN1_TIME_free>;
using BigNumberPointer = Pointer<BIGNUM, BN_clear_free>;
using BioPointer = Pointer<BIO, BIO_free_all>;
using ConfPointer = Pointer<CONF, NCONF_free>;
using DigestPointer = Pointer<EVP_MD, EVP_MD_free>;
using CertificatePointer = Pointer<X509, X509_free>;
using CertificatesPointer = Pointer<STACK_OF(X509), FreeCertificates>;
using CrlPointer = Pointer<X509_CRL, X509_CRL_free>;
using CrlsPointer = Pointer<STACK_OF(X509_CRL), FreeCrls>;
using CipherPointer = Pointer<EVP_CIPHER, EVP_CIPHER_free>;
using DigestContextPointer = Pointer<EVP_MD_CTX, EVP_MD_CTX_free>;
using EncryptedKeyPointer = Pointer<X509_SIG, X509_SIG_free>;
using ConfValuesPointer = Pointer<STACK_OF(CONF_VALUE), FreeConfValues>;
using ExtensionPointer = Pointer<X509_EXTENSION, X509_EXTENSION_free>;
using ExtensionsPointer = Pointer<STACK_OF(X509_EXTENSION), FreeExtensions>;
using GeneralNamesPointer = Pointer<GENERAL_NAMES, GENERAL_NAMES_free>;
using KeyContextPointer = Pointer<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using KeyInfoPointer = Pointer<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using KeyPointer = Pointer<EVP_PKEY, EVP_PKEY_free>;
using NamesPointer = Pointer<STACK_OF(X509_NAME), FreeNames>;
using NamePointer = Pointer<X509_NAME, X509_NAME_free>;
using ParametersPointer = Pointer<OSSL_PARAM, OSSL_PARAM_free>;
using RequestPointer = Pointer<X509_REQ, X509_REQ_free>;
using RevokedPointer = Pointer<X509_REVOKED, X509_REVOKED_free>;
using SessionPointer = Pointer<SSL_SESSION, SSL_SESSION_free>;
using SslContextPointer = Pointer<SSL_CTX, SSL_CTX_free>;
using SslPointer = Pointer<SSL, SSL_free>;
using StoreContextPointer = Pointer<X509_STORE_CTX, X509_STORE_CTX_free>;
using StorePointer = Pointer<X509_STORE, X509_STORE_free>;
using VerifyParametersPointer = Pointer<X509_VERIFY_PARAM, X509_VERIFY_PARAM_free>;

}  // namespace tsopenssl

#endif  // TSOPENSSL_POINTERS_H_
