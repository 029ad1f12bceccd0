// Connections of TLS and DTLS, over memory or over a socket.

#ifndef TSOPENSSL_SSL_CONNECTION_H_
#define TSOPENSSL_SSL_CONNECTION_H_

#include <napi.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "error.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

// What a verification had against a certificate: what was found last and not overruled; of a lenient one, what was found first.
struct VerifyFailure {
  int code = X509_V_OK;
  int depth = 0;
  CertificatePointer certificate;
};

// The socket that a connection has of its own, if it is over one; see ssl_descriptor.cc.
struct Descriptor {
  virtual ~Descriptor() = default;
  // How many bytes wait to be sent.
  virtual size_t pending() const = 0;
};

class TicketKeys;

struct Connection {
  ~Connection();

  // Of the context that it began with
  std::shared_ptr<TicketKeys> ticket_keys;

  std::unique_ptr<Descriptor> descriptor;
  // After the socket, so that it goes first
  SslPointer ssl;
  // Owned by ssl; null where the connection is over a socket
  BIO* into = nullptr;
  BIO* from = nullptr;
  // The events that its JavaScript wants to be asked about, bits 1 << HookEvent
  uint32_t events = 0;
  // What is being called at the moment, if anything: only then is there JavaScript to ask
  Napi::Env env = nullptr;
  napi_value function = nullptr;
  // The HookEvent that JavaScript is being asked about at the moment; -1 for none
  int32_t asking = -1;
  // Of a server: the name that the ClientHello asks for, and whether one was read and the server name callback is done
  std::optional<std::string> requested_name;
  bool has_hello = false;
  bool has_context = false;
  // Of a client: what its session will be bound to, see ssl_resumption.h
  Bytes binding;
  // Contexts that callbacks of this call have replaced: OpenSSL may be in the middle of one
  std::vector<SslContextPointer> replaced;
  // Whether it goes on with a certificate that was not found right
  bool is_lenient = false;
  VerifyFailure failure;
  // What the last call left, for connectionFailure
  std::vector<QueuedError> errors;
  int system_error = 0;
  // The session that Fact::kHasNewSession was last asked about; held, so that no other one gets its address
  SessionPointer seen_session;
  // How connectionFill found the connection behind what it answered: said by its next call
  int32_t ending = 0;
  bool is_closed = false;
  // Another thread is at work with it, and nobody else may touch it
  bool is_taken = false;
};

using ConnectionHolder = Pointer<Connection, Delete<Connection>>;

// The connection behind a handle, still owned by the handle. TypeError while another thread is at work with it.
Connection* ConnectionOf(const Napi::Value& value);

// The same at any time, for what does not touch OpenSSL's object.
Connection* AnyConnectionOf(const Napi::Value& value);

// The connection that OpenSSL calls about.
Connection* ConnectionOf(const SSL* ssl);

// How a call of OpenSSL ended, where it did not do what was asked. The numbers of bytes are from 0.
enum Outcome : int32_t {
  kWantRead = -1,
  kWantWrite = -2,
  kWantCertificate = -3,
  kClosed = -4,     // by the peer, in order
  kSystem = -5,     // connectionFailure has the system's number, 0 where the peer closed without close_notify
  kFailed = -6,     // connectionFailure has the queue
};

// connectionNew(context: handle, events: number): handle; over memory
// connectionClose(connection): undefined; what is below it goes now, and not when it is collected
//
// What follows answers a number of bytes or an Outcome; `hook` is a function of ssl_hooks.h or undefined:
// connectionHandshake(connection, hook): 1
// connectionRead(connection, hook, target: Uint8Array, isPeek: boolean)
// connectionFill(connection, hook, target: Uint8Array): as many bytes as there are now; where fewer than fit, no more had come
// connectionWrite(connection, hook, data: Uint8Array, offset: number)
// connectionShutdown(connection, hook): 0 ours is sent, 1 both are
// connectionRenegotiate(connection, hook): 1; connectionUpdateKey(connection, hook, isWanted: boolean): 1
// connectionListen(connection, hook): 1; DTLSv1_listen(3)
// connectionHandleTimeout(connection, hook): 0 none was due, 1
//
// connectionRun(connection, which: 0 handshake | 1 read | 2 write | 3 shutdown, argument: undefined | size: number | data: Uint8Array |
//   undefined, done: Function): undefined
//   the same in another thread, where no callback can be asked; then done(outcome: number, data: Buffer | undefined, what was read)
//
// connectionFailure(connection): {queue, systemError: number, isFatal: boolean, verifyCode, verifyMessage, depth?, certificate?}
// connectionOutput(connection, target: Uint8Array): number; takes what is to be sent, of DTLS one datagram
// connectionInput(connection, data: Uint8Array): number; of DTLS one datagram
// connectionEndInput(connection): undefined
// connectionReadAhead(connection, size: number): undefined; takes as much of the network at once, before the first handshake
// connectionRefuseRenegotiation(connection): undefined
void ExportSslConnection(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_CONNECTION_H_
