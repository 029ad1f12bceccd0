#include "ssl_descriptor.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "error.h"
#include "export.h"
#include "socket_bio.h"
#include "ssl_connection.h"
#include "ssl_states.h"
#include "values.h"
#include "watcher.h"

namespace tsopenssl {

namespace {

[[noreturn]] void FailWithErrno(Napi::Env env, const char* operation) {
  const int number = errno;
  Napi::RangeError error = Napi::RangeError::New(env, std::string(operation) + ": " + std::strerror(number));
  error.Set("errno", Napi::Number::New(env, number));
  throw error;
}

struct SocketDescriptor : Descriptor {
  explicit SocketDescriptor(int number) : number(number), gathering(number) {}
  SocketDescriptor(const SocketDescriptor&) = delete;
  SocketDescriptor& operator=(const SocketDescriptor&) = delete;
  ~SocketDescriptor() override {
    watcher.reset();  // before its number can be another file's
    close(number);
  }

  size_t pending() const override { return gathering.pending(); }

  const int number;
  SocketBio gathering;  // where the connection has asked for it
  Watcher::Pointer watcher;
};

SocketDescriptor* DescriptorOf(const Napi::Value& value) {
  // of this kind alone, on these systems
  auto* const descriptor = static_cast<SocketDescriptor*>(AnyConnectionOf(value)->descriptor.get());
  if (descriptor == nullptr) throw Napi::TypeError::New(value.Env(), "Expected a connection over a socket");
  return descriptor;
}

// A descriptor of the connection's own for the same socket.
std::unique_ptr<SocketDescriptor> Duplicate(Napi::Env env, int number, int wanted_type) {
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) != 0) FailWithErrno(env, "asking a descriptor for its kind");
  if (type != wanted_type) throw Napi::TypeError::New(env, "Expected a socket of the context's kind");
  const int copy = fcntl(number, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) FailWithErrno(env, "duplicating a descriptor");
  auto descriptor = std::make_unique<SocketDescriptor>(copy);
  const int flags = fcntl(copy, F_GETFL);
  if (flags < 0 || fcntl(copy, F_SETFL, flags | O_NONBLOCK) < 0) FailWithErrno(env, "making a descriptor non-blocking");
  return descriptor;
}

BioPointer DatagramBio(Napi::Env env, int number) {
  sockaddr_storage peer = {};
  socklen_t size = sizeof peer;
  if (getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) != 0) FailWithErrno(env, "asking a socket for its peer");
  BioPointer bio(BIO_new_dgram(number, BIO_NOCLOSE));
  if (bio != nullptr) BIO_ctrl(bio.get(), BIO_CTRL_DGRAM_SET_CONNECTED, 0, &peer);
  return bio;
}

Napi::Value ConnectionUseDescriptor(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ErrorScope scope;
  Connection* connection = ConnectionOf(info[0]);
  SSL* ssl = connection->ssl.get();
  RequireAllowed(env, connection, Operation::kUseDescriptor);
  if (connection->descriptor != nullptr) throw Napi::TypeError::New(env, "Expected a connection over memory");
  const bool is_datagram = SSL_is_dtls(ssl) != 0;
  auto descriptor = Duplicate(env, IntegerOf(info[1], "descriptor"), is_datagram ? SOCK_DGRAM : SOCK_STREAM);
  const int number = descriptor->number;
  const bool is_gathering = BooleanOf(info[2], "isGathering");
  if (is_gathering && is_datagram) throw Napi::TypeError::New(env, "Expected a connection of TLS: datagrams are not gathered");
  BioPointer bio = is_datagram    ? DatagramBio(env, number)
                   : is_gathering ? BioPointer(descriptor->gathering.MakeBio())
                                  : BioPointer(BIO_new_socket(number, BIO_NOCLOSE));
  if (bio == nullptr) throw OpenSSLErrorOf(env, "making a connection");
  connection->descriptor = std::move(descriptor);
  // SSL_set_bio lets go of them
  connection->into = nullptr;
  connection->from = nullptr;
  BIO* const both = bio.release();
  SSL_set_bio(ssl, both, both);
  return env.Undefined();
}

Napi::Value ConnectionWatch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  SocketDescriptor* descriptor = DescriptorOf(info[0]);
  const int32_t events = IntegerOf(info[1], "events");
  if (events < 0 || events > (kReadable | kWritable)) throw Napi::RangeError::New(env, "Expected a combination of events");
  if (events != 0 && !info[2].IsFunction()) throw Napi::TypeError::New(env, "Expected a function for callback");
  if (descriptor->watcher == nullptr)
    descriptor->watcher = Watcher::Open(env, descriptor->number, [descriptor] { descriptor->gathering.OnEvent(); });
  const bool is_watching = descriptor->watcher != nullptr && descriptor->watcher->Watch(events, info[2].As<Napi::Function>());
  return Napi::Boolean::New(env, is_watching);
}

Napi::Value ConnectionSetReferenced(const Napi::CallbackInfo& info) {
  SocketDescriptor* descriptor = DescriptorOf(info[0]);
  const bool is_referenced = BooleanOf(info[1], "isReferenced");
  if (descriptor->watcher != nullptr) descriptor->watcher->SetReferenced(is_referenced);
  return info.Env().Undefined();
}

Napi::Value ConnectionFlush(const Napi::CallbackInfo& info) {
  SocketDescriptor* descriptor = DescriptorOf(info[0]);
  Connection* connection = ConnectionOf(info[0]);
  if (descriptor->gathering.Flush()) return Napi::Number::New(info.Env(), 0);
  connection->errors.clear();
  connection->system_error = errno;
  return Napi::Number::New(info.Env(), connection->system_error == 0 ? kWantWrite : kSystem);
}

Napi::Value ConnectionEndOutput(const Napi::CallbackInfo& info) {
  SocketDescriptor* descriptor = DescriptorOf(info[0]);
  if (BooleanOf(info[1], "isDropping")) {
    BIO* nowhere = BIO_new(BIO_s_null());
    if (nowhere == nullptr) throw OpenSSLErrorOf(info.Env(), "ending a connection");
    SSL_set0_wbio(ConnectionOf(info[0])->ssl.get(), nowhere);
  }
  // a peer that is gone has seen the end already
  shutdown(descriptor->number, SHUT_WR);
  return info.Env().Undefined();
}

}  // namespace

void ExportSslDescriptor(Napi::Object exports) {
  Export<ConnectionUseDescriptor>(exports, "connectionUseDescriptor");
  Export<ConnectionWatch>(exports, "connectionWatch");
  Export<ConnectionSetReferenced>(exports, "connectionSetReferenced");
  Export<ConnectionFlush>(exports, "connectionFlush");
  Export<ConnectionEndOutput>(exports, "connectionEndOutput");
}

}  // namespace tsopenssl
