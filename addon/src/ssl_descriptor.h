// Connections over the descriptor of a socket. POSIX alone.

#ifndef TSOPENSSL_SSL_DESCRIPTOR_H_
#define TSOPENSSL_SSL_DESCRIPTOR_H_

#include <napi.h>

namespace tsopenssl {

// connectionUseDescriptor(connection, descriptor: number, isGathering: boolean): undefined
//   in the place of memory, before the handshake; the descriptor is duplicated, and made non-blocking with all that share it; of
//   DTLS it must be connected; isGathering: what is to be sent waits for connectionFlush
// connectionFlush(connection): 0 | Outcome::kWantWrite, the socket takes no more now | Outcome::kSystem
// connectionWatch(connection, events: number, callback: Function | undefined): boolean
//   callback(status: 0 | negative errno, events: number) whenever one of events, 1 readable | 2 writable, is there, until it is
//   told otherwise; 0 stops; false where this runtime cannot watch
// connectionSetReferenced(connection, isReferenced: boolean): undefined; whether watching keeps the process running
// connectionEndOutput(connection, isDropping: boolean): undefined; shutdown(2), the peer sees the end
//   isDropping: what OpenSSL still wants to send, such as the answer to a new key of the peer's, is dropped and no error
void ExportSslDescriptor(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_DESCRIPTOR_H_
