#include "asn1_time.h"

#include <cmath>
#include <string>

#include "error.h"
#include "values.h"

namespace tsopenssl {

Napi::Value TimeOf(Napi::Env env, const ASN1_TIME* time) {
  const ErrorScope scope;
  const AsnTimePointer epoch(ASN1_TIME_set(nullptr, 0));
  const AsnTimePointer general(time == nullptr ? nullptr : ASN1_TIME_to_generalizedtime(time, nullptr));
  int days = 0;
  int seconds = 0;
  if (epoch == nullptr || general == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
    throw OpenSSLErrorOf(env, "reading a time");
  }
  const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(general.get()));
  Napi::Object result = Napi::Object::New(env);
  result.Set("text", std::string(text, static_cast<size_t>(ASN1_STRING_length(general.get()))));
  result.Set("epochSeconds", Napi::Number::New(env, days * 86400.0 + seconds));
  return result;
}

Napi::Value OptionalTimeOf(Napi::Env env, const ASN1_TIME* time) {
  return time == nullptr || ASN1_STRING_length(time) == 0 ? env.Undefined() : TimeOf(env, time);
}

int64_t EpochSecondsOf(const Napi::Value& value, const char* name) {
  constexpr double kEnd = 253402300799;  // 9999-12-31T23:59:59Z
  const double seconds = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (seconds >= 0 && seconds <= kEnd && std::trunc(seconds) == seconds) return static_cast<int64_t>(seconds);
  throw Napi::TypeError::New(value.Env(), std::string("Expected seconds from 1970 to 9999 for ") + name);
}

AsnTimePointer ReadTime(const Napi::Value& value, const char* name) {
  const std::string text = TextOf(value, name);
  AsnTimePointer time(ASN1_TIME_new());
  if (time == nullptr || ASN1_TIME_set_string_X509(time.get(), text.c_str()) != 1) {
    throw OpenSSLErrorOf(value.Env(), "reading a time in the form YYYYMMDDhhmmssZ");
  }
  return time;
}

}  // namespace tsopenssl
