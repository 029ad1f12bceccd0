#include "ssl_connection.h"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "certificate.h"
#include "export.h"
#include "platform.h"
#include "ssl_context.h"
#include "ssl_hooks.h"
#include "ssl_resumption.h"
#include "ssl_states.h"
#include "ssl_ticket_keys.h"
#include "store.h"
#include "values.h"

namespace tsopenssl {

namespace {

// A connection with its buffers, as it is while it is used
constexpr int64_t kConnectionSize = 49152;

int ConnectionIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// Refuses what would go on with a connection while OpenSSL asks a callback.
void RequireRest(Napi::Env env, const Connection* connection) {
  if (connection->function == nullptr) return;
  throw Napi::TypeError::New(env, "Expected a connection that is not at work, got one that asks a callback");
}

[[noreturn]] void Fail(const Napi::CallbackInfo& info, const char* operation) {
  throw OpenSSLErrorOf(info.Env(), operation);
}

Napi::Value ConnectionNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  ConnectionHolder connection(new Connection());
  connection->ssl.reset(SSL_new(UsedSslContextOf(info[0])));
  connection->events = static_cast<uint32_t>(IntegerOf(info[1], "events"));
  SSL* ssl = connection->ssl.get();
  if (ssl == nullptr || SSL_set_ex_data(ssl, ConnectionIndex(), connection.get()) != 1) Fail(info, "making a connection");
  connection->ticket_keys = TicketKeysOf(SSL_get_SSL_CTX(ssl));
  AskAboutCertificates(ssl, SSL_get_verify_mode(ssl));
  // of datagrams the ends are kept
  const BIO_METHOD* method = SSL_is_dtls(ssl) != 0 ? BIO_s_dgram_mem() : BIO_s_mem();
  BioPointer into(BIO_new(method));
  BioPointer from(BIO_new(method));
  if (into == nullptr || from == nullptr) Fail(info, "making a connection");
  // an empty one is one that has nothing yet
  BIO_set_mem_eof_return(into.get(), -1);
  BIO_set_mem_eof_return(from.get(), -1);
  connection->into = into.get();
  connection->from = from.get();
  SSL_set_bio(ssl, into.release(), from.release());
  return HandleOf(info.Env(), HandleKind::kSslConnection, std::move(connection), kConnectionSize);
}

// What a call answered, where it did not do what was asked; what OpenSSL and the system said is kept for connectionFailure.
int32_t OutcomeOf(Connection* connection, int result, int system_error) {
  const SSL* ssl = connection->ssl.get();
  const int error = SSL_get_error(ssl, result);
  const bool has_failed = HasFailed(ssl);
  connection->system_error = 0;
  connection->errors.clear();
  // OpenSSL says of a connection that has failed what it waited for before
  switch (has_failed ? SSL_ERROR_SSL : error) {
    case SSL_ERROR_WANT_READ:
      return kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return kWantWrite;
    case SSL_ERROR_WANT_X509_LOOKUP:
    case SSL_ERROR_WANT_CLIENT_HELLO_CB:
    case SSL_ERROR_WANT_RETRY_VERIFY:
      return kWantCertificate;
    case SSL_ERROR_ZERO_RETURN:
      return kClosed;
    default:
      break;
  }
  connection->errors = DrainErrors();
  const bool is_cut =
      !connection->errors.empty() && ERR_GET_REASON(connection->errors.front().code) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (is_cut) return kSystem;
  // what the system said stands in the queue, or in errno alone
  if (error == SSL_ERROR_SYSCALL && !connection->errors.empty() && ERR_SYSTEM_ERROR(connection->errors.front().code)) {
    connection->system_error = ERR_GET_REASON(connection->errors.front().code);
    return kSystem;
  }
  if (has_failed || error != SSL_ERROR_SYSCALL || !connection->errors.empty()) return kFailed;
  connection->system_error = system_error;
  return kSystem;
}

// Calls OpenSSL once for a connection, with `info[1]` as the function that it may ask.
template <typename Call>
int32_t Called(const Napi::CallbackInfo& info, Connection* connection, Call call) {
  RequireRest(info.Env(), connection);
  if (connection->is_closed) throw Napi::TypeError::New(info.Env(), "Expected a connection that is open");
  const ErrorScope scope;
  BindClient(connection);
  const HookScope hook(connection, info[1]);
  errno = 0;
  const int result = call(connection->ssl.get());
  const int system_error = errno;
  return result > 0 ? result : OutcomeOf(connection, result, system_error);
}

Napi::Value NumberFrom(const Napi::CallbackInfo& info, int32_t number) {
  return Napi::Number::New(info.Env(), number);
}

Napi::Value ConnectionHandshake(const Napi::CallbackInfo& info) {
  return NumberFrom(info, Called(info, ConnectionOf(info[0]), SSL_do_handshake));
}

// The bytes of a Uint8Array, where they are
struct View {
  unsigned char* data;
  size_t size;
};

View ViewOf(const Napi::Value& value, const char* name) {
  const bool is_right =
      value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
  if (!is_right) throw Napi::TypeError::New(value.Env(), std::string("Expected a Uint8Array for ") + name);
  auto array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.ByteLength()};
}

