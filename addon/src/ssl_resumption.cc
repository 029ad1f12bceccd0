#include "ssl_resumption.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "pointers.h"
#include "ssl_hooks.h"

namespace tsopenssl {

namespace {

// SSL_MAX_SID_CTX_LENGTH, and the size of SHA-256
constexpr size_t kDigestSize = 32;
static_assert(kDigestSize == SSL_MAX_SID_CTX_LENGTH);

using FreedText = Pointer<char, FreeText>;

// What belongs to a context, for as long as OpenSSL has the context.
struct SessionBinding {
  Bytes id;
  // Digest of the authorities in the store, and what it was made of; connections of several threads may ask at once
  std::mutex mutex;
  const X509_STORE* store = nullptr;
  int store_size = -1;
  Bytes store_digest;
};

void FreeBinding(void*, void* binding, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<SessionBinding*>(binding); }

int BindingIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, FreeBinding);
  return index;
}

SessionBinding* BindingOf(const SSL_CTX* context) {
  return static_cast<SessionBinding*>(SSL_CTX_get_ex_data(context, BindingIndex()));
}

// SHA-256 of texts and numbers, each behind its length
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) {
    is_right_ = context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }

  void Add(const void* data, size_t size) {
    const auto length = static_cast<uint64_t>(size);
    unsigned char prefix[sizeof length];
    for (size_t i = 0; i < sizeof length; i++) prefix[i] = static_cast<unsigned char>(length >> (8 * i));
    is_right_ = is_right_ && EVP_DigestUpdate(context_.get(), prefix, sizeof prefix) == 1 &&
                EVP_DigestUpdate(context_.get(), data, size) == 1;
  }
  void Add(std::string_view text) { Add(text.data(), text.size()); }
  void AddText(const char* text) { Add(text == nullptr ? std::string_view() : std::string_view(text)); }
  void AddNumber(unsigned long number) { Add(std::to_string(number)); }

  // Empty when something failed
  Bytes Finish() {
    Bytes digest(kDigestSize);
    if (!is_right_ || EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) digest.clear();
    return digest;
  }

 private:
  DigestContextPointer context_;
  bool is_right_ = false;
};

int SizeOf(X509_STORE* store) {
  if (X509_STORE_lock(store) != 1) return -1;
  const int size = sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
  X509_STORE_unlock(store);
  return size;
}

// The authorities that a store trusts, in an order of their own
Bytes DigestOf(X509_STORE* store) {
  const CertificatesPointer certificates(X509_STORE_get1_all_certs(store));
  if (certificates == nullptr) return {};
  std::vector<Bytes> digests;
  for (int i = 0; i < sk_X509_num(certificates.get()); i++) {
    Bytes digest(kDigestSize);
    if (X509_digest(sk_X509_value(certificates.get(), i), EVP_sha256(), digest.data(), nullptr) != 1) return {};
    digests.push_back(std::move(digest));
  }
  std::sort(digests.begin(), digests.end());
  Digest all;
  for (const Bytes& digest : digests) all.Add(digest.data(), digest.size());
  return all.Finish();
}

Bytes AuthoritiesOf(const SSL_CTX* context) {
  SessionBinding* binding = BindingOf(context);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  if (binding == nullptr || store == nullptr) return {};
  const std::lock_guard<std::mutex> lock(binding->mutex);
  const int size = SizeOf(store);
  if (binding->store != store || binding->store_size != size || size < 0) {
    binding->store_digest = DigestOf(store);
    binding->store = store;
    binding->store_size = size;
  }
  return binding->store_digest;
}

