#include "store_context.h"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <optional>
#include <string>

#include "certificate.h"
#include "crl.h"
#include "error.h"
#include "export.h"
#include "pointers.h"
#include "store.h"
#include "trust_anchors.h"
#include "values.h"
#include "verify_parameters.h"

namespace tsopenssl {

namespace {

Napi::Array ArrayOf(const Napi::Value& value, const char* name) {
  if (value.IsArray()) return value.As<Napi::Array>();
  throw Napi::TypeError::New(value.Env(), std::string("Expected an array for ") + name);
}

CertificatesPointer CertificatesOf(const Napi::Value& value) {
  const Napi::Array handles = ArrayOf(value, "untrusted");
  CertificatesPointer stack(sk_X509_new_null());
  for (uint32_t i = 0; i < handles.Length(); i++) {
    X509* certificate = CertificateOf(handles.Get(i), "untrusted");
    if (stack == nullptr || X509_add_cert(stack.get(), certificate, X509_ADD_FLAG_UP_REF) != 1) {
      throw OpenSSLErrorOf(value.Env(), "collecting certificates");
    }
  }
  return stack;
}

CrlsPointer CrlsOf(const Napi::Value& value) {
  const Napi::Array items = ArrayOf(value, "crls");
  CrlsPointer stack(sk_X509_CRL_new_null());
  for (uint32_t i = 0; i < items.Length(); i++) {
    X509_CRL* crl = CrlOf(items.Get(i));
    if (stack == nullptr || X509_CRL_up_ref(crl) != 1 || sk_X509_CRL_push(stack.get(), crl) <= 0) {
      throw OpenSSLErrorOf(value.Env(), "collecting CRLs");
    }
  }
  return stack;
}

// The caller's parameters, then the store's where the caller has none, then OpenSSL's own
VerifyParametersPointer ParametersOf(X509_STORE* store, const Napi::Value& value) {
  VerifyParametersPointer parameters(X509_VERIFY_PARAM_new());
  if (parameters == nullptr) throw OpenSSLErrorOf(value.Env(), "setting how to verify");
  SetVerifyParameters(parameters.get(), value);
  if (X509_VERIFY_PARAM_inherit(parameters.get(), X509_STORE_get0_param(store)) != 1 ||
      X509_VERIFY_PARAM_inherit(parameters.get(), X509_VERIFY_PARAM_lookup("default")) != 1) {
    throw OpenSSLErrorOf(value.Env(), "setting how to verify");
  }
  // trust settings of a certificate are compared with what belongs to the purpose
  const int index = X509_PURPOSE_get_by_id(X509_VERIFY_PARAM_get_purpose(parameters.get()));
  const int trust = index < 0 ? X509_TRUST_DEFAULT : X509_PURPOSE_get_trust(X509_PURPOSE_get0(index));
  if (trust != X509_TRUST_DEFAULT) X509_VERIFY_PARAM_set_trust(parameters.get(), trust);
  return parameters;
}

Napi::Array ChainOf(Napi::Env env, X509_STORE_CTX* context) {
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context);
  Napi::Array copies = Napi::Array::New(env);
  for (int i = 0; i < sk_X509_num(chain); i++) {
    copies.Set(static_cast<uint32_t>(i), CertificateCopyOf(env, sk_X509_value(chain, i)));
  }
  return copies;
}

Napi::Array PoliciesOf(Napi::Env env, X509_STORE_CTX* context) {
  Napi::Array policies = Napi::Array::New(env);
  const X509_POLICY_TREE* tree = X509_STORE_CTX_get0_policy_tree(context);
  const STACK_OF(X509_POLICY_NODE)* nodes = X509_policy_tree_get0_user_policies(tree);
  // of none that was asked for all hold that the authorities name
  if (sk_X509_POLICY_NODE_num(nodes) <= 0) nodes = X509_policy_tree_get0_policies(tree);
  for (int i = 0; i < sk_X509_POLICY_NODE_num(nodes); i++) {
    const ASN1_OBJECT* policy = X509_policy_node_get0_policy(sk_X509_POLICY_NODE_value(nodes, i));
    policies.Set(static_cast<uint32_t>(i), DottedOf(policy));
  }
  return policies;
}

void DescribeFailure(Napi::Object verdict, X509_STORE_CTX* context) {
  const Napi::Env env = verdict.Env();
  const int depth = X509_STORE_CTX_get_error_depth(context);
  verdict.Set("depth", Napi::Number::New(env, depth));
  const X509* certificate = X509_STORE_CTX_get_current_cert(context);
  if (certificate != nullptr) verdict.Set("certificate", CertificateCopyOf(env, certificate));
  const std::optional<AnchorRefusal> refusal = FindAnchorRefusal(context);
  const bool is_reason =
      refusal && refusal->code == X509_STORE_CTX_get_error(context) && refusal->depth == depth;
  if (!is_reason) return;
  const bool is_late = refusal->distrust_after != kNeverDistrusted;
  verdict.Set("rule", is_late ? "distrustAfter" : "purposes");
  if (is_late) verdict.Set("distrustAfter", Napi::Number::New(env, static_cast<double>(refusal->distrust_after)));
}

Napi::Value VerifyChain(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509_STORE* store = StoreOf(info[0], "store");
  X509* certificate = CertificateOf(info[1], "certificate");
  const CertificatesPointer untrusted = CertificatesOf(info[2]);
  const CrlsPointer crls = CrlsOf(info[3]);
  VerifyParametersPointer parameters = ParametersOf(store, info[4]);
  const std::string wanted = TextOf(info[5], "wanted");
  const StoreContextPointer context(X509_STORE_CTX_new());
  if (context == nullptr || X509_STORE_CTX_init(context.get(), store, certificate, untrusted.get()) != 1) {
    throw OpenSSLErrorOf(env, "preparing a verification");
  }
  X509_STORE_CTX_set0_param(context.get(), parameters.release());
  X509_STORE_CTX_set0_crls(context.get(), crls.get());
  const bool is_right = X509_verify_cert(context.get()) == 1;
  MeasureStore(info[0]);
  const int code = X509_STORE_CTX_get_error(context.get());
  Napi::Object verdict = Napi::Object::New(env);
  verdict.Set("code", Napi::Number::New(env, code));
  verdict.Set("message", X509_verify_cert_error_string(code));
  if (!is_right) DescribeFailure(verdict, context.get());
  if (is_right && wanted == "chain") verdict.Set("chain", ChainOf(env, context.get()));
  if (is_right && wanted == "policies") verdict.Set("policies", PoliciesOf(env, context.get()));
  return verdict;
}

}  // namespace

void ExportStoreContext(Napi::Object exports) { Export<VerifyChain>(exports, "verifyChain"); }

}  // namespace tsopenssl