// OpenSSL takes sizes as int. What is more is for the next call.
constexpr size_t kMaxSize = size_t{1} << 30;

int SizeFor(const View& view) { return static_cast<int>(std::min(view.size, kMaxSize)); }

// JavaScript that is asked in the middle of a call can take the memory of an array away; then there is a copy.
bool MayAsk(const Connection* connection) { return connection->events != 0; }

Napi::Value ConnectionRead(const Napi::CallbackInfo& info) {
  Connection* connection = ConnectionOf(info[0]);
  const View target = ViewOf(info[2], "target");
  const auto read = BooleanOf(info[3], "isPeek") ? SSL_peek : SSL_read;
  if (!MayAsk(connection)) {
    return NumberFrom(info, Called(info, connection, [&](SSL* ssl) { return read(ssl, target.data, SizeFor(target)); }));
  }
  SecretBytes copy(Bytes(std::min<size_t>(target.size, SSL3_RT_MAX_PLAIN_LENGTH)));
  const int32_t count = Called(info, connection, [&](SSL* ssl) {
    return read(ssl, copy.data(), static_cast<int>(copy.size()));
  });
  const View now = ViewOf(info[2], "target");
  if (count > 0 && now.size < static_cast<size_t>(count)) {
    throw Napi::TypeError::New(info.Env(), "Expected the memory of target to stay, got it taken away: what was read is lost");
  }
  if (count > 0) std::copy_n(copy.data(), count, now.data);
  return NumberFrom(info, count);
}

// Whether more may come later: anything else has to be said once, when what was read has been handed out.
bool IsWaiting(int32_t outcome) { return outcome == kWantRead || outcome == kWantWrite || outcome == kWantCertificate; }

Napi::Value ConnectionFill(const Napi::CallbackInfo& info) {
  Connection* connection = ConnectionOf(info[0]);
  if (connection->ending != 0) return NumberFrom(info, std::exchange(connection->ending, 0));
  View target = ViewOf(info[2], "target");
  SecretBytes copy;
  if (MayAsk(connection)) {
    copy.Set(Bytes(target.size));
    target.data = copy.data();
  }
  size_t count = 0;
  const int32_t outcome = Called(info, connection, [&](SSL* ssl) {
    while (count < target.size) {
      const int read = SSL_read(ssl, target.data + count, SizeFor({nullptr, target.size - count}));
      if (read <= 0) return read;
      count += static_cast<size_t>(read);
    }
    return 1;
  });
  if (count == 0) return NumberFrom(info, outcome);
  if (outcome < 0 && !IsWaiting(outcome)) connection->ending = outcome;
  if (copy.size() > 0) {
    const View now = ViewOf(info[2], "target");
    if (now.size < count) {
      throw Napi::TypeError::New(info.Env(), "Expected the memory of target to stay, got it taken away: what was read is lost");
    }
    std::copy_n(copy.data(), count, now.data);
  }
  return NumberFrom(info, static_cast<int32_t>(count));
}

