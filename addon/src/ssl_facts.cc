#include "ssl_facts.h"

#include <openssl/srtp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <string>
#include <utility>

#include "certificate.h"
#include "error.h"
#include "export.h"
#include "name.h"
#include "ssl_connection.h"
#include "ssl_resumption.h"
#include "ssl_session.h"
#include "values.h"

#ifdef _WIN32
#include <winsock2.h>
#else
#include <sys/time.h>
#endif

namespace tsopenssl {

namespace {

enum class Text : int32_t {
  kState = 0,       // what it does, SSL_state_string_long(3)
  kServerName = 1,  // as the client asked for it
  kCipher = 2,
  kCipherVersion = 3,
  kProtocol = 4,
  kGroup = 5,
  kSrtpProfile = 6,
};

enum class Fact : int32_t {
  kProtocol = 0,
  kCipherBits = 1,
  kShutdown = 2,
  kPending = 3,
  kVerifyMode = 4,
  kVerifyResult = 5,
  kIsReused = 6,
  kRenegotiations = 7,
  kIsRenegotiating = 8,
  kWant = 9,  // SSL_want(3)
  kDataMtu = 10,
  kOutput = 11,     // bytes that wait to be sent
  kHasEnding = 12,  // 1: connectionFill has more to say than the bytes that it answered
  kHasPeerCertificate = 13,
  kHasNewSession = 14,  // 1: it has a session to go on with that it did not have when this was last asked
  kIsAnonymous = 15,    // 1: the cipher authenticates nobody
};

enum class Secret : int32_t {
  kServerRandom = 0,
  kClientRandom = 1,
  kMasterKey = 2,
  kFinished = 3,
  kPeerFinished = 4,
  kProtocol = 5,  // ALPN
  kOcspResponse = 6,
};

const char* TextOf(const Connection& connection, Text which) {
  SSL* ssl = connection.ssl.get();
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  switch (which) {
    case Text::kState:
      return SSL_state_string_long(ssl);
    case Text::kServerName:
      // of a server OpenSSL has it only when the ClientHello has been read to its end
      if (connection.has_hello) return connection.requested_name ? connection.requested_name->c_str() : nullptr;
      return SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    case Text::kCipher:
      return cipher == nullptr ? nullptr : SSL_CIPHER_get_name(cipher);
    case Text::kCipherVersion:
      return cipher == nullptr ? nullptr : SSL_CIPHER_get_version(cipher);
    case Text::kProtocol:
      return SSL_get_version(ssl);
    case Text::kGroup:
      // OpenSSL looks for it in the session without asking whether there is one
      return SSL_get_session(ssl) == nullptr ? nullptr : SSL_get0_group_name(ssl);
    case Text::kSrtpProfile: {
      const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(ssl);
      return profile == nullptr ? nullptr : profile->name;
    }
  }
  return nullptr;
}

Napi::Value ConnectionText(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const char* text = TextOf(*ConnectionOf(info[0]), static_cast<Text>(IntegerOf(info[1], "which")));
  if (text == nullptr) return info.Env().Undefined();
  return Napi::String::New(info.Env(), text);
}

int HasNewSession(Connection* connection) {
  SSL_SESSION* session = SSL_get0_session(connection->ssl.get());
  if (session == nullptr || session == connection->seen_session.get() || SSL_SESSION_is_resumable(session) == 0) return 0;
  SSL_SESSION_up_ref(session);
  connection->seen_session.reset(session);
  return 1;
}

// How many bytes wait to be sent, in memory or for the socket.
size_t OutputOf(const Connection& connection) {
  if (connection.descriptor != nullptr) return connection.descriptor->pending();
  return connection.from == nullptr ? 0 : BIO_ctrl_pending(connection.from);
}

int NumberOf(Connection* held, Fact which) {
  const Connection& connection = *held;
  SSL* ssl = connection.ssl.get();
  switch (which) {
    case Fact::kProtocol:
      return SSL_version(ssl);
    case Fact::kCipherBits:
      return SSL_get_cipher_bits(ssl, nullptr);
    case Fact::kShutdown:
      return SSL_get_shutdown(ssl);
    case Fact::kPending:
      return SSL_pending(ssl);
    case Fact::kVerifyMode:
      return SSL_get_verify_mode(ssl);
    case Fact::kVerifyResult:
      return static_cast<int>(SSL_get_verify_result(ssl));
    case Fact::kIsReused:
      return SSL_session_reused(ssl);
    case Fact::kRenegotiations:
      return static_cast<int>(SSL_total_renegotiations(ssl));
    case Fact::kIsRenegotiating:
      return SSL_renegotiate_pending(ssl);
    case Fact::kWant:
      return SSL_want(ssl);
    case Fact::kDataMtu:
      // OpenSSL takes every connection for one of datagrams here
      return SSL_is_dtls(ssl) == 0 ? 0 : static_cast<int>(DTLS_get_data_mtu(ssl));
    case Fact::kHasPeerCertificate:
      return SSL_get0_peer_certificate(ssl) == nullptr ? 0 : 1;
    case Fact::kIsAnonymous: {
      const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
      return cipher != nullptr && SSL_CIPHER_get_auth_nid(cipher) == NID_auth_null ? 1 : 0;
    }
    case Fact::kHasNewSession:
      return HasNewSession(held);
    case Fact::kHasEnding:
      return connection.ending == 0 ? 0 : 1;
    case Fact::kOutput:
      return static_cast<int>(std::min<size_t>(OutputOf(connection), INT32_MAX));
  }
  return 0;
}

Napi::Value ConnectionNumber(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Connection* connection = ConnectionOf(info[0]);
  return Napi::Number::New(info.Env(), NumberOf(connection, static_cast<Fact>(IntegerOf(info[1], "which"))));
}

// What OpenSSL copies into memory of the caller, of at most so many bytes
template <typename Copy>
Napi::Value Copied(Napi::Env env, size_t max_size, Copy copy) {
  SecretBytes bytes{Bytes(max_size)};
  const size_t size = copy(bytes.data(), max_size);
  if (size == 0) return env.Undefined();
  return BufferOf(env, bytes.data(), std::min(size, max_size));
}

Napi::Value ConnectionBytes(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  SSL* ssl = ConnectionOf(info[0])->ssl.get();
  const auto which = static_cast<Secret>(IntegerOf(info[1], "which"));
  if (SSL_get_session(ssl) == nullptr && which <= Secret::kMasterKey) return env.Undefined();
  switch (which) {
    case Secret::kServerRandom:
      return Copied(env, SSL3_RANDOM_SIZE, [ssl](unsigned char* to, size_t n) { return SSL_get_server_random(ssl, to, n); });
    case Secret::kClientRandom:
      return Copied(env, SSL3_RANDOM_SIZE, [ssl](unsigned char* to, size_t n) { return SSL_get_client_random(ssl, to, n); });
    case Secret::kMasterKey:
      return Copied(env, SSL_MAX_MASTER_KEY_LENGTH, [ssl](unsigned char* to, size_t n) {
        return SSL_SESSION_get_master_key(SSL_get_session(ssl), to, n);
      });
    case Secret::kFinished:
      return Copied(env, EVP_MAX_MD_SIZE, [ssl](unsigned char* to, size_t n) { return SSL_get_finished(ssl, to, n); });
    case Secret::kPeerFinished:
      return Copied(env, EVP_MAX_MD_SIZE, [ssl](unsigned char* to, size_t n) { return SSL_get_peer_finished(ssl, to, n); });
    case Secret::kOcspResponse: {
      const unsigned char* data = nullptr;
      const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &data);
      if (size <= 0) return env.Undefined();
      return BufferOf(env, data, static_cast<size_t>(size));
    }
    case Secret::kProtocol: {
      const unsigned char* data = nullptr;
      unsigned size = 0;
      SSL_get0_alpn_selected(ssl, &data, &size);
      if (size == 0) return env.Undefined();
      return BufferOf(env, data, size);
    }
  }
  return env.Undefined();
}

Napi::Value ConnectionKeyingMaterial(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = ConnectionOf(info[0])->ssl.get();
  const std::string label = tsopenssl::TextOf(info[1], "label");
  SecretBytes material{Bytes(static_cast<size_t>(std::max(IntegerOf(info[2], "size"), 0)))};
  const bool has_context = !info[3].IsUndefined();
  const Bytes context = has_context ? BytesOf(info[3], "context") : Bytes();
  if (SSL_export_keying_material(ssl, material.data(), material.size(), label.data(),
                                 label.size(), context.data(), context.size(), has_context ? 1 : 0) != 1) {
    throw OpenSSLErrorOf(info.Env(), "exporting keying material");
  }
  return BufferOf(info.Env(), material.data(), material.size());
}

Napi::Value CopyOrUndefined(Napi::Env env, const X509* certificate) {
  return certificate == nullptr ? env.Undefined() : CertificateCopyOf(env, certificate);
}

Napi::Value ConnectionCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL* ssl = ConnectionOf(info[0])->ssl.get();
  const bool is_peer = BooleanOf(info[1], "isPeer");
  return CopyOrUndefined(info.Env(), is_peer ? SSL_get0_peer_certificate(ssl) : SSL_get_certificate(ssl));
}

