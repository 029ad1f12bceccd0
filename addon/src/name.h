// Distinguished names.

#ifndef TSOPENSSL_NAME_H_
#define TSOPENSSL_NAME_H_

#include <napi.h>
#include <openssl/x509.h>

#include "pointers.h"

namespace tsopenssl {

// A copy of a name as a handle. Handles of names never share memory with a certificate.
Napi::Value NameHandleOf(Napi::Env env, const X509_NAME* name);

// The name behind a handle, still owned by the handle.
X509_NAME* NameOf(const Napi::Value& value, const char* name);

// An attribute by its name or OID; throws RangeError for no known one.
AsnObjectPointer AttributeOf(const Napi::Value& value);

// The text of an attribute, in the smallest of the string types that the attribute may have and that `mask` allows: bits as
// those of B_ASN1_UTF8STRING, or undefined for the process's. Throws OpenSSLError where none fits, or the length does not.
AsnStringPointer AttributeText(const ASN1_OBJECT* attribute, const Napi::Value& text, const Napi::Value& mask);

// What fails leaves a name as it was.
//
// nameNew(): handle of an empty name
// nameCopy(name): handle
// nameFromDer(bytes: Uint8Array): handle; the bytes must be a name and nothing else
// nameComponents(name): [short name or dotted OID, value: Buffer][]
// nameText(name): string, RFC 2253 in UTF-8
// nameOneLine(name): string, /C=DE/CN=x as OpenSSL has always shown it
// nameGet(name, attribute: string): string | undefined, the first value; throws RangeError for no known attribute
// nameAdd(name, attribute: string, value: string, mask: number | undefined, isJoined: boolean): undefined, at the end; where it is
//     joined, as one more attribute of the last part (a multi-valued RDN). `mask` as for AttributeText
// nameSet(name, attribute: string, value: string | undefined): undefined; removes the first one, and adds the value, if there
//     is any, at the end
// nameHash(name): number, 32 bits; nameDer(name): Buffer
// nameCompare(name, other): number below, at or above 0, the order of X509_NAME_cmp(3)
void ExportName(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_NAME_H_
