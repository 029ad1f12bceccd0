#include "ssl_context.h"

#include <openssl/pem.h>
#include <openssl/srtp.h>

#include <string>
#include <utility>

#include "certificate.h"
#include "error.h"
#include "export.h"
#include "key.h"
#include "name.h"
#include "pointers.h"
#include "ssl_hooks.h"
#include "ssl_resumption.h"
#include "ssl_ticket_keys.h"
#include "store.h"
#include "values.h"

namespace tsopenssl {

namespace {

// A context with what belongs to it once it is used: method tables, and the list of ciphers
constexpr int64_t kContextSize = 16384;

// What sslContextNumber and sslContextSetNumber know.
enum class Number : int32_t {
  kOptions = 0,           // set: more of them, those that are set stay
  kMode = 1,              // set: as options
  kMinVersion = 2,
  kMaxVersion = 3,
  kVerifyDepth = 4,
  kTimeout = 5,           // seconds
  kSessionCacheMode = 6,
  kSessionCacheSize = 7,
  kTickets = 8,
  kSecurityLevel = 9,
  kVerifyMode = 10,       // read only
  kClearOptions = 11,     // set only
};

struct SslContext {
  SslContextPointer pointer;
  bool is_used = false;
};

using SslContextHolder = Pointer<SslContext, Delete<SslContext>>;

SslContext* HeldContext(const Napi::Value& value) {
  return HeldBy<SslContext>(value, HandleKind::kSslContext, "context");
}

// To be asked
SSL_CTX* ContextOf(const Napi::Value& value) { return HeldContext(value)->pointer.get(); }

// To be changed
SSL_CTX* ChangedContextOf(const Napi::Value& value) {
  const SslContext* context = HeldContext(value);
  if (!context->is_used) return context->pointer.get();
  throw Napi::TypeError::New(value.Env(), "Expected a context without a connection for context");
}

[[noreturn]] void Fail(const Napi::CallbackInfo& info, const char* operation) {
  throw OpenSSLErrorOf(info.Env(), operation);
}

const SSL_METHOD* MethodOf(bool is_datagram, int role) {
  switch (role) {
    case 1:
      return is_datagram ? DTLS_server_method() : TLS_server_method();
    case 2:
      return is_datagram ? DTLS_client_method() : TLS_client_method();
    default:
      return is_datagram ? DTLS_method() : TLS_method();
  }
}

Napi::Value ContextNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const bool is_datagram = BooleanOf(info[0], "isDatagram");
  const int32_t role = IntegerOf(info[1], "role");
  const int32_t version = IntegerOf(info[2], "version");
  SslContextPointer context(SSL_CTX_new(MethodOf(is_datagram, role)));
  if (context == nullptr) Fail(info, "making a context");
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (version != 0 && (SSL_CTX_set_min_proto_version(context.get(), version) != 1 ||
                       SSL_CTX_set_max_proto_version(context.get(), version) != 1)) {
    Fail(info, "choosing the version of a context");
  }
  if (!PrepareSessions(context.get()) || !PrepareTicketKeys(context.get())) Fail(info, "making a context");
  ReadHellos(context.get());
  SslContextHolder held(new SslContext{std::move(context)});
  return HandleOf(info.Env(), HandleKind::kSslContext, std::move(held), kContextSize);
}

double NumberOf(const SSL_CTX* constant, Number which) {
  auto* const context = const_cast<SSL_CTX*>(constant);  // OpenSSL's macros want it so
  switch (which) {
    case Number::kOptions:
    case Number::kClearOptions:
      return static_cast<double>(SSL_CTX_get_options(context));
    case Number::kMode:
      return static_cast<double>(SSL_CTX_get_mode(context));
    case Number::kMinVersion:
      return static_cast<double>(SSL_CTX_get_min_proto_version(context));
    case Number::kMaxVersion:
      return static_cast<double>(SSL_CTX_get_max_proto_version(context));
    case Number::kVerifyDepth:
      return SSL_CTX_get_verify_depth(context);
    case Number::kTimeout:
      return static_cast<double>(SSL_CTX_get_timeout(context));
    case Number::kSessionCacheMode:
      return static_cast<double>(SSL_CTX_get_session_cache_mode(context));
    case Number::kSessionCacheSize:
      return static_cast<double>(SSL_CTX_sess_get_cache_size(context));
    case Number::kTickets:
      return static_cast<double>(SSL_CTX_get_num_tickets(context));
    case Number::kSecurityLevel:
      return SSL_CTX_get_security_level(context);
    case Number::kVerifyMode:
      return SSL_CTX_get_verify_mode(context);
  }
  return 0;
}

Napi::Value ContextNumber(const Napi::CallbackInfo& info) {
  const SSL_CTX* context = ContextOf(info[0]);
  return Napi::Number::New(info.Env(), NumberOf(context, static_cast<Number>(IntegerOf(info[1], "which"))));
}

bool SetNumber(SSL_CTX* context, Number which, uint64_t value) {
  const auto number = static_cast<long>(value);
  switch (which) {
    case Number::kOptions:
      SSL_CTX_set_options(context, value);
      return true;
    case Number::kClearOptions:
      SSL_CTX_clear_options(context, value);
      return true;
    case Number::kMode:
      SSL_CTX_set_mode(context, number);
      return true;
    case Number::kMinVersion:
      return SSL_CTX_set_min_proto_version(context, static_cast<int>(value)) == 1;
    case Number::kMaxVersion:
      return SSL_CTX_set_max_proto_version(context, static_cast<int>(value)) == 1;
    case Number::kVerifyDepth:
      SSL_CTX_set_verify_depth(context, static_cast<int>(value));
      return true;
    case Number::kTimeout:
      SSL_CTX_set_timeout(context, number);
      return true;
    case Number::kSessionCacheMode:
      SSL_CTX_set_session_cache_mode(context, number);
      return true;
    case Number::kSessionCacheSize:
      SSL_CTX_sess_set_cache_size(context, number);
      return true;
    case Number::kTickets:
      return SSL_CTX_set_num_tickets(context, static_cast<size_t>(value)) == 1;
    case Number::kSecurityLevel:
      SSL_CTX_set_security_level(context, static_cast<int>(value));
      return true;
    case Number::kVerifyMode:
      return false;
  }
  return false;
}

Napi::Value ContextSetNumber(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL_CTX* context = ChangedContextOf(info[0]);
  const auto which = static_cast<Number>(IntegerOf(info[1], "which"));
  if (!SetNumber(context, which, UnsignedOf(info[2], "value"))) Fail(info, "setting a number of a context");
  return Napi::Number::New(info.Env(), NumberOf(context, which));
}

CertificatePointer CopyOf(const Napi::Value& value) {
  CertificatePointer copy(X509_dup(CertificateOf(value, "certificate")));
  if (copy == nullptr) throw OpenSSLErrorOf(value.Env(), "copying a certificate");
  return copy;
}

Napi::Value ContextUseCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const CertificatePointer copy = CopyOf(info[1]);
  if (SSL_CTX_use_certificate(ChangedContextOf(info[0]), copy.get()) != 1) Fail(info, "using a certificate");
  return info.Env().Undefined();
}

