#include "ssl_hooks.h"

#include <openssl/x509_vfy.h>

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certificate.h"
#include "ssl_resumption.h"
#include "ssl_session.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr size_t kMaxCookie = 255;  // DTLS1_COOKIE_LENGTH

bool Wants(const Connection* connection, HookEvent event) {
  return connection != nullptr && (connection->events & (1u << static_cast<uint32_t>(event))) != 0;
}

// While it lives, JavaScript is asked about an event.
class AskingScope {
 public:
  AskingScope(Connection* connection, HookEvent event) : connection_(connection), before_(connection->asking) {
    connection->asking = static_cast<int32_t>(event);
  }
  ~AskingScope() { connection_->asking = before_; }
  AskingScope(const AskingScope&) = delete;
  AskingScope& operator=(const AskingScope&) = delete;

 private:
  Connection* connection_;
  int32_t before_;
};

// OpenSSL calls what begins with On. Nothing may be thrown through its frames: where memory runs out, the process ends there.

// Runs `ask` with the function of the call. What cannot be asked, or throws, is answered with `refusal`.
template <typename Answer, typename Ask>
Answer Asked(Connection* connection, HookEvent event, Answer refusal, Ask ask) {
  if (connection == nullptr || connection->function == nullptr) return refusal;
  const Napi::Env env(connection->env);
  const Napi::HandleScope scope(env);
  const AskingScope asking(connection, event);
  try {
    return ask(env, Napi::Function(env, connection->function));
  } catch (...) {
    return refusal;
  }
}

Napi::Number NumberOf(Napi::Env env, HookEvent event) {
  return Napi::Number::New(env, static_cast<double>(event));
}

// undefined and anything else that is no Uint8Array: none
std::optional<Bytes> OptionalBytes(const Napi::Value& value, const char* name) {
  if (value.IsUndefined()) return std::nullopt;
  return BytesOf(value, name);
}

bool IsTrue(const Napi::Value& value) { return value.IsBoolean() && value.As<Napi::Boolean>().Value(); }

void Remember(Connection* connection, X509_STORE_CTX* context, int code) {
  X509* certificate = X509_STORE_CTX_get_current_cert(context);
  connection->failure.code = code;
  connection->failure.depth = X509_STORE_CTX_get_error_depth(context);
  connection->failure.certificate.reset(certificate);
  if (certificate != nullptr) X509_up_ref(certificate);
}

// The connection whose peer is verified. The chain of a CRL's signer is verified in a context of its own, below the first one.
Connection* VerifyingConnection(X509_STORE_CTX* context) {
  const int index = SSL_get_ex_data_X509_STORE_CTX_idx();
  for (X509_STORE_CTX* one = context; one != nullptr; one = X509_STORE_CTX_get0_parent_ctx(one)) {
    const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(one, index));
    if (ssl != nullptr) return ConnectionOf(ssl);
  }
  return nullptr;
}

// 2 is right as well: the policies of a chain are shown
int OnVerify(int is_right, X509_STORE_CTX* context) noexcept {
  Connection* connection = VerifyingConnection(context);
  if (connection == nullptr) return is_right;
  const int code = X509_STORE_CTX_get_error(context);
  if (connection->is_lenient) {
    if (is_right == 0 && connection->failure.code == X509_V_OK) Remember(connection, context, code);
    return 1;
  }
  const bool is_accepted =
      !Wants(connection, HookEvent::kVerify)
          ? is_right != 0
          : Asked(connection, HookEvent::kVerify, false, [&](Napi::Env env, const Napi::Function& function) {
              const X509* certificate = X509_STORE_CTX_get_current_cert(context);
              const Napi::Value copy = certificate == nullptr ? env.Undefined() : CertificateCopyOf(env, certificate);
              const int depth = X509_STORE_CTX_get_error_depth(context);
              return IsTrue(function.Call({NumberOf(env, HookEvent::kVerify), Napi::Number::New(env, code),
                                           Napi::Number::New(env, depth), copy, Napi::Boolean::New(env, is_right != 0)}));
            });
  if (is_accepted) {
    // what was overruled must not be what the connection says of its peer
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
  }
  const int refusal = code == X509_V_OK ? X509_V_ERR_APPLICATION_VERIFICATION : code;
  X509_STORE_CTX_set_error(context, refusal);
  Remember(connection, context, refusal);
  return 0;
}

