#include "ssl_states.h"

#include <cstring>
#include <string>

#include "error.h"
#include "ssl_hooks.h"
#include "values.h"

namespace tsopenssl {

namespace {

enum : uint32_t {
  kStateBefore = 1 << 0,
  kStateAwaitingContext = 1 << 1,      // the server name callback returned false
  kStateAwaitingCertificate = 1 << 2,  // the certificate callback returned false
  kStateHandshake = 1 << 3,            // the first one, or a renegotiation
  kStateOpen = 1 << 4,
  kStateFailed = 1 << 5,
  kStateClosed = 1 << 6,
};

constexpr const char* kStateNames[] = {
    "before the handshake", "while the server name callback is pending", "while the certificate callback is pending",
    "during the handshake", "after the handshake",                       "after a fatal error",
    "after close()",
};

// In the order of HookEvent
constexpr const char* kCallbackNames[] = {
    "verify",         "info",          "keylog",     "server name", "ALPN",        "OCSP server", "OCSP client",
    "cookie generate", "cookie verify", "PSK client", "PSK server",  "new session", "certificate",
};

constexpr uint32_t In(HookEvent event) { return 1u << static_cast<uint32_t>(event); }

constexpr uint32_t kAllCallbacks = (1u << (sizeof kCallbackNames / sizeof *kCallbackNames)) - 1;
constexpr uint32_t kStateUsable = kStateBefore | kStateAwaitingContext | kStateAwaitingCertificate | kStateHandshake | kStateOpen;

struct Rule {
  const char* name;
  uint32_t states;     // where no callback runs
  uint32_t callbacks;  // where one runs, whatever the state
};

// Why each line is safe:
// - A context, and a certificate of its own, replace what the handshake has chosen from: only before it chooses. OpenSSL chooses
//   after the server name and certificate callbacks.
// - How the peer is verified is part of what a session is bound to, which is fixed after the server name callback.
// - A role, and DTLSv1_listen(3), reset the state machine; a name, protocols, OCSP and a session go into the ClientHello, and OpenSSL frees the old ones.
// - The size of datagrams and the shutdown state are numbers.
constexpr Rule kRules[] = {
    {"setContext", kStateBefore | kStateAwaitingContext | kStateAwaitingCertificate, In(HookEvent::kServerName) | In(HookEvent::kCertificate)},
    {"setVerify", kStateBefore | kStateAwaitingContext | kStateOpen, In(HookEvent::kServerName)},
    {"setVerifyOptions", kStateBefore | kStateAwaitingContext | kStateOpen, In(HookEvent::kServerName)},
    {"useCertificate", kStateBefore | kStateAwaitingContext | kStateAwaitingCertificate | kStateOpen,
     In(HookEvent::kServerName) | In(HookEvent::kCertificate)},
    {"usePrivatekey", kStateBefore | kStateAwaitingContext | kStateAwaitingCertificate | kStateOpen,
     In(HookEvent::kServerName) | In(HookEvent::kCertificate)},
    {"setAcceptState", kStateBefore, 0},
    {"setConnectState", kStateBefore, 0},
    {"setTlsextHostName", kStateBefore, 0},
    {"setAlpnProtos", kStateBefore, 0},
    {"requestOcsp", kStateBefore, 0},
    {"setSession", kStateBefore, 0},
    {"setCiphertextMtu", kStateUsable, kAllCallbacks},
    {"setShutdown", kStateUsable | kStateFailed, kAllCallbacks},
    {"readAhead", kStateBefore, 0},
    {"useDescriptor", kStateBefore, 0},
    {"DTLSv1Listen", kStateBefore, 0},
    {"close", kStateUsable | kStateFailed | kStateClosed, 0},
};

uint32_t StateOf(const Connection* connection) {
  const SSL* ssl = connection->ssl.get();
  if (connection->is_closed) return kStateClosed;
  if (HasFailed(ssl)) return kStateFailed;
  if (SSL_in_before(ssl) != 0) return kStateBefore;
  if (SSL_is_init_finished(ssl) != 0) return kStateOpen;
  switch (SSL_want(ssl)) {
    case SSL_CLIENT_HELLO_CB:
      return kStateAwaitingContext;
    case SSL_X509_LOOKUP:
      return kStateAwaitingCertificate;
    default:
      return kStateHandshake;
  }
}

// The names of bits that are set, with commas between them
template <size_t Count>
std::string NamesOf(const char* const (&names)[Count], uint32_t bits, const char* before, const char* behind) {
  std::string text;
  for (size_t i = 0; i < Count; i++) {
    if ((bits & (1u << i)) != 0) text += (text.empty() ? "" : ", ") + (before + std::string(names[i]) + behind);
  }
  return text;
}

}  // namespace

// OpenSSL has no other public sign of it than this name
bool HasFailed(const SSL* ssl) { return std::strcmp(SSL_state_string(ssl), "SSLERR") == 0; }

void RequireAllowed(Napi::Env env, const Connection* connection, Operation operation) {
  const Rule& rule = kRules[static_cast<uint32_t>(operation)];
  const bool is_asking = connection->asking >= 0;
  const uint32_t now = is_asking ? 1u << static_cast<uint32_t>(connection->asking) : StateOf(connection);
  if (((is_asking ? rule.callbacks : rule.states) & now) != 0) return;
  const std::string where =
      is_asking ? NamesOf(kCallbackNames, now, "in the ", " callback") : NamesOf(kStateNames, now, "", "");
  const std::string callbacks = NamesOf(kCallbackNames, rule.callbacks, "in the ", " callback");
  const std::string allowed = NamesOf(kStateNames, rule.states, "", "") + (callbacks.empty() ? "" : ", " + callbacks);
  throw OpenSSLErrorOf(env, std::string(rule.name) + " is not allowed " + where + "; it is allowed " + allowed,
                       "ERR_CONNECTION_STATE");
}

}  // namespace tsopenssl
