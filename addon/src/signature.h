// Signatures over bytes.

#ifndef TSOPENSSL_SIGNATURE_H_
#define TSOPENSSL_SIGNATURE_H_

#include <napi.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>

#include "pointers.h"

namespace tsopenssl {

// Whether the algorithm of a key signs with a digest that it is told; others (ed25519, ML-DSA) have their own.
bool TakesDigest(EVP_PKEY* key);

// A digest by name for signing with a key: null for one that has its own, where the name must be empty. Throws
// OpenSSLError for an unknown digest and RangeError where the key takes none, or wants one.
const EVP_MD* SigningDigest(Napi::Env env, EVP_PKEY* key, const std::string& name);

// Signing something writes its algorithm before it can fail: this puts it back, unless the signing was done.
class AlgorithmKeeper {
 public:
  AlgorithmKeeper(Napi::Env env, const X509_ALGOR* algorithm);
  ~AlgorithmKeeper();
  AlgorithmKeeper(const AlgorithmKeeper&) = delete;
  AlgorithmKeeper& operator=(const AlgorithmKeeper&) = delete;

  void Done() { is_done_ = true; }

 private:
  X509_ALGOR* algorithm_;
  AlgorithmPointer saved_;
  bool is_done_ = false;
};

// keyDefaultDigest(key: handle): string, empty where the algorithm has its own
// sign(key: handle, data: Uint8Array, digest: string): Buffer
// verify(key: handle, signature: Uint8Array, data: Uint8Array, digest: string): undefined where it is right, otherwise what
//     OpenSSL said, as drainErrors() does
//   An empty digest is for algorithms that have their own.
void ExportSignature(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SIGNATURE_H_
