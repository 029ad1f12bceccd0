#include "verify_parameters.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asn1_time.h"
#include "error.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

// The values are read before any of them is used: reading could run JavaScript
struct Values {
  std::optional<int32_t> flags;
  std::optional<int32_t> purpose;
  std::optional<int32_t> depth;
  std::optional<int32_t> security_level;
  std::optional<int32_t> host_flags;
  std::optional<time_t> time;
  std::optional<std::string> ip;
  std::optional<std::string> email;
  std::vector<std::string> hostnames;
  std::vector<std::string> policies;
};

std::optional<int32_t> IntegerIn(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return std::nullopt;
  return IntegerOf(value, name);
}

std::optional<std::string> TextIn(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return std::nullopt;
  return TextOf(value, name);
}

std::vector<std::string> TextsIn(const Napi::Object& object, const char* name) {
  std::vector<std::string> texts;
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return texts;
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), std::string("Expected an array for ") + name);
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) texts.push_back(TextOf(array.Get(i), name));
  return texts;
}

std::optional<time_t> TimeIn(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return std::nullopt;
  return static_cast<time_t>(EpochSecondsOf(value, name));
}

Values Read(const Napi::Value& value) {
  if (!value.IsObject()) throw Napi::TypeError::New(value.Env(), "Expected an object for parameters");
  const auto object = value.As<Napi::Object>();
  return {IntegerIn(object, "flags"),     IntegerIn(object, "purpose"), IntegerIn(object, "depth"),
          IntegerIn(object, "securityLevel"), IntegerIn(object, "hostFlags"), TimeIn(object, "epochSeconds"),
          TextIn(object, "ip"),           TextIn(object, "email"),      TextsIn(object, "hostnames"),
          TextsIn(object, "policies")};
}

bool AddPolicy(X509_VERIFY_PARAM* parameters, const std::string& dotted) {
  AsnObjectPointer policy(OBJ_txt2obj(dotted.c_str(), 1));
  if (policy == nullptr || X509_VERIFY_PARAM_add0_policy(parameters, policy.get()) != 1) return false;
  policy.release();
  return true;
}

bool SetNames(X509_VERIFY_PARAM* parameters, const Values& values) {
  if (values.host_flags) X509_VERIFY_PARAM_set_hostflags(parameters, static_cast<unsigned int>(*values.host_flags));
  // the first one replaces what was set before
  bool is_first = true;
  for (const std::string& name : values.hostnames) {
    const auto set = std::exchange(is_first, false) ? X509_VERIFY_PARAM_set1_host : X509_VERIFY_PARAM_add1_host;
    if (set(parameters, name.data(), name.size()) != 1) return false;
  }
  if (values.email && X509_VERIFY_PARAM_set1_email(parameters, values.email->data(), values.email->size()) != 1) {
    return false;
  }
  return !values.ip || X509_VERIFY_PARAM_set1_ip_asc(parameters, values.ip->c_str()) == 1;
}

bool SetPolicies(X509_VERIFY_PARAM* parameters, const std::vector<std::string>& policies) {
  for (const std::string& policy : policies) {
    if (!AddPolicy(parameters, policy)) return false;
  }
  // without the second flag a chain that is valid for none of them would pass
  return policies.empty() ||
         X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_EXPLICIT_POLICY) == 1;
}

}  // namespace

void SetVerifyParameters(X509_VERIFY_PARAM* parameters, const Napi::Value& value) {
  const Values values = Read(value);
  if (values.depth) X509_VERIFY_PARAM_set_depth(parameters, *values.depth);
  if (values.security_level) X509_VERIFY_PARAM_set_auth_level(parameters, *values.security_level);
  if (values.time) X509_VERIFY_PARAM_set_time(parameters, *values.time);
  if ((values.flags && X509_VERIFY_PARAM_set_flags(parameters, static_cast<unsigned long>(*values.flags)) != 1) ||
      (values.purpose && X509_VERIFY_PARAM_set_purpose(parameters, *values.purpose) != 1) ||
      !SetNames(parameters, values) || !SetPolicies(parameters, values.policies)) {
    throw OpenSSLErrorOf(value.Env(), "setting how to verify");
  }
}

}  // namespace tsopenssl