// How the peer is verified. False when that cannot be said.
bool AddVerification(Digest* digest, const Connection* connection) {
  SSL* ssl = connection->ssl.get();
  const int mode = SSL_get_verify_mode(ssl);
  digest->AddNumber(static_cast<unsigned long>(mode));
  digest->AddNumber(connection->is_lenient ? 1 : 0);
  if ((mode & SSL_VERIFY_PEER) == 0) return true;
  const Bytes authorities = AuthoritiesOf(SSL_get_SSL_CTX(ssl));
  digest->Add(authorities.data(), authorities.size());
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  digest->AddNumber(X509_VERIFY_PARAM_get_flags(parameters));
  digest->AddNumber(static_cast<unsigned long>(X509_VERIFY_PARAM_get_depth(parameters)));
  digest->AddNumber(static_cast<unsigned long>(X509_VERIFY_PARAM_get_auth_level(parameters)));
  digest->AddNumber(X509_VERIFY_PARAM_get_hostflags(parameters));
  for (int i = 0; const char* host = X509_VERIFY_PARAM_get0_host(parameters, i); i++) digest->AddText(host);
  digest->AddText(X509_VERIFY_PARAM_get0_email(parameters));
  // where there is no address OpenSSL leaves an error behind
  ERR_set_mark();
  const FreedText ip(X509_VERIFY_PARAM_get1_ip_asc(parameters));
  ERR_pop_to_mark();
  digest->AddText(ip.get());
  return !authorities.empty();
}

Bytes ClientDigest(const Connection* connection) {
  Digest digest;
  digest.Add("tsopenssl client");
  digest.AddText(SSL_get_servername(connection->ssl.get(), TLSEXT_NAMETYPE_host_name));
  if (!AddVerification(&digest, connection)) return {};
  return digest.Finish();
}

bool IsStrict(const Connection* connection) {
  return (SSL_get_verify_mode(connection->ssl.get()) & SSL_VERIFY_PEER) != 0 && !connection->is_lenient;
}

bool IsBoundTo(SSL_SESSION* session, const Bytes& digest) {
  void* data = nullptr;
  size_t size = 0;
  return SSL_SESSION_get0_ticket_appdata(session, &data, &size) == 1 && size == kDigestSize && digest.size() == size &&
         CRYPTO_memcmp(data, digest.data(), size) == 0;
}

}  // namespace

bool PrepareSessions(SSL_CTX* context) {
  auto binding = std::make_unique<SessionBinding>();
  binding->id.resize(kDigestSize);
  if (RAND_bytes(binding->id.data(), static_cast<int>(kDigestSize)) != 1) return false;
  if (SSL_CTX_set_ex_data(context, BindingIndex(), binding.get()) != 1) return false;
  binding.release();
  return true;
}

void SetSessionId(SSL_CTX* context, Bytes id) { BindingOf(context)->id = std::move(id); }

bool BindServer(Connection* connection) {
  SSL* ssl = connection->ssl.get();
  const SessionBinding* binding = BindingOf(SSL_get_SSL_CTX(ssl));
  if (binding == nullptr) return false;
  Digest digest;
  digest.Add("tsopenssl server");
  digest.Add(binding->id.data(), binding->id.size());
  digest.AddNumber(connection->requested_name ? 1 : 0);
  digest.Add(connection->requested_name.value_or(""));
  if (!AddVerification(&digest, connection)) return false;
  const Bytes id = digest.Finish();
  return !id.empty() && SSL_set_session_id_context(ssl, id.data(), static_cast<unsigned>(id.size())) == 1;
}

void BindClient(Connection* connection) {
  SSL* ssl = connection->ssl.get();
  if (SSL_in_before(ssl) == 0 || SSL_is_server(ssl) != 0) return;
  connection->binding = ClientDigest(connection);
  SSL_SESSION* session = SSL_get0_session(ssl);
  if (session == nullptr || !IsStrict(connection)) return;
  const bool is_right = SSL_get_verify_result(ssl) == X509_V_OK && IsBoundTo(session, connection->binding);
  if (!is_right) SSL_set_session(ssl, nullptr);
}

void MarkSession(const Connection* connection, SSL_SESSION* session) {
  const Bytes& digest = connection->binding;
  if (digest.empty() || IsBoundTo(session, digest)) return;
  // what was set since would be the condition of a session that was made without it
  if (ClientDigest(connection) == digest) SSL_SESSION_set1_ticket_appdata(session, digest.data(), digest.size());
}

}  // namespace tsopenssl
