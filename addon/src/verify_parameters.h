// How a chain is verified: purpose, names, depth, time and the like.

#ifndef TSOPENSSL_VERIFY_PARAMETERS_H_
#define TSOPENSSL_VERIFY_PARAMETERS_H_

#include <napi.h>
#include <openssl/x509_vfy.h>

namespace tsopenssl {

// Sets what an object has, and leaves the rest as it is. Every key is optional:
//   flags: number, X509_V_FLAG_; purpose: number, X509_PURPOSE_; depth: number; securityLevel: number
//   epochSeconds: number; hostnames: string[], one of which must match; hostFlags: number, X509_CHECK_FLAG_
//   ip: string; email: string; policies: string[], dotted OIDs, one of which the chain must be valid for
void SetVerifyParameters(X509_VERIFY_PARAM* parameters, const Napi::Value& values);

}  // namespace tsopenssl

#endif  // TSOPENSSL_VERIFY_PARAMETERS_H_