Napi::Value ContextAddChainCertificate(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  CertificatePointer copy = CopyOf(info[1]);
  if (SSL_CTX_add_extra_chain_cert(ChangedContextOf(info[0]), copy.get()) != 1) Fail(info, "adding to a chain");
  copy.release();
  return info.Env().Undefined();
}

Napi::Value ContextUseChain(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL_CTX* context = ChangedContextOf(info[0]);
  if (!info[1].IsArray()) throw Napi::TypeError::New(info.Env(), "Expected an array for certificates");
  const auto handles = info[1].As<Napi::Array>();
  CertificatesPointer issuers(sk_X509_new_null());
  CertificatePointer leaf;
  for (uint32_t i = 0; i < handles.Length(); i++) {
    CertificatePointer copy = CopyOf(handles.Get(i));
    if (i == 0) {
      leaf = std::move(copy);
    } else if (issuers == nullptr || sk_X509_push(issuers.get(), copy.get()) <= 0) {
      Fail(info, "collecting certificates");
    } else {
      copy.release();
    }
  }
  if (leaf == nullptr) throw Napi::RangeError::New(info.Env(), "Expected at least one certificate");
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1) Fail(info, "using a certificate");
  if (SSL_CTX_set0_chain(context, issuers.get()) != 1) Fail(info, "using a chain");
  issuers.release();
  return info.Env().Undefined();
}