Napi::Value ConnectionChain(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  SSL* ssl = ConnectionOf(info[0])->ssl.get();
  const bool is_verified = BooleanOf(info[1], "isVerified");
  const STACK_OF(X509)* chain = is_verified ? SSL_get0_verified_chain(ssl) : SSL_get_peer_cert_chain(ssl);
  const X509* leaf = SSL_get0_peer_certificate(ssl);
  if (chain == nullptr || leaf == nullptr) return env.Undefined();
  Napi::Array copies = Napi::Array::New(env);
  // of a client a server has the leaf by itself
  if (!is_verified && SSL_is_server(ssl) != 0) copies.Set(copies.Length(), CertificateCopyOf(env, leaf));
  for (int i = 0; i < sk_X509_num(chain); i++) copies.Set(copies.Length(), CertificateCopyOf(env, sk_X509_value(chain, i)));
  return copies;
}

Napi::Value ConnectionClientAuthorities(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Napi::Array names = Napi::Array::New(info.Env());
  const STACK_OF(X509_NAME)* list = SSL_get_client_CA_list(ConnectionOf(info[0])->ssl.get());
  for (int i = 0; i < sk_X509_NAME_num(list); i++) {
    names.Set(static_cast<uint32_t>(i), NameHandleOf(info.Env(), sk_X509_NAME_value(list, i)));
  }
  return names;
}