Napi::Value ConnectionWrite(const Napi::CallbackInfo& info) {
  Connection* connection = ConnectionOf(info[0]);
  View data = ViewOf(info[2], "data");
  const uint64_t offset = UnsignedOf(info[3], "offset");
  if (offset > data.size) throw Napi::RangeError::New(info.Env(), "Expected an offset within the data");
  data = {data.data + offset, std::min(data.size - static_cast<size_t>(offset), kMaxSize)};
  SecretBytes copy;
  if (MayAsk(connection) && data.size > 0) {
    copy.Set(Bytes(data.data, data.data + data.size));
    data = {copy.data(), copy.size()};
  }
  return NumberFrom(info, Called(info, connection, [&](SSL* ssl) { return SSL_write(ssl, data.data, SizeFor(data)); }));
}

Napi::Value ConnectionShutdown(const Napi::CallbackInfo& info) {
  Connection* connection = ConnectionOf(info[0]);
  bool is_sent = false;
  const int32_t outcome = Called(info, connection, [&](SSL* ssl) {
    const int result = SSL_shutdown(ssl);
    is_sent = result == 0;
    return is_sent ? 1 : result;
  });
  return NumberFrom(info, is_sent ? 0 : outcome);
}

Napi::Value ConnectionRenegotiate(const Napi::CallbackInfo& info) {
  return NumberFrom(info, Called(info, ConnectionOf(info[0]), SSL_renegotiate));
}

Napi::Value ConnectionUpdateKey(const Napi::CallbackInfo& info) {
  const int wanted = BooleanOf(info[2], "isWanted") ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
  const auto update = [wanted](SSL* ssl) { return SSL_key_update(ssl, wanted); };
  return NumberFrom(info, Called(info, ConnectionOf(info[0]), update));
}

Napi::Value ConnectionListen(const Napi::CallbackInfo& info) {
  const auto listen = [](SSL* ssl) {
    const Pointer<BIO_ADDR, BIO_ADDR_free> peer(BIO_ADDR_new());
    return peer == nullptr ? -1 : DTLSv1_listen(ssl, peer.get());
  };
  Connection* connection = ConnectionOf(info[0]);
  RequireAllowed(info.Env(), connection, Operation::kListen);
  if (SSL_is_dtls(connection->ssl.get()) == 0) throw Napi::TypeError::New(info.Env(), "Expected a connection of DTLS");
  bool is_waiting = false;
  const int32_t outcome = Called(info, connection, [&](SSL* ssl) {
    const int result = listen(ssl);
    // 0: nothing has come that proves its address
    is_waiting = result == 0;
    return is_waiting ? 1 : result;
  });
  return NumberFrom(info, is_waiting ? static_cast<int32_t>(kWantRead) : outcome);
}

Napi::Value ConnectionHandleTimeout(const Napi::CallbackInfo& info) {
  Connection* connection = ConnectionOf(info[0]);
  bool is_due = true;
  const int32_t outcome = Called(info, connection, [&](SSL* ssl) {
    const int result = static_cast<int>(DTLSv1_handle_timeout(ssl));
    is_due = result != 0;
    return is_due ? result : 1;
  });
  return NumberFrom(info, is_due ? outcome : 0);
}

Napi::Value ConnectionFailure(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Connection* connection = ConnectionOf(info[0]);
  Napi::Object failure = Napi::Object::New(env);
  failure.Set("queue", ArrayOf(env, std::exchange(connection->errors, {})));
  failure.Set("systemError", Napi::Number::New(env, connection->system_error));
  failure.Set("isFatal", Napi::Boolean::New(env, HasFailed(connection->ssl.get())));
  const VerifyFailure& verify = connection->failure;
  failure.Set("verifyCode", Napi::Number::New(env, verify.code));
  failure.Set("verifyMessage", X509_verify_cert_error_string(verify.code));
  if (verify.code == X509_V_OK) return failure;
  failure.Set("depth", Napi::Number::New(env, verify.depth));
  if (verify.certificate != nullptr) failure.Set("certificate", CertificateCopyOf(env, verify.certificate.get()));
  return failure;
}

