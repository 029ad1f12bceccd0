#include "ssl_settings.h"

#include <openssl/ssl.h>

#include <string>

#include "certificate.h"
#include "error.h"
#include "export.h"
#include "key.h"
#include "ssl_connection.h"
#include "ssl_context.h"
#include "ssl_hooks.h"
#include "ssl_session.h"
#include "values.h"
#include "verify_parameters.h"

namespace tsopenssl {

namespace {

SSL* SslOf(const Napi::CallbackInfo& info) { return ConnectionOf(info[0])->ssl.get(); }

[[noreturn]] void Fail(const Napi::CallbackInfo& info, const char* operation) {
  throw OpenSSLErrorOf(info.Env(), operation);
}

Napi::Value SetRole(const Napi::CallbackInfo& info) {
  RequireRest(info.Env(), ConnectionOf(info[0]));
  const auto set = BooleanOf(info[1], "isServer") ? SSL_set_accept_state : SSL_set_connect_state;
  set(SslOf(info));
  return info.Env().Undefined();
}

Napi::Value SetContext(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Connection* connection = ConnectionOf(info[0]);
  SSL* ssl = connection->ssl.get();
  SSL_CTX* before = SSL_get_SSL_CTX(ssl);
  SSL_CTX* after = UsedSslContextOf(info[1]);
  if (connection->function != nullptr && SSL_CTX_up_ref(before) == 1) connection->replaced.emplace_back(before);
  if (SSL_set_SSL_CTX(ssl, after) == nullptr) Fail(info, "changing the context");
  return info.Env().Undefined();
}

Napi::Value SetEvents(const Napi::CallbackInfo& info) {
  ConnectionOf(info[0])->events = static_cast<uint32_t>(IntegerOf(info[1], "events"));
  return info.Env().Undefined();
}

Napi::Value SetVerify(const Napi::CallbackInfo& info) {
  ConnectionOf(info[0])->is_lenient = BooleanOf(info[2], "isLenient");
  AskAboutCertificates(SslOf(info), IntegerOf(info[1], "mode"));
  return info.Env().Undefined();
}

Napi::Value SetParameters(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SetVerifyParameters(SSL_get0_param(SslOf(info)), info[1]);
  return info.Env().Undefined();
}

Napi::Value SetServerName(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  RequireRest(info.Env(), ConnectionOf(info[0]));
  const std::string name = TextOf(info[1], "name");
  if (SSL_set_tlsext_host_name(SslOf(info), name.c_str()) != 1) Fail(info, "setting the name of the server");
  return info.Env().Undefined();
}

Napi::Value SetProtocols(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  RequireRest(info.Env(), ConnectionOf(info[0]));
  const Bytes protocols = BytesOf(info[1], "protocols");
  // unlike everything else, this one answers 0 where it has done it
  if (SSL_set_alpn_protos(SslOf(info), protocols.data(), static_cast<unsigned>(protocols.size())) != 0) {
    Fail(info, "setting protocols");
  }
  return info.Env().Undefined();
}

Napi::Value SetShutdown(const Napi::CallbackInfo& info) {
  SSL_set_shutdown(SslOf(info), IntegerOf(info[1], "state"));
  return info.Env().Undefined();
}

Napi::Value SetSession(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  RequireRest(info.Env(), ConnectionOf(info[0]));
  if (SSL_set_session(SslOf(info), SessionOf(info[1])) != 1) Fail(info, "using a session");
  return info.Env().Undefined();
}

Napi::Value SetMtu(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = SslOf(info);
  SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
  if (SSL_set_mtu(ssl, IntegerOf(info[1], "size")) <= 0) Fail(info, "setting the size of datagrams");
  return info.Env().Undefined();
}

Napi::Value RequestOcsp(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  if (SSL_set_tlsext_status_type(SslOf(info), TLSEXT_STATUSTYPE_ocsp) != 1) Fail(info, "asking for OCSP");
  return info.Env().Undefined();
}

Napi::Value UseCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const CertificatePointer copy(X509_dup(CertificateOf(info[1], "certificate")));
  if (copy == nullptr || SSL_use_certificate(SslOf(info), copy.get()) != 1) Fail(info, "using a certificate");
  return info.Env().Undefined();
}

Napi::Value UseKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  if (SSL_use_PrivateKey(SslOf(info), KeyOf(info[1], "key")) != 1) Fail(info, "using a key");
  return info.Env().Undefined();
}

}  // namespace

void ExportSslSettings(Napi::Object exports) {
  Export<SetRole>(exports, "connectionSetRole");
  Export<SetContext>(exports, "connectionSetContext");
  Export<SetEvents>(exports, "connectionSetEvents");
  Export<SetVerify>(exports, "connectionSetVerify");
  Export<SetParameters>(exports, "connectionSetParameters");
  Export<SetServerName>(exports, "connectionSetServerName");
  Export<SetProtocols>(exports, "connectionSetProtocols");
  Export<SetShutdown>(exports, "connectionSetShutdown");
  Export<SetSession>(exports, "connectionSetSession");
  Export<SetMtu>(exports, "connectionSetMtu");
  Export<RequestOcsp>(exports, "connectionRequestOcsp");
  Export<UseCertificate>(exports, "connectionUseCertificate");
  Export<UseKey>(exports, "connectionUseKey");
}

}  // namespace tsopenssl
