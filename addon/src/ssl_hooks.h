// What OpenSSL asks in the middle of a call: handed on to the JavaScript that made the call.

#ifndef TSOPENSSL_SSL_HOOKS_H_
#define TSOPENSSL_SSL_HOOKS_H_

#include <napi.h>
#include <openssl/ssl.h>

#include <cstdint>

#include "ssl_connection.h"

namespace tsopenssl {

// What the function of a call is called with first, the number alone or with what follows, and what it answers.
enum class HookEvent : uint32_t {
  kVerify = 0,          // code, depth, handle of a copy of the certificate | undefined, isRight: boolean → boolean
  kInfo = 1,            // where: number, value: number →
  kKeylog = 2,          // line: string →
  kServerName = 3,      // → boolean; false: later. Asked for the first ClientHello, before OpenSSL looks for a session
  kSelectProtocol = 4,  // offered: Buffer, each behind its length → Uint8Array, one of them | undefined, none
  kOcspServer = 5,      // → Uint8Array | undefined, none
  kOcspClient = 6,      // response: Buffer → boolean
  kCookieGenerate = 7,  // → Uint8Array, up to 255 bytes
  kCookieVerify = 8,    // cookie: Buffer → boolean
  kPskClient = 9,       // hint: string | undefined → [identity: string, key: Uint8Array] | undefined
  kPskServer = 10,      // identity: string → key: Uint8Array | undefined
  kNewSession = 11,     // handle of a session →
  kCertificate = 12,    // → boolean; false: later
};

// Lets a new context bind its sessions, and ask about the server name, when a ClientHello has come.
void ReadHellos(SSL_CTX* context);

// Lets the connections of a context be asked about these events, bits 1 << HookEvent.
void EnableHooks(SSL_CTX* context, uint32_t events);

// Lets a connection ask about each certificate; `mode` is SSL_VERIFY_.
void AskAboutCertificates(SSL* connection, int mode);

// While it lives, what OpenSSL asks of a connection goes to `function`: function(event, ...) → answer. Where the function throws,
// the event is answered with a refusal; JavaScript keeps what was thrown.
class HookScope {
 public:
  // `function` may be undefined: what is asked is refused
  HookScope(Connection* connection, const Napi::Value& function);
  ~HookScope();
  HookScope(const HookScope&) = delete;
  HookScope& operator=(const HookScope&) = delete;

 private:
  Connection* connection_;
};

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_HOOKS_H_
