#include "socket_bio.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace tsopenssl {

namespace {

// Four whole records, with what TLS adds to each.
constexpr size_t kGatheredBytes = 4 * (16384 + 64);

// As much as is read for a read of less: a record, or all that a peer sends at once in a handshake.
constexpr size_t kInputBytes = 16384;

// A peer that is gone must not end the process by a signal. macOS has no such flag: there the socket has the option.
#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

bool IsFull(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

SocketBio* OwnerOf(BIO* bio) { return static_cast<SocketBio*>(BIO_get_data(bio)); }

template <typename Call>
ssize_t Uninterrupted(Call call) {
  ssize_t count;
  do {
    count = call();
  } while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace

BIO* SocketBio::MakeBio() {
  BIO_METHOD* const method = Method();
  BIO* const bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
#ifdef SO_NOSIGPIPE
  const int yes = 1;
  setsockopt(descriptor_, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

bool SocketBio::Flush() {
  errno = error_;
  if (error_ != 0) return false;
  while (sent_ < output_.size()) {
    const ssize_t count =
        Uninterrupted([&] { return send(descriptor_, output_.data() + sent_, output_.size() - sent_, kSendFlags); });
    if (count < 0) {
      if (IsFull(errno)) {
        errno = 0;
        return false;
      }
      error_ = errno;
      return false;
    }
    sent_ += static_cast<size_t>(count);
  }
  // a connection that is idle keeps no memory
  std::vector<unsigned char>().swap(output_);
  sent_ = 0;
  errno = 0;
  return true;
}

int SocketBio::Read(BIO* bio, char* target, int size) noexcept {
  SocketBio* const self = OwnerOf(bio);
  BIO_clear_retry_flags(bio);
  BIO_clear_flags(bio, BIO_FLAGS_IN_EOF);
  if (self->input_ != nullptr) return self->TakeInput(target, static_cast<size_t>(size));
  if (self->is_drained_) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const bool is_small = static_cast<size_t>(size) < kInputBytes;
  // where memory runs out, small reads are small
  if (is_small) self->input_.reset(new (std::nothrow) unsigned char[kInputBytes]);
  const bool is_buffered = self->input_ != nullptr;
  const ssize_t count = is_buffered ? self->Receive(self->input_.get(), kInputBytes)
                                    : self->Receive(target, static_cast<size_t>(size));
  if (count <= 0) {
    const int error = errno;
    self->input_.reset();
    errno = error;
    if (count < 0 && IsFull(error)) BIO_set_retry_read(bio);
    if (count == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(count);
  }
  if (!is_buffered) return static_cast<int>(count);
  self->taken_ = 0;
  self->received_ = static_cast<size_t>(count);
  return self->TakeInput(target, static_cast<size_t>(size));
}

ssize_t SocketBio::Receive(void* target, size_t size) {
  const ssize_t count = Uninterrupted([&] { return recv(descriptor_, target, size, 0); });
  is_drained_ = count > 0 && static_cast<size_t>(count) < size;
  return count;
}

int SocketBio::TakeInput(char* target, size_t size) {
  const size_t count = std::min(size, received_ - taken_);
  std::memcpy(target, input_.get() + taken_, count);
  taken_ += count;
  // a connection that is idle keeps no memory
  if (taken_ == received_) input_.reset();
  return static_cast<int>(count);
}

int SocketBio::Write(BIO* bio, const char* data, int size) noexcept {
  SocketBio* const self = OwnerOf(bio);
  BIO_clear_retry_flags(bio);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(data);
  std::vector<unsigned char>& output = self->output_;
  if (self->error_ != 0 || (self->pending() > 0 && output.size() + static_cast<size_t>(size) > kGatheredBytes)) {
    if (!self->Flush()) {
      if (errno == 0) BIO_set_retry_write(bio);
      return -1;
    }
  }
  // what follows a whole record is likely to be many of them
  if (output.empty() && size >= 16384) output.reserve(kGatheredBytes);
  output.insert(output.end(), bytes, bytes + size);
  return size;
}

long SocketBio::Control(BIO* bio, int command, long, void*) noexcept {
  switch (command) {
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) == 0 ? 0 : 1;
    case BIO_CTRL_PENDING:
      return OwnerOf(bio)->input_ == nullptr ? 0 : static_cast<long>(OwnerOf(bio)->received_ - OwnerOf(bio)->taken_);
    case BIO_CTRL_WPENDING:
      return static_cast<long>(OwnerOf(bio)->pending());
    case BIO_CTRL_FLUSH:  // at the end of a flight, which shares a segment with what follows it
    case BIO_CTRL_DUP:
      return 1;
    default:
      return 0;
  }
}

BIO_METHOD* SocketBio::Method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket that gathers");
    if (made != nullptr) {
      BIO_meth_set_read(made, Read);
      BIO_meth_set_write(made, Write);
      BIO_meth_set_ctrl(made, Control);
    }
    return made;
  }();
  return method;
}

}  // namespace tsopenssl
