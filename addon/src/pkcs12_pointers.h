// Owning pointers to the parts of a PKCS#12 file: it holds safes, and each of them holds bags.

#ifndef TSOPENSSL_PKCS12_POINTERS_H_
#define TSOPENSSL_PKCS12_POINTERS_H_

#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "pointers.h"

namespace tsopenssl {

inline void FreeSafes(STACK_OF(PKCS7) * safes) { sk_PKCS7_pop_free(safes, PKCS7_free); }
inline void FreeBags(STACK_OF(PKCS12_SAFEBAG) * bags) { sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free); }

using Pkcs12Pointer = Pointer<PKCS12, PKCS12_free>;
using SafesPointer = Pointer<STACK_OF(PKCS7), FreeSafes>;
using BagPointer = Pointer<PKCS12_SAFEBAG, PKCS12_SAFEBAG_free>;
using BagsPointer = Pointer<STACK_OF(PKCS12_SAFEBAG), FreeBags>;

}  // namespace tsopenssl

#endif  // TSOPENSSL_PKCS12_POINTERS_H_
