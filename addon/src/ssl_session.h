// Sessions that a later connection can go on with.

#ifndef TSOPENSSL_SSL_SESSION_H_
#define TSOPENSSL_SSL_SESSION_H_

#include <napi.h>
#include <openssl/ssl.h>

#include "pointers.h"

namespace tsopenssl {

// A session as a handle.
Napi::Value SessionHandleOf(Napi::Env env, SessionPointer session);

// The session behind a handle, still owned by the handle.
SSL_SESSION* SessionOf(const Napi::Value& value);

// sessionLoad(der: Uint8Array): handle
// sessionDump(session): Buffer; holds the secret of the session
// sessionFacts(session): {id: Buffer, epochSeconds, timeoutSeconds, protocol: string, cipher: string, hasTicket: boolean,
//     lifetimeHintSeconds, isResumable: boolean}
void ExportSslSession(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_SESSION_H_
