// The way of a connection's bytes to and from a stream socket, with as few system calls as it takes. POSIX alone.

#ifndef TSOPENSSL_SOCKET_BIO_H_
#define TSOPENSSL_SOCKET_BIO_H_

#include <openssl/bio.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace tsopenssl {

// What OpenSSL writes is gathered and leaves with Flush, or when there is much of it. Small reads, of which a handshake has two for
// each record, are served from one large one. A read that found less than was asked for is not followed by another one that would
// find nothing, until OnEvent.
class SocketBio {
 public:
  explicit SocketBio(int descriptor) : descriptor_(descriptor) {}
  SocketBio(const SocketBio&) = delete;
  SocketBio& operator=(const SocketBio&) = delete;

  // A BIO for SSL_set_bio that must not outlive this object; null where memory ran out.
  BIO* MakeBio();

  // The socket has been watched, and may have more by now.
  void OnEvent() { is_drained_ = false; }

  // How many bytes wait for Flush.
  size_t pending() const { return output_.size() - sent_; }

  // Sends what was gathered. False where the socket takes no more of it now, or errno is not 0: it failed, and fails from then on.
  bool Flush();

 private:
  static int Read(BIO* bio, char* target, int size) noexcept;
  ssize_t Receive(void* target, size_t size);
  int TakeInput(char* target, size_t size);
  static int Write(BIO* bio, const char* data, int size) noexcept;
  static long Control(BIO* bio, int command, long number, void* pointer) noexcept;
  static BIO_METHOD* Method();

  const int descriptor_;
  std::vector<unsigned char> output_;
  size_t sent_ = 0;
  // What was read and not asked for yet: from taken_ to received_.
  std::unique_ptr<unsigned char[]> input_;
  size_t taken_ = 0;
  size_t received_ = 0;
  int error_ = 0;
  bool is_drained_ = false;
};

}  // namespace tsopenssl

#endif  // TSOPENSSL_SOCKET_BIO_H_