// The work of connectionRun. Nothing of JavaScript is in it while it runs.
class Run : public Napi::AsyncWorker {
 public:
  enum Kind : int32_t { kHandshake = 0, kRead = 1, kWrite = 2, kShutdown = 3 };

  Run(const Napi::CallbackInfo& info, Connection* connection, Kind kind)
      : Napi::AsyncWorker(info[3].As<Napi::Function>(), "tsopenssl.Connection"), connection_(connection), kind_(kind) {
    // so that it is not collected
    Receiver().Set("connection", info[0]);
    if (kind == kRead) {
      const int32_t size = IntegerOf(info[2], "size");
      if (size < 1) throw Napi::RangeError::New(info.Env(), "Expected a number from 1 for size");
      data_.Set(Bytes(static_cast<size_t>(std::min(size, static_cast<int32_t>(SSL3_RT_MAX_PLAIN_LENGTH)))));
    } else if (kind == kWrite) {
      data_.Set(BytesOf(info[2], "data"));
    }
  }

  void Execute() override {
    const ErrorScope scope;
    const std::shared_lock<std::shared_mutex> lock(StoreUse());
    SSL* ssl = connection_->ssl.get();
    errno = 0;
    const int result = Call(ssl);
    const int system_error = errno;
    if (kind_ == kShutdown && result == 0) return;  // sent
    outcome_ = result > 0 ? result : OutcomeOf(connection_, result, system_error);
  }

  std::vector<napi_value> GetResult(Napi::Env env) override {
    connection_->is_taken = false;
    const bool has_read = kind_ == kRead && outcome_ > 0;
    const Napi::Value data = has_read ? BufferOf(env, data_.data(), static_cast<size_t>(outcome_)) : env.Undefined();
    return {Napi::Number::New(env, outcome_), data};
  }

 private:
  int Call(SSL* ssl) {
    const int size = SizeFor({nullptr, data_.size()});
    switch (kind_) {
      case kHandshake:
        return SSL_do_handshake(ssl);
      case kRead:
        return SSL_read(ssl, data_.data(), size);
      case kWrite:
        return SSL_write(ssl, data_.data(), size);
      default:
        return SSL_shutdown(ssl);
    }
  }

  Connection* const connection_;
  const Kind kind_;
  SecretBytes data_;
  int32_t outcome_ = 0;
};

Napi::Value ConnectionRun(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Connection* connection = ConnectionOf(info[0]);
  RequireRest(env, connection);
  if (connection->is_closed) throw Napi::TypeError::New(env, "Expected a connection that is open");
  const int32_t kind = IntegerOf(info[1], "which");
  if (kind < Run::kHandshake || kind > Run::kShutdown) throw Napi::RangeError::New(env, "Expected one of four calls for which");
  if (!info[3].IsFunction()) throw Napi::TypeError::New(env, "Expected a function for done");
  {
    const ErrorScope scope;
    BindClient(connection);
  }
  auto run = std::make_unique<Run>(info, connection, static_cast<Run::Kind>(kind));
  connection->is_taken = true;
  run.release()->Queue();  // deletes itself when it is done
  return env.Undefined();
}

BIO* MemoryOf(const Napi::CallbackInfo& info, BIO* Connection::*which) {
  BIO* const memory = ConnectionOf(info[0])->*which;
  if (memory == nullptr) throw Napi::TypeError::New(info.Env(), "Expected a connection over memory, got one over a socket");
  return memory;
}

Napi::Value ConnectionOutput(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  BIO* from = MemoryOf(info, &Connection::from);
  const View target = ViewOf(info[1], "target");
  const int count = BIO_read(from, target.data, SizeFor(target));
  return NumberFrom(info, std::max(count, 0));
}

Napi::Value ConnectionInput(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  BIO* into = MemoryOf(info, &Connection::into);
  const View data = ViewOf(info[1], "data");
  const int count = data.size == 0 ? 0 : BIO_write(into, data.data, SizeFor(data));
  if (data.size > 0 && count <= 0) Fail(info, "taking what the peer sent");
  return NumberFrom(info, count);
}

