#include "ssl_session.h"

#include "error.h"
#include "export.h"
#include "values.h"

namespace tsopenssl {

namespace {

// A session with the peer's certificate
constexpr int64_t kSessionSize = 4096;

Napi::Value SessionLoad(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Bytes der = BytesOf(info[0], "der");
  const unsigned char* at = der.data();
  SessionPointer session(d2i_SSL_SESSION(nullptr, &at, static_cast<long>(der.size())));
  if (session == nullptr || at != der.data() + der.size()) throw OpenSSLErrorOf(info.Env(), "reading a session");
  return SessionHandleOf(info.Env(), std::move(session));
}

Napi::Value SessionDump(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SSL_SESSION* session = SessionOf(info[0]);
  unsigned char* der = nullptr;
  const int size = i2d_SSL_SESSION(session, &der);
  if (size <= 0) throw OpenSSLErrorOf(info.Env(), "writing a session");
  const Pointer<unsigned char, FreeBytes> owner(der);
  const auto buffer = BufferOf(info.Env(), der, static_cast<size_t>(size));
  OPENSSL_cleanse(der, static_cast<size_t>(size));
  return buffer;
}

Napi::Value SessionFacts(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  SSL_SESSION* session = SessionOf(info[0]);
  Napi::Object facts = Napi::Object::New(env);
  unsigned size = 0;
  const unsigned char* id = SSL_SESSION_get_id(session, &size);
  facts.Set("id", BufferOf(env, id, size));
  facts.Set("epochSeconds", Napi::Number::New(env, static_cast<double>(SSL_SESSION_get_time_ex(session))));
  facts.Set("timeoutSeconds", Napi::Number::New(env, static_cast<double>(SSL_SESSION_get_timeout(session))));
  facts.Set("protocol", Napi::Number::New(env, SSL_SESSION_get_protocol_version(session)));
  const SSL_CIPHER* cipher = SSL_SESSION_get0_cipher(session);
  facts.Set("cipher", cipher == nullptr ? "" : SSL_CIPHER_get_name(cipher));
  facts.Set("hasTicket", Napi::Boolean::New(env, SSL_SESSION_has_ticket(session) == 1));
  const auto hint = static_cast<double>(SSL_SESSION_get_ticket_lifetime_hint(session));
  facts.Set("lifetimeHintSeconds", Napi::Number::New(env, hint));
  facts.Set("isResumable", Napi::Boolean::New(env, SSL_SESSION_is_resumable(session) == 1));
  return facts;
}

}  // namespace

Napi::Value SessionHandleOf(Napi::Env env, SessionPointer session) {
  return HandleOf<SSL_SESSION, SSL_SESSION_free>(env, HandleKind::kSslSession, std::move(session), kSessionSize);
}

SSL_SESSION* SessionOf(const Napi::Value& value) {
  return HeldBy<SSL_SESSION>(value, HandleKind::kSslSession, "session");
}

void ExportSslSession(Napi::Object exports) {
  Export<SessionLoad>(exports, "sessionLoad");
  Export<SessionDump>(exports, "sessionDump");
  Export<SessionFacts>(exports, "sessionFacts");
}

}  // namespace tsopenssl
