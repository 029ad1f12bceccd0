// Times as ASN.1 has them.

#ifndef TSOPENSSL_ASN1_TIME_H_
#define TSOPENSSL_ASN1_TIME_H_

#include <napi.h>
#include <openssl/asn1.h>

#include <cstdint>

#include "pointers.h"

namespace tsopenssl {

// {text: YYYYMMDDhhmmssZ, epochSeconds: number}; throws OpenSSLError where there is no valid time.
Napi::Value TimeOf(Napi::Env env, const ASN1_TIME* time);

// The same, or undefined where no time was set yet.
Napi::Value OptionalTimeOf(Napi::Env env, const ASN1_TIME* time);

// An integer of seconds since 1970, until the end of the year 9999; anything else is an error that names the argument.
// Times before 1970 are none to Windows' own functions.
int64_t EpochSecondsOf(const Napi::Value& value, const char* name);

// Reads YYYYMMDDhhmmssZ into the type that RFC 5280 wants: UTCTime before 2050, GeneralizedTime from then on.
AsnTimePointer ReadTime(const Napi::Value& value, const char* name);

}  // namespace tsopenssl

#endif  // TSOPENSSL_ASN1_TIME_H_
