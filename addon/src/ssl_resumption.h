// What a session is bound to, so that it never carries an identity across: the server name, the context, how the peer is verified
// and whom the context trusts. A session that was made under others is not resumed: there is a full handshake.
//
// A server writes the digest of these into OpenSSL's session id context, which is part of every session and ticket, before OpenSSL
// looks for the session. A client writes it into the session as ticket data, which OpenSSL leaves to the application.

#ifndef TSOPENSSL_SSL_RESUMPTION_H_
#define TSOPENSSL_SSL_RESUMPTION_H_

#include <openssl/ssl.h>

#include "ssl_connection.h"
#include "values.h"

namespace tsopenssl {

// Gives a new context what its sessions are bound to: random bytes, until somebody sets them. False when that failed.
bool PrepareSessions(SSL_CTX* context);

// Binds the sessions of a context to these bytes instead: contexts of the same ones share sessions.
void SetSessionId(SSL_CTX* context, Bytes id);

// Of a server that has read a ClientHello and has its context: from now on other sessions are passed over. False when that failed.
bool BindServer(Connection* connection);

// Of a client that is about to begin: drops a session that was made under other conditions, if it verifies its peer.
void BindClient(Connection* connection);

// Writes what a client's session is bound to into it.
void MarkSession(const Connection* connection, SSL_SESSION* session);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_RESUMPTION_H_
