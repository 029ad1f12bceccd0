// What a connection says of itself and of its peer.

#ifndef TSOPENSSL_SSL_FACTS_H_
#define TSOPENSSL_SSL_FACTS_H_

#include <napi.h>

namespace tsopenssl {

// connectionText(connection, which): string | undefined; see Text in ssl_facts.cc
// connectionNumber(connection, which): number; see Fact
// connectionBytes(connection, which): Buffer | undefined; see Secret: what is secret is in JavaScript's hands from then on
// connectionKeyingMaterial(connection, label: string, size: number, context: Uint8Array | undefined): Buffer
// connectionCertificate(connection, isPeer: boolean): handle | undefined; a copy, as all certificates and names here
// connectionChain(connection, isVerified: boolean): handle[] | undefined, leaf first; of the peer
// connectionClientAuthorities(connection): handle[] of names; of a server those that it has, of a client those that it was sent
// connectionCiphers(connection): string[]
// connectionSession(connection): handle | undefined
// connectionTimeout(connection): number | undefined, milliseconds until something must be sent again
void ExportSslFacts(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_FACTS_H_
