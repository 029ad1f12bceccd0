// What a connection allows, by its state and by the callback that OpenSSL is in: one table for every operation that changes it.

#ifndef TSOPENSSL_SSL_STATES_H_
#define TSOPENSSL_SSL_STATES_H_

#include <napi.h>
#include <openssl/ssl.h>

#include <cstdint>

#include "ssl_connection.h"

namespace tsopenssl {

// The operations, in the order of the table in ssl_states.cc.
enum class Operation : uint32_t {
  kSetContext,
  kSetVerify,
  kSetVerifyOptions,
  kUseCertificate,
  kUsePrivateKey,
  kSetAcceptState,
  kSetConnectState,
  kSetServerName,
  kSetProtocols,
  kRequestOcsp,
  kSetSession,
  kSetMtu,
  kSetShutdown,
  kReadAhead,
  kUseDescriptor,
  kListen,
  kClose,
};

// Throws OpenSSLError, code ERR_CONNECTION_STATE, where the table does not allow the operation now.
void RequireAllowed(Napi::Env env, const Connection* connection, Operation operation);

// Whether OpenSSL has ended the connection after a fatal error.
bool HasFailed(const SSL* ssl);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_STATES_H_