void OnInfo(const SSL* ssl, int where, int value) noexcept {
  Connection* connection = ConnectionOf(ssl);
  if (!Wants(connection, HookEvent::kInfo)) return;
  Asked(connection, HookEvent::kInfo, false, [&](Napi::Env env, const Napi::Function& function) {
    function.Call({NumberOf(env, HookEvent::kInfo), Napi::Number::New(env, where), Napi::Number::New(env, value)});
    return true;
  });
}

void OnKeylog(const SSL* ssl, const char* line) noexcept {
  Connection* connection = ConnectionOf(ssl);
  if (!Wants(connection, HookEvent::kKeylog)) return;
  Asked(connection, HookEvent::kKeylog, false, [&](Napi::Env env, const Napi::Function& function) {
    function.Call({NumberOf(env, HookEvent::kKeylog), Napi::String::New(env, line)});
    return true;
  });
}

// The host name in a ClientHello, RFC 6066 section 3: none where there is no such extension, or one that OpenSSL will refuse.
std::optional<std::string> NameInHello(SSL* ssl) {
  constexpr size_t kHeader = 5;  // length of the list, type, length of the name
  const unsigned char* data = nullptr;
  size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) != 1 || size <= kHeader) return std::nullopt;
  const size_t length = static_cast<size_t>(data[3]) << 8 | data[4];
  if (data[2] != TLSEXT_NAMETYPE_host_name || length != size - kHeader) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(data + kHeader), length);
}

// A ClientHello has come, and OpenSSL has not looked for a session yet. Another one of the same connection, after a
// HelloRetryRequest or in a renegotiation, must ask for the same name: the context was chosen by it.
int OnClientHello(SSL* ssl, int* alert, void*) noexcept {
  Connection* connection = ConnectionOf(ssl);
  *alert = SSL_AD_INTERNAL_ERROR;
  if (connection == nullptr) return SSL_CLIENT_HELLO_ERROR;
  std::optional<std::string> name = NameInHello(ssl);
  if (connection->has_hello && connection->requested_name != name) {
    *alert = SSL_AD_ILLEGAL_PARAMETER;
    return SSL_CLIENT_HELLO_ERROR;
  }
  connection->has_hello = true;
  connection->requested_name = std::move(name);
  if (!connection->has_context && Wants(connection, HookEvent::kServerName)) {
    const int answer = Asked(connection, HookEvent::kServerName, 0, [&](Napi::Env env, const Napi::Function& function) {
      const Napi::Value chosen = function.Call({NumberOf(env, HookEvent::kServerName)});
      if (!chosen.IsBoolean()) return 0;
      return IsTrue(chosen) ? 1 : -1;
    });
    if (answer < 0) return SSL_CLIENT_HELLO_RETRY;
    if (answer == 0) return SSL_CLIENT_HELLO_ERROR;
  }
  connection->has_context = true;
  return BindServer(connection) ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

// A server that chooses by the name tells the client so.
int OnServerName(SSL* ssl, int*, void*) noexcept {
  const Connection* connection = ConnectionOf(ssl);
  return Wants(connection, HookEvent::kServerName) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// One of what was offered, as OpenSSL wants it: a pointer into that list, which outlives the callback
bool FindOffered(const unsigned char* offered, unsigned size, const Bytes& wanted, const unsigned char** found) {
  for (unsigned at = 0; at < size && at + 1 + offered[at] <= size; at += 1u + offered[at]) {
    const bool is_same = offered[at] == wanted.size() && std::memcmp(offered + at + 1, wanted.data(), wanted.size()) == 0;
    if (!is_same) continue;
    *found = offered + at + 1;
    return true;
  }
  return false;
}

int OnSelectProtocol(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                     unsigned offered_size, void*) noexcept {
  Connection* connection = ConnectionOf(ssl);
  if (!Wants(connection, HookEvent::kSelectProtocol)) return SSL_TLSEXT_ERR_NOACK;
  return Asked(connection, HookEvent::kSelectProtocol, static_cast<int>(SSL_TLSEXT_ERR_ALERT_FATAL), [&](Napi::Env env, const Napi::Function& function) {
    const std::optional<Bytes> wanted = OptionalBytes(
        function.Call({NumberOf(env, HookEvent::kSelectProtocol), BufferOf(env, offered, offered_size)}), "protocol");
    if (!wanted) return static_cast<int>(SSL_TLSEXT_ERR_NOACK);
    if (!FindOffered(offered, offered_size, *wanted, chosen)) return static_cast<int>(SSL_TLSEXT_ERR_ALERT_FATAL);
    *size = static_cast<unsigned char>(wanted->size());
    return static_cast<int>(SSL_TLSEXT_ERR_OK);
  });
}

int AnswerOcspServer(SSL* ssl, Connection* connection) {
  return Asked(connection, HookEvent::kOcspServer, static_cast<int>(SSL_TLSEXT_ERR_ALERT_FATAL), [&](Napi::Env env, const Napi::Function& function) {
    const std::optional<Bytes> response =
        OptionalBytes(function.Call({NumberOf(env, HookEvent::kOcspServer)}), "response");
    if (!response || response->empty()) return static_cast<int>(SSL_TLSEXT_ERR_NOACK);
    void* const copy = OPENSSL_memdup(response->data(), response->size());
    if (copy == nullptr) return static_cast<int>(SSL_TLSEXT_ERR_ALERT_FATAL);
    SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy), static_cast<long>(response->size()));
    return static_cast<int>(SSL_TLSEXT_ERR_OK);
  });
}