Napi::Value ConnectionEndInput(const Napi::CallbackInfo& info) {
  BIO* into = MemoryOf(info, &Connection::into);
  if (SSL_is_dtls(ConnectionOf(info[0])->ssl.get()) != 0) {
    throw Napi::TypeError::New(info.Env(), "Expected a connection of TLS: datagrams have no end");
  }
  BIO_set_mem_eof_return(into, 0);
  return info.Env().Undefined();
}

Napi::Value ConnectionReadAhead(const Napi::CallbackInfo& info) {
  Connection* connection = ConnectionOf(info[0]);
  const int32_t size = IntegerOf(info[1], "size");
  if (size < 0) throw Napi::RangeError::New(info.Env(), "Expected a number from 0 for size");
  RequireAllowed(info.Env(), connection, Operation::kReadAhead);
  SSL_set_read_ahead(connection->ssl.get(), size > 0 ? 1 : 0);
  SSL_set_default_read_buffer_len(connection->ssl.get(), static_cast<size_t>(size));
  // nothing is kept for a connection that is idle
  SSL_set_mode(connection->ssl.get(), SSL_MODE_RELEASE_BUFFERS);
  return info.Env().Undefined();
}

Napi::Value ConnectionRefuseRenegotiation(const Napi::CallbackInfo& info) {
  SSL_set_options(ConnectionOf(info[0])->ssl.get(), SSL_OP_NO_RENEGOTIATION);
  return info.Env().Undefined();
}

Napi::Value ConnectionClose(const Napi::CallbackInfo& info) {
  Connection* connection = ConnectionOf(info[0]);
  RequireAllowed(info.Env(), connection, Operation::kClose);
  connection->is_closed = true;
  SSL_set_bio(connection->ssl.get(), nullptr, nullptr);
  connection->into = nullptr;
  connection->from = nullptr;
  connection->descriptor.reset();
  return info.Env().Undefined();
}

}  // namespace

// OpenSSL takes a session back that goes without an end in order. RFC 5246, section 7.2.1, no longer wants that; one that has failed
// has lost its session before.
Connection::~Connection() {
  if (ssl != nullptr && !HasFailed(ssl.get())) SSL_set_shutdown(ssl.get(), SSL_get_shutdown(ssl.get()) | SSL_SENT_SHUTDOWN);
}

Connection* AnyConnectionOf(const Napi::Value& value) {
  return HeldBy<Connection>(value, HandleKind::kSslConnection, "connection");
}

Connection* ConnectionOf(const Napi::Value& value) {
  Connection* connection = AnyConnectionOf(value);
  if (!connection->is_taken) return connection;
  throw Napi::TypeError::New(value.Env(), "Expected a connection at rest, got one that another thread is at work with");
}

Connection* ConnectionOf(const SSL* ssl) {
  return static_cast<Connection*>(SSL_get_ex_data(ssl, ConnectionIndex()));
}

void ExportSslConnection(Napi::Object exports) {
  Export<ConnectionNew>(exports, "connectionNew");
  Export<ConnectionHandshake>(exports, "connectionHandshake");
  Export<ConnectionRead>(exports, "connectionRead");
  Export<ConnectionFill>(exports, "connectionFill");
  Export<ConnectionWrite>(exports, "connectionWrite");
  Export<ConnectionShutdown>(exports, "connectionShutdown");
  Export<ConnectionRenegotiate>(exports, "connectionRenegotiate");
  Export<ConnectionUpdateKey>(exports, "connectionUpdateKey");
  Export<ConnectionListen>(exports, "connectionListen");
  Export<ConnectionHandleTimeout>(exports, "connectionHandleTimeout");
  Export<ConnectionRun>(exports, "connectionRun");
  Export<ConnectionFailure>(exports, "connectionFailure");
  Export<ConnectionOutput>(exports, "connectionOutput");
  Export<ConnectionInput>(exports, "connectionInput");
  Export<ConnectionReadAhead>(exports, "connectionReadAhead");
  Export<ConnectionRefuseRenegotiation>(exports, "connectionRefuseRenegotiation");
  Export<ConnectionClose>(exports, "connectionClose");
  Export<ConnectionEndInput>(exports, "connectionEndInput");
}

}  // namespace tsopenssl
