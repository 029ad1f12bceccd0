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
#include "ssl_states.h"
#include "values.h"
#include "verify_parameters.h"

namespace tsopenssl {

namespace {

// The connection of a call, where it allows an operation now
SSL* SslFor(const Napi::CallbackInfo& info, Operation operation) {
  Connection* connection = ConnectionOf(info[0]);
  RequireAllowed(info.Env(), connection, operation);
  return connection->ssl.get();
}

[[noreturn]] void Fail(const Napi::CallbackInfo& info, const char* operation) {
  throw OpenSSLErrorOf(info.Env(), operation);
}

Napi::Value SetRole(const Napi::CallbackInfo& info) {
  if (BooleanOf(info[1], "isServer")) {
    SSL_set_accept_state(SslFor(info, Operation::kSetAcceptState));
  } else {
    SSL_set_connect_state(SslFor(info, Operation::kSetConnectState));
  }
  return info.Env().Undefined();
}

Napi::Value SetContext(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = SslFor(info, Operation::kSetContext);
  Connection* connection = ConnectionOf(info[0]);
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
  SSL* ssl = SslFor(info, Operation::kSetVerify);
  ConnectionOf(info[0])->is_lenient = BooleanOf(info[2], "isLenient");
  AskAboutCertificates(ssl, IntegerOf(info[1], "mode"));
  return info.Env().Undefined();
}

Napi::Value SetParameters(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SetVerifyParameters(SSL_get0_param(SslFor(info, Operation::kSetVerifyOptions)), info[1]);
  return info.Env().Undefined();
}

Napi::Value SetServerName(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const std::string name = TextOf(info[1], "name");
  if (SSL_set_tlsext_host_name(SslFor(info, Operation::kSetServerName), name.c_str()) != 1) {
    Fail(info, "setting the name of the server");
  }
  return info.Env().Undefined();
}

Napi::Value SetProtocols(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Bytes protocols = BytesOf(info[1], "protocols");
  SSL* ssl = SslFor(info, Operation::kSetProtocols);
  // unlike everything else, this one answers 0 where it has done it
  if (SSL_set_alpn_protos(ssl, protocols.data(), static_cast<unsigned>(protocols.size())) != 0) {
    Fail(info, "setting protocols");
  }
  return info.Env().Undefined();
}

Napi::Value SetShutdown(const Napi::CallbackInfo& info) {
  SSL_set_shutdown(SslFor(info, Operation::kSetShutdown), IntegerOf(info[1], "state"));
  return info.Env().Undefined();
}

Napi::Value SetSession(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  if (SSL_set_session(SslFor(info, Operation::kSetSession), SessionOf(info[1])) != 1) Fail(info, "using a session");
  return info.Env().Undefined();
}

Napi::Value SetMtu(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = SslFor(info, Operation::kSetMtu);
  const int32_t size = IntegerOf(info[1], "size");
  const char* code = "ERR_OPENSSL";
  if (SSL_is_dtls(ssl) == 0) throw OpenSSLErrorOf(info.Env(), "setting the size of datagrams: the connection is not DTLS", code);
  SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
  if (SSL_set_mtu(ssl, size) > 0) return info.Env().Undefined();
  throw OpenSSLErrorOf(info.Env(), "setting the size of datagrams: " + std::to_string(size) + " bytes are too few", code);
}

Napi::Value RequestOcsp(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = SslFor(info, Operation::kRequestOcsp);
  if (SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp) != 1) Fail(info, "asking for OCSP");
  return info.Env().Undefined();
}

Napi::Value UseCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = SslFor(info, Operation::kUseCertificate);
  const CertificatePointer copy(X509_dup(CertificateOf(info[1], "certificate")));
  if (copy == nullptr || SSL_use_certificate(ssl, copy.get()) != 1) Fail(info, "using a certificate");
  return info.Env().Undefined();
}

Napi::Value UseKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = SslFor(info, Operation::kUsePrivateKey);
  if (SSL_use_PrivateKey(ssl, KeyOf(info[1], "key")) != 1) Fail(info, "using a key");
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