Napi::Value ConnectionCiphers(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Napi::Array names = Napi::Array::New(info.Env());
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_get_ciphers(ConnectionOf(info[0])->ssl.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
    names.Set(static_cast<uint32_t>(i), SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)));
  }
  return names;
}

Napi::Value ConnectionSession(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Connection* connection = ConnectionOf(info[0]);
  SessionPointer session(SSL_get1_session(connection->ssl.get()));
  if (session == nullptr) return info.Env().Undefined();
  MarkSession(connection, session.get());
  return SessionHandleOf(info.Env(), std::move(session));
}

Napi::Value ConnectionTimeout(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  timeval left{};
  if (DTLSv1_get_timeout(ConnectionOf(info[0])->ssl.get(), &left) != 1) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(left.tv_sec) * 1e3 + static_cast<double>(left.tv_usec) / 1e3);
}

}  // namespace

void ExportSslFacts(Napi::Object exports) {
  Export<ConnectionText>(exports, "connectionText");
  Export<ConnectionNumber>(exports, "connectionNumber");
  Export<ConnectionBytes>(exports, "connectionBytes");
  Export<ConnectionKeyingMaterial>(exports, "connectionKeyingMaterial");
  Export<ConnectionCertificate>(exports, "connectionCertificate");
  Export<ConnectionChain>(exports, "connectionChain");
  Export<ConnectionClientAuthorities>(exports, "connectionClientAuthorities");
  Export<ConnectionCiphers>(exports, "connectionCiphers");
  Export<ConnectionSession>(exports, "connectionSession");
  Export<ConnectionTimeout>(exports, "connectionTimeout");
}

}  // namespace tsopenssl
