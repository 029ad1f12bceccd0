// Connections of TLS and DTLS, over memory or over a socket.

#ifndef TSOPENSSL_SSL_CONNECTION_H_
#define TSOPENSSL_SSL_CONNECTION_H_

#include <napi.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <vector>

#include "error.h"
#include "pointers.h"

namespace tsopenssl {

// What a verification had against a certificate: the last thing that was found and not overruled.
struct VerifyFailure {
  int code = X509_V_OK;
  int depth = 0;
  CertificatePointer certificate;
};

struct Connection {
  SslPointer ssl;
  // Owned by ssl; null where the connection is over a socket
  BIO* into = nullptr;
  BIO* from = nullptr;
  // The events that its JavaScript wants to be asked about, bits 1 << HookEvent
  uint32_t events = 0;
  // What is being called at the moment, if anything: only then is there JavaScript to ask
  Napi::Env env = nullptr;
  napi_value function = nullptr;
  // Contexts that callbacks of this call have replaced: OpenSSL may be in the middle of one
  std::vector<SslContextPointer> replaced;
  VerifyFailure failure;
  // What the last call left, for connectionFailure
  std::vector<QueuedError> errors;
  int system_error = 0;
};

// The connection behind a handle, still owned by the handle.
Connection* ConnectionOf(const Napi::Value& value);

// The connection that OpenSSL calls about.
Connection* ConnectionOf(const SSL* ssl);

// Refuses what would pull the rug from under OpenSSL while it asks a callback.
void RequireRest(Napi::Env env, const Connection* connection);

// How a call of OpenSSL ended, where it did not do what was asked. The numbers of bytes are from 0.
enum Outcome : int32_t {
  kWantRead = -1,
  kWantWrite = -2,
  kWantCertificate = -3,
  kClosed = -4,     // by the peer, in order
  kSystem = -5,     // connectionFailure has the system's number, 0 where the peer is gone without a word
  kFailed = -6,     // connectionFailure has the queue
};

// connectionNew(context: handle, events: number): handle; over memory
// connectionNewSocket(context, events, descriptor: number): handle; the descriptor is duplicated and made non-blocking
// connectionClose(connection): undefined; its descriptor, now and not when it is collected
//
// What follows answers a number of bytes or an Outcome; `hook` is a function of ssl_hooks.h or undefined:
// connectionHandshake(connection, hook): 1
// connectionRead(connection, hook, target: Uint8Array, isPeek: boolean)
// connectionWrite(connection, hook, data: Uint8Array, offset: number)
// connectionShutdown(connection, hook): 0 ours is sent, 1 both are
// connectionRenegotiate(connection, hook): 1; connectionUpdateKey(connection, hook, isWanted: boolean): 1
// connectionListen(connection, hook): 1; DTLSv1_listen(3)
// connectionHandleTimeout(connection, hook): 0 none was due, 1
//
// connectionFailure(connection): {queue, systemError: number, verifyCode, verifyMessage, depth?, certificate?}
// connectionOutput(connection, target: Uint8Array): number; takes what is to be sent, of DTLS one datagram
// connectionInput(connection, data: Uint8Array): number; of DTLS one datagram
// connectionEndInput(connection): undefined
void ExportSslConnection(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_CONNECTION_H_
