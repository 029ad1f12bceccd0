// Contexts of TLS and DTLS: what connections are made with.

#ifndef TSOPENSSL_SSL_CONTEXT_H_
#define TSOPENSSL_SSL_CONTEXT_H_

#include <napi.h>
#include <openssl/ssl.h>

namespace tsopenssl {

// The context behind a handle, still owned by the handle. From now on it cannot be changed.
SSL_CTX* UsedSslContextOf(const Napi::Value& value);

// What changes a context throws TypeError once it has a connection.
//
// sslContextNew(isDatagram: boolean, role: 0 both | 1 server | 2 client, version: number): handle; 0 for any version
// sslContextNumber(context, which: number): number; see Number in ssl_context.cc
// sslContextSetNumber(context, which: number, value: number): number, what it is from now on
// sslContextUseCertificate(context, certificate: handle): undefined; a copy, as all certificates and names here
// sslContextAddChainCertificate(context, certificate: handle): undefined
// sslContextUseChain(context, certificates: handle[]): undefined; the leaf, then its issuers in the place of those before
// sslContextUseKey(context, key: handle): undefined
// sslContextCheckKey(context): undefined; throws where certificate and key do not belong together
// sslContextSetClientAuthorities(context, names: handle[]): undefined
// sslContextAddClientAuthority(context, certificate: handle): undefined
// sslContextSetSessionId(context, id: Uint8Array): undefined
// sslContextSetTicketKeys(context, keys: Uint8Array[]): undefined; sslContextTicketKeys(context): Buffer[]; see ssl_ticket_keys.h
// sslContextSetTicketKeyLifetime(context, seconds: number): undefined
// sslContextSetVerify(context, mode: number): undefined
// sslContextSetList(context, which: 0 ciphers | 1 ciphersuites | 2 groups | 3 signature algorithms, list: string): undefined
// sslContextSetProtocols(context, protocols: Uint8Array): undefined; ALPN, each behind its length
// sslContextSetSrtp(context, profiles: string): undefined
// sslContextSetDhParameters(context, pem: Uint8Array): undefined
// sslContextSetStore(context, store: handle): undefined; shared with whoever has the handle
// sslContextEnable(context, events: number): undefined; bit 1 << HookEvent, see ssl_hooks.h
void ExportSslContext(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_CONTEXT_H_