// Above 0: go on; 0: the response is refused; below: something else is wrong
int CheckOcspResponse(SSL* ssl, Connection* connection) {
  return Asked(connection, HookEvent::kOcspClient, -1, [&](Napi::Env env, const Napi::Function& function) {
    const unsigned char* response = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
    const size_t length = response == nullptr || size < 0 ? 0 : static_cast<size_t>(size);
    return IsTrue(function.Call({NumberOf(env, HookEvent::kOcspClient), BufferOf(env, response, length)})) ? 1 : 0;
  });
}

int OnStatus(SSL* ssl, void*) noexcept {
  Connection* connection = ConnectionOf(ssl);
  if (SSL_is_server(ssl) != 0) {
    return Wants(connection, HookEvent::kOcspServer) ? AnswerOcspServer(ssl, connection) : SSL_TLSEXT_ERR_NOACK;
  }
  return Wants(connection, HookEvent::kOcspClient) ? CheckOcspResponse(ssl, connection) : 1;
}

bool MakeCookie(SSL* ssl, unsigned char* cookie, size_t* size) {
  return Asked(ConnectionOf(ssl), HookEvent::kCookieGenerate, false, [&](Napi::Env env, const Napi::Function& function) {
    const Bytes made = BytesOf(function.Call({NumberOf(env, HookEvent::kCookieGenerate)}), "cookie");
    if (made.empty() || made.size() > kMaxCookie) return false;
    std::memcpy(cookie, made.data(), made.size());
    *size = made.size();
    return true;
  });
}

bool IsCookieRight(SSL* ssl, const unsigned char* cookie, size_t size) {
  return Asked(ConnectionOf(ssl), HookEvent::kCookieVerify, false, [&](Napi::Env env, const Napi::Function& function) {
    return IsTrue(function.Call({NumberOf(env, HookEvent::kCookieVerify), BufferOf(env, cookie, size)}));
  });
}

int OnCookieGenerate(SSL* ssl, unsigned char* cookie, unsigned* size) noexcept {
  size_t made = 0;
  if (!MakeCookie(ssl, cookie, &made)) return 0;
  *size = static_cast<unsigned>(made);
  return 1;
}

int OnCookieVerify(SSL* ssl, const unsigned char* cookie, unsigned size) noexcept {
  return IsCookieRight(ssl, cookie, size) ? 1 : 0;
}

unsigned OnPskClient(SSL* ssl, const char* hint, char* identity, unsigned identity_size, unsigned char* key,
                     unsigned key_size) {
  return Asked(ConnectionOf(ssl), HookEvent::kPskClient, 0u, [&](Napi::Env env, const Napi::Function& function) {
    const Napi::Value given = hint == nullptr ? env.Undefined() : Napi::String::New(env, hint).As<Napi::Value>();
    const Napi::Value answer = function.Call({NumberOf(env, HookEvent::kPskClient), given});
    if (!answer.IsArray()) return 0u;
    const std::string name = TextOf(answer.As<Napi::Array>().Get(0u), "identity");
    const SecretBytes secret(BytesOf(answer.As<Napi::Array>().Get(1u), "key"));
    if (name.size() + 1 > identity_size || secret.size() == 0 || secret.size() > key_size) return 0u;
    std::memcpy(identity, name.c_str(), name.size() + 1);
    std::memcpy(key, secret.data(), secret.size());
    return static_cast<unsigned>(secret.size());
  });
}

