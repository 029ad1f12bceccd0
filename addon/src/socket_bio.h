// The way of a connection's bytes to and from a stream socket, with as few system calls as it takes. POSIX alone.

#ifndef TSOPENSSL_SOCKET_BIO_H_
#define TSOPENSSL_SOCKET_BIO_H_

#include <openssl/bio.h>

#include <cstddef>
#include <vector>

namespace tsopenssl {

// What OpenSSL writes is gathered and leaves with Flush, or when there is much of it. A read that found less than was asked for
// is not followed by a second one that would find nothing, until the next Begin.
class SocketBio {
 public:
  explicit SocketBio(int descriptor) : descriptor_(descriptor) {}
  SocketBio(const SocketBio&) = delete;
  SocketBio& operator=(const SocketBio&) = delete;

  // A BIO for SSL_set_bio that must not outlive this object; null where memory ran out.
  BIO* MakeBio();

  // Another call of the connection: the socket may have more by now.
  void Begin() { is_drained_ = false; }

  // How many bytes wait for Flush.
  size_t pending() const { return output_.size() - sent_; }

  // Sends what was gathered. False where the socket takes no more of it now, or errno is not 0: it failed, and fails from then on.
  bool Flush();

 private:
  static int Read(BIO* bio, char* target, int size) noexcept;
  static int Write(BIO* bio, const char* data, int size) noexcept;
  static long Control(BIO* bio, int command, long number, void* pointer) noexcept;
  static BIO_METHOD* Method();

  const int descriptor_;
  std::vector<unsigned char> output_;
  size_t sent_ = 0;
  int error_ = 0;
  bool is_drained_ = false;
};

}  // namespace tsopenssl

#endif  // TSOPENSSL_SOCKET_BIO_H_
