// Verification of a certificate with a store.

#ifndef TSOPENSSL_STORE_CONTEXT_H_
#define TSOPENSSL_STORE_CONTEXT_H_

#include <napi.h>

namespace tsopenssl {

// verifyChain(store: handle, certificate: handle, untrusted: handle[], crls: handle[], parameters: see verify_parameters.h,
//             wanted: 'verdict' | 'chain' | 'policies')
//   Certificates and CRLs are used as they are: they must be copies that nothing else changes. Answers an object with
//     code: number, X509_V_OK or X509_V_ERR_; message: string, OpenSSL's text for it
//   and where it failed
//     depth: number; certificate: handle of a copy of the failing certificate, where there is one
//     rule: 'purposes' | 'distrustAfter', where it was one of the store's; distrustAfter: number, epoch seconds
//   and where it did not, what was wanted
//     chain: handles of copies, leaf first; policies: string[], dotted OIDs that the chain is valid for
void ExportStoreContext(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_STORE_CONTEXT_H_