Napi::Value ContextUseKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL_CTX* context = ChangedContextOf(info[0]);
  if (SSL_CTX_use_PrivateKey(context, KeyOf(info[1], "key")) != 1) Fail(info, "using a key");
  return info.Env().Undefined();
}

Napi::Value ContextCheckKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  if (SSL_CTX_check_private_key(ContextOf(info[0])) != 1) Fail(info, "checking a key with its certificate");
  return info.Env().Undefined();
}

Napi::Value ContextSetClientAuthorities(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL_CTX* context = ChangedContextOf(info[0]);
  if (!info[1].IsArray()) throw Napi::TypeError::New(info.Env(), "Expected an array for names");
  const auto handles = info[1].As<Napi::Array>();
  NamesPointer names(sk_X509_NAME_new_null());
  for (uint32_t i = 0; i < handles.Length(); i++) {
    NamePointer copy(X509_NAME_dup(NameOf(handles.Get(i), "names")));
    if (copy == nullptr || names == nullptr || sk_X509_NAME_push(names.get(), copy.get()) <= 0) {
      Fail(info, "collecting names");
    }
    copy.release();
  }
  SSL_CTX_set_client_CA_list(context, names.release());
  return info.Env().Undefined();
}

Napi::Value ContextAddClientAuthority(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const CertificatePointer copy = CopyOf(info[1]);
  if (SSL_CTX_add_client_CA(ChangedContextOf(info[0]), copy.get()) != 1) Fail(info, "adding an authority for clients");
  return info.Env().Undefined();
}

Napi::Value ContextSetSessionId(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Bytes id = BytesOf(info[1], "id");
  if (SSL_CTX_set_session_id_context(ChangedContextOf(info[0]), id.data(), static_cast<unsigned>(id.size())) != 1) {
    Fail(info, "setting the id of sessions");
  }
  SetSessionId(ChangedContextOf(info[0]), id);
  return info.Env().Undefined();
}

// At any time: other threads may be at work with the context.
Napi::Value ContextSetTicketKeys(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[1].IsArray() || info[1].As<Napi::Array>().Length() == 0) throw Napi::TypeError::New(env, "Expected an array of keys");
  const auto given = info[1].As<Napi::Array>();
  std::vector<Bytes> keys;
  for (uint32_t i = 0; i < given.Length(); i++) {
    keys.push_back(BytesOf(given.Get(i), "a key"));
    const size_t size = keys.back().size();
    if (size != TicketKeys::kShortSize && size != TicketKeys::kLongSize) {
      throw Napi::RangeError::New(env, "Expected keys of 48 or 80 bytes, got one of " + std::to_string(size));
    }
  }
  TicketKeysOf(ContextOf(info[0]))->Set(std::move(keys));
  return env.Undefined();
}

Napi::Value ContextTicketKeys(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::vector<Bytes> keys = TicketKeysOf(ContextOf(info[0]))->Get();
  if (keys.empty()) Fail(info, "making keys of tickets");
  Napi::Array result = Napi::Array::New(env, keys.size());
  for (size_t i = 0; i < keys.size(); i++) {
    result.Set(static_cast<uint32_t>(i), BufferOf(env, keys[i].data(), keys[i].size()));
    OPENSSL_cleanse(keys[i].data(), keys[i].size());
  }
  return result;
}

Napi::Value ContextSetTicketKeyLifetime(const Napi::CallbackInfo& info) {
  const auto lifetime = std::chrono::seconds(IntegerOf(info[1], "seconds"));
  TicketKeysOf(ContextOf(info[0]))->SetLifetime(lifetime);
  return info.Env().Undefined();
}

Napi::Value ContextSetVerify(const Napi::CallbackInfo& info) {
  SSL_CTX* context = ChangedContextOf(info[0]);
  SSL_CTX_set_verify(context, IntegerOf(info[1], "mode"), SSL_CTX_get_verify_callback(context));
  return info.Env().Undefined();
}

