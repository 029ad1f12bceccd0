// The passphrase of something that is encrypted: bytes, or a function that is asked for them.

#ifndef TSOPENSSL_PASSPHRASE_H_
#define TSOPENSSL_PASSPHRASE_H_

#include <napi.h>

#include <optional>

#include "values.h"

namespace tsopenssl {

// Takes undefined, a Uint8Array, or a function (writing: boolean) => Uint8Array. What it holds is erased in the end.
class Passphrase {
 public:
  Passphrase(const Napi::Value& value, const char* name);
  Passphrase(const Passphrase&) = delete;
  Passphrase& operator=(const Passphrase&) = delete;

  // A pem_password_cb whose last argument is a Passphrase. Without a passphrase it refuses, where OpenSSL's own would ask
  // at the terminal.
  static int Ask(char* buffer, int size, int writing, void* passphrase) noexcept;

  // The bytes, asked for if need be.
  const Bytes& Get(bool writing);

  // Throws what the function threw while OpenSSL asked; does nothing if it did not.
  void Rethrow() const;

  // Whether OpenSSL asked and there was none.
  bool was_missed() const { return was_missed_; }

  bool is_given() const { return is_given_; }

 private:
  Napi::Env env_;
  std::optional<Napi::Function> function_;
  SecretBytes bytes_;
  std::optional<Napi::Error> thrown_;
  bool is_given_ = false;
  bool was_missed_ = false;
};

}  // namespace tsopenssl

#endif  // TSOPENSSL_PASSPHRASE_H_
