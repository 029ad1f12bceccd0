#include "ssl_ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <utility>

#include "ssl_connection.h"

namespace tsopenssl {

namespace {

constexpr size_t kNameSize = 16;
constexpr int kIvSize = 16;

using Holder = std::shared_ptr<TicketKeys>;

void FreeHolder(void*, void* holder, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Holder*>(holder); }

int HolderIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, FreeHolder);
  return index;
}

// OpenSSL asks for the keys of the context that a connection began with, whichever it has by now.
int OnTicket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int is_encrypting) noexcept {
  return ConnectionOf(ssl)->ticket_keys->Begin(name, iv, cipher, mac, is_encrypting != 0);
}

}  // namespace

TicketKeys::~TicketKeys() { Erase(); }

void TicketKeys::Erase() {
  for (Bytes& key : keys_) OPENSSL_cleanse(key.data(), key.size());
  keys_.clear();
}

void TicketKeys::Set(std::vector<Bytes> keys) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Erase();
  keys_ = std::move(keys);
  is_given_ = true;
}

std::vector<Bytes> TicketKeys::Get() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return Refresh() ? keys_ : std::vector<Bytes>();
}

void TicketKeys::SetLifetime(std::chrono::seconds lifetime) {
  const std::lock_guard<std::mutex> lock(mutex_);
  lifetime_ = lifetime;
}

// False when there are no random bytes.
bool TicketKeys::Refresh() {
  if (is_given_) return true;
  const auto now = std::chrono::steady_clock::now();
  const auto age = now - made_;
  if (!keys_.empty() && age < lifetime_) return true;
  Bytes fresh(kLongSize);
  if (RAND_priv_bytes(fresh.data(), static_cast<int>(fresh.size())) != 1) return false;
  std::vector<Bytes> next;
  next.push_back(std::move(fresh));
  const bool is_still_read = !keys_.empty() && age < 2 * lifetime_;
  if (is_still_read) next.push_back(keys_.front());
  Erase();
  keys_ = std::move(next);
  made_ = now;
  return true;
}

int TicketKeys::Begin(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool is_encrypting) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!Refresh()) return -1;
  if (is_encrypting) {
    if (RAND_bytes(iv, kIvSize) != 1) return -1;
    std::copy_n(keys_.front().data(), kNameSize, name);
  }
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [name](const Bytes& key) { return std::equal(name, name + kNameSize, key.data()); });
  if (found == keys_.end()) return 0;
  const size_t size = (found->size() - kNameSize) / 2;
  unsigned char* const mac_key = found->data() + kNameSize;
  const unsigned char* const key = mac_key + size;
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, mac_key, size),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  const EVP_CIPHER* const aes = size == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
  const bool is_ready = EVP_MAC_CTX_set_params(mac, parameters) == 1 &&
                        EVP_CipherInit_ex2(cipher, aes, key, iv, is_encrypting ? 1 : 0, nullptr) == 1;
  if (!is_ready) return -1;
  // 2: the client gets a ticket of the first key
  return is_encrypting || found == keys_.begin() ? 1 : 2;
}

bool PrepareTicketKeys(SSL_CTX* context) {
  auto holder = std::make_unique<Holder>(std::make_shared<TicketKeys>());
  if (SSL_CTX_set_ex_data(context, HolderIndex(), holder.get()) != 1) return false;
  holder.release();
  return SSL_CTX_set_tlsext_ticket_key_evp_cb(context, OnTicket) == 1;
}

std::shared_ptr<TicketKeys> TicketKeysOf(const SSL_CTX* context) {
  return *static_cast<Holder*>(SSL_CTX_get_ex_data(context, HolderIndex()));
}

}  // namespace tsopenssl