unsigned OnPskServer(SSL* ssl, const char* identity, unsigned char* key, unsigned key_size) {
  return Asked(ConnectionOf(ssl), HookEvent::kPskServer, 0u, [&](Napi::Env env, const Napi::Function& function) {
    const Napi::Value answer = function.Call(
        {NumberOf(env, HookEvent::kPskServer), Napi::String::New(env, identity == nullptr ? "" : identity)});
    if (answer.IsUndefined()) return 0u;
    const SecretBytes secret(BytesOf(answer, "key"));
    if (secret.size() == 0 || secret.size() > key_size) return 0u;
    std::memcpy(key, secret.data(), secret.size());
    return static_cast<unsigned>(secret.size());
  });
}

int OnNewSession(SSL* ssl, SSL_SESSION* session) noexcept {
  Connection* connection = ConnectionOf(ssl);
  if (Wants(connection, HookEvent::kNewSession)) {
    Asked(connection, HookEvent::kNewSession, false, [&](Napi::Env env, const Napi::Function& function) {
      SSL_SESSION_up_ref(session);
      MarkSession(connection, session);
      function.Call({NumberOf(env, HookEvent::kNewSession), SessionHandleOf(env, SessionPointer(session))});
      return true;
    });
  }
  return 0;  // the reference stays OpenSSL's
}

// 1: go on; 0: the handshake fails; below: not yet
int OnCertificate(SSL* ssl, void*) noexcept {
  Connection* connection = ConnectionOf(ssl);
  if (!Wants(connection, HookEvent::kCertificate)) return 1;
  return Asked(connection, HookEvent::kCertificate, 0, [&](Napi::Env env, const Napi::Function& function) {
    const Napi::Value answer = function.Call({NumberOf(env, HookEvent::kCertificate)});
    if (!answer.IsBoolean()) return 0;
    return IsTrue(answer) ? 1 : -1;
  });
}

}  // namespace

HookScope::HookScope(Connection* connection, const Napi::Value& function) : connection_(connection) {
  connection->env = function.Env();
  connection->function = function.IsFunction() ? static_cast<napi_value>(function) : nullptr;
}

HookScope::~HookScope() {
  connection_->function = nullptr;
  connection_->replaced.clear();
}

void AskAboutCertificates(SSL* connection, int mode) { SSL_set_verify(connection, mode, OnVerify); }

void ReadHellos(SSL_CTX* context) {
  SSL_CTX_set_client_hello_cb(context, OnClientHello, nullptr);
  SSL_CTX_set_tlsext_servername_callback(context, OnServerName);
}

void EnableHooks(SSL_CTX* context, uint32_t events) {
  const auto is_wanted = [events](HookEvent event) { return (events & (1u << static_cast<uint32_t>(event))) != 0; };
  if (is_wanted(HookEvent::kInfo)) SSL_CTX_set_info_callback(context, OnInfo);
  if (is_wanted(HookEvent::kKeylog)) SSL_CTX_set_keylog_callback(context, OnKeylog);
  if (is_wanted(HookEvent::kSelectProtocol)) SSL_CTX_set_alpn_select_cb(context, OnSelectProtocol, nullptr);
  if (is_wanted(HookEvent::kOcspServer) || is_wanted(HookEvent::kOcspClient)) {
    SSL_CTX_set_tlsext_status_cb(context, OnStatus);
  }
  if (is_wanted(HookEvent::kCookieGenerate)) SSL_CTX_set_cookie_generate_cb(context, OnCookieGenerate);
  if (is_wanted(HookEvent::kCookieVerify)) SSL_CTX_set_cookie_verify_cb(context, OnCookieVerify);
  if (is_wanted(HookEvent::kPskClient)) SSL_CTX_set_psk_client_callback(context, OnPskClient);
  if (is_wanted(HookEvent::kPskServer)) SSL_CTX_set_psk_server_callback(context, OnPskServer);
  if (is_wanted(HookEvent::kCertificate)) SSL_CTX_set_cert_cb(context, OnCertificate, nullptr);
  if (is_wanted(HookEvent::kNewSession)) SSL_CTX_sess_set_new_cb(context, OnNewSession);
}

}  // namespace tsopenssl
