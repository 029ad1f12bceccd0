// What can be set of one connection.

#ifndef TSOPENSSL_SSL_SETTINGS_H_
#define TSOPENSSL_SSL_SETTINGS_H_

#include <napi.h>

namespace tsopenssl {

// connectionSetRole(connection, isServer: boolean): undefined
// connectionSetContext(connection, context: handle): undefined; SSL_set_SSL_CTX(3)
// connectionSetEvents(connection, events: number): undefined; bits 1 << HookEvent
// connectionSetVerify(connection, mode: number, isLenient: boolean): undefined; lenient: goes on whatever is found, and keeps it
// connectionSetParameters(connection, parameters: see verify_parameters.h): undefined
// connectionSetServerName(connection, name: string): undefined
// connectionSetProtocols(connection, protocols: Uint8Array): undefined; ALPN, each behind its length
// connectionSetShutdown(connection, state: number): undefined
// connectionSetSession(connection, session: handle): undefined
// connectionSetMtu(connection, size: number): undefined; of datagrams
// connectionRequestOcsp(connection): undefined
// connectionUseCertificate(connection, certificate: handle): undefined; a copy
// connectionUseKey(connection, key: handle): undefined
void ExportSslSettings(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_SETTINGS_H_
