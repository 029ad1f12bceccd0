// Stores of trusted certificates.

#ifndef TSOPENSSL_STORE_H_
#define TSOPENSSL_STORE_H_

#include <napi.h>
#include <openssl/x509_vfy.h>

#include <shared_mutex>

namespace tsopenssl {

// The store behind a handle, still owned by the handle. Its certificates must not be changed, nor handed out uncopied.
X509_STORE* StoreOf(const Napi::Value& value, const char* name);

// Is held while a thread verifies, shared, and while a store is changed in what OpenSSL reads of it without a lock of its own.
std::shared_mutex& StoreUse();

// Tells the garbage collector how large a store has become; also after lookups, which keep what they read.
void MeasureStore(const Napi::Value& store);

// storeNew(): handle
// storeAddCertificate(store, certificate: handle, purposes: number, distrustAfter: number[]): undefined
//   adds a copy; bits 1 server, 2 e-mail, 4 code, 8 other purposes; for each of the four the last moment in epoch
//   seconds at which a leaf may have been issued, Infinity for no such date
// storeAddBundle(store, bundle: Uint8Array, rules: [sha256: Uint8Array, purposes, distrustAfter][]): number
//   adds the certificates of a PEM text, each with the rules for its digest; answers how many, or -1 - n: the certificate n has
//   no rules, and nothing was added
// storeAddCrl(store, crl: handle): undefined; adds a copy
// storeSetParameters(store, parameters: see verify_parameters.h): undefined
// storeLoadFile(store, path: Uint8Array): undefined; certificates and CRLs, PEM
// storeLoadDirectory(store, path: Uint8Array): undefined; files are looked up by hash when they are needed
// storeSetDefaultPaths(store): undefined
void ExportStore(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_STORE_H_
