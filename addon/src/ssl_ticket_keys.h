// The keys that a server's session tickets are encrypted with, RFC 5077 section 4: the first one makes tickets, all of them read.
// A context makes its own and replaces them; it keeps the keys that it was given.

#ifndef TSOPENSSL_SSL_TICKET_KEYS_H_
#define TSOPENSSL_SSL_TICKET_KEYS_H_

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "values.h"

namespace tsopenssl {

// Connections of several threads may use them at once.
class TicketKeys {
 public:
  // Name of 16 bytes, key of HMAC-SHA-256, key of AES-CBC: 16 bytes each as node:tls has them, or 32 each as OpenSSL has them.
  static constexpr size_t kShortSize = 48;
  static constexpr size_t kLongSize = 80;

  TicketKeys() = default;
  ~TicketKeys();
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;

  // These from now on, at least one, each of a size above.
  void Set(std::vector<Bytes> keys);

  // The present ones. Empty when there are no random bytes.
  std::vector<Bytes> Get();

  // How long a key of its own makes tickets; it reads them as long again.
  void SetLifetime(std::chrono::seconds lifetime);

  // What OpenSSL asks for, see SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
  int Begin(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool is_encrypting);

 private:
  void Erase();
  bool Refresh();

  std::mutex mutex_;
  std::vector<Bytes> keys_;
  bool is_given_ = false;
  std::chrono::steady_clock::time_point made_;
  std::chrono::seconds lifetime_ = std::chrono::hours(12);
};

// Gives a new context keys of its own. False when memory ran out.
bool PrepareTicketKeys(SSL_CTX* context);

std::shared_ptr<TicketKeys> TicketKeysOf(const SSL_CTX* context);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SSL_TICKET_KEYS_H_
