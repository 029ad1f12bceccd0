#include "passphrase.h"

#include <algorithm>
#include <string>

namespace tsopenssl {

Passphrase::Passphrase(const Napi::Value& value, const char* name) : env_(value.Env()) {
  if (value.IsUndefined()) return;
  is_given_ = true;
  if (value.IsFunction()) {
    function_ = value.As<Napi::Function>();
  } else {
    bytes_.Set(BytesOf(value, name));
  }
}

const Bytes& Passphrase::Get(bool writing) {
  if (function_) bytes_.Set(BytesOf(function_->Call({Napi::Boolean::New(env_, writing)}), "passphrase"));
  return bytes_.Get();
}

// Where memory runs out the process ends here: nothing may be thrown through the frames of OpenSSL.
int Passphrase::Ask(char* buffer, int size, int writing, void* passphrase) noexcept {
  auto* const self = static_cast<Passphrase*>(passphrase);
  if (!self->is_given_) {
    self->was_missed_ = true;
    return -1;
  }
  try {
    const Bytes& bytes = self->Get(writing != 0);
    if (bytes.size() > static_cast<size_t>(size)) {
      const std::string limit = std::to_string(size);
      throw Napi::RangeError::New(self->env_, "Expected a passphrase of at most " + limit + " bytes, got " +
                                                  std::to_string(bytes.size()));
    }
    std::copy(bytes.begin(), bytes.end(), buffer);
    return static_cast<int>(bytes.size());
  } catch (const Napi::Error& error) {
    self->thrown_ = error;
    return -1;
  }
}

void Passphrase::Rethrow() const {
  if (thrown_) throw *thrown_;
}

}  // namespace tsopenssl