Napi::Value ContextSetList(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL_CTX* context = ChangedContextOf(info[0]);
  const std::string list = TextOf(info[2], "list");
  switch (IntegerOf(info[1], "which")) {
    case 0:
      if (SSL_CTX_set_cipher_list(context, list.c_str()) != 1) Fail(info, "setting ciphers");
      break;
    case 1:
      if (SSL_CTX_set_ciphersuites(context, list.c_str()) != 1) Fail(info, "setting the ciphers of TLS 1.3");
      break;
    case 2:
      if (SSL_CTX_set1_groups_list(context, list.c_str()) != 1) Fail(info, "setting groups");
      break;
    default:
      if (SSL_CTX_set1_sigalgs_list(context, list.c_str()) != 1) Fail(info, "setting signature algorithms");
  }
  return info.Env().Undefined();
}

Napi::Value ContextSetProtocols(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Bytes protocols = BytesOf(info[1], "protocols");
  // unlike everything else, this one answers 0 where it has done it
  if (SSL_CTX_set_alpn_protos(ChangedContextOf(info[0]), protocols.data(), static_cast<unsigned>(protocols.size())) != 0) {
    Fail(info, "setting protocols");
  }
  return info.Env().Undefined();
}

Napi::Value ContextSetSrtp(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const std::string profiles = TextOf(info[1], "profiles");
  if (SSL_CTX_set_tlsext_use_srtp(ChangedContextOf(info[0]), profiles.c_str()) != 0) Fail(info, "setting profiles of SRTP");
  return info.Env().Undefined();
}

Napi::Value ContextSetDhParameters(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Bytes pem = BytesOf(info[1], "pem");
  const BioPointer bio = ReadingBio(pem);
  KeyPointer parameters(bio == nullptr ? nullptr : PEM_read_bio_Parameters(bio.get(), nullptr));
  if (parameters == nullptr || SSL_CTX_set0_tmp_dh_pkey(ChangedContextOf(info[0]), parameters.get()) != 1) {
    Fail(info, "using Diffie-Hellman parameters");
  }
  parameters.release();
  return info.Env().Undefined();
}

Napi::Value ContextSetStore(const Napi::CallbackInfo& info) {
  SSL_CTX_set1_cert_store(ChangedContextOf(info[0]), StoreOf(info[1], "store"));
  return info.Env().Undefined();
}

Napi::Value ContextEnable(const Napi::CallbackInfo& info) {
  EnableHooks(ChangedContextOf(info[0]), static_cast<uint32_t>(IntegerOf(info[1], "events")));
  return info.Env().Undefined();
}

}  // namespace

SSL_CTX* UsedSslContextOf(const Napi::Value& value) {
  SslContext* context = HeldContext(value);
  context->is_used = true;
  return context->pointer.get();
}

void ExportSslContext(Napi::Object exports) {
  Export<ContextNew>(exports, "sslContextNew");
  Export<ContextNumber>(exports, "sslContextNumber");
  Export<ContextSetNumber>(exports, "sslContextSetNumber");
  Export<ContextUseCertificate>(exports, "sslContextUseCertificate");
  Export<ContextAddChainCertificate>(exports, "sslContextAddChainCertificate");
  Export<ContextUseChain>(exports, "sslContextUseChain");
  Export<ContextUseKey>(exports, "sslContextUseKey");
  Export<ContextCheckKey>(exports, "sslContextCheckKey");
  Export<ContextSetClientAuthorities>(exports, "sslContextSetClientAuthorities");
  Export<ContextAddClientAuthority>(exports, "sslContextAddClientAuthority");
  Export<ContextSetSessionId>(exports, "sslContextSetSessionId");
  Export<ContextSetTicketKeys>(exports, "sslContextSetTicketKeys");
  Export<ContextTicketKeys>(exports, "sslContextTicketKeys");
  Export<ContextSetTicketKeyLifetime>(exports, "sslContextSetTicketKeyLifetime");
  Export<ContextSetVerify>(exports, "sslContextSetVerify");
  Export<ContextSetList>(exports, "sslContextSetList");
  Export<ContextSetProtocols>(exports, "sslContextSetProtocols");
  Export<ContextSetSrtp>(exports, "sslContextSetSrtp");
  Export<ContextSetDhParameters>(exports, "sslContextSetDhParameters");
  Export<ContextSetStore>(exports, "sslContextSetStore");
  Export<ContextEnable>(exports, "sslContextEnable");
}

}  // namespace tsopenssl
