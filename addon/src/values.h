// Between JavaScript's values and C++: bytes in and out, and handles that hold an OpenSSL object.

#ifndef TSOPENSSL_VALUES_H_
#define TSOPENSSL_VALUES_H_

#include <napi.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pointers.h"

namespace tsopenssl {

using Bytes = std::vector<unsigned char>;

// Bytes that are erased when they are replaced or go.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  ~SecretBytes() { Erase(); }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  void Set(Bytes bytes) {
    Erase();
    bytes_ = std::move(bytes);
  }
  const Bytes& Get() const { return bytes_; }
  const unsigned char* data() const { return bytes_.data(); }
  unsigned char* data() { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }

 private:
  void Erase() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Bytes bytes_;
};

// Copies a Uint8Array, so that another thread that shares its memory cannot change what is being parsed.
Bytes BytesOf(const Napi::Value& value, const char* name);

// A BIO that reads them; they must outlive it. Null when memory ran out.
BioPointer ReadingBio(const Bytes& bytes);

// A 32-bit integer; anything else is a TypeError that names the argument.
int32_t IntegerOf(const Napi::Value& value, const char* name);

// An integer from 0 that a double holds exactly; anything else is a TypeError that names the argument.
uint64_t UnsignedOf(const Napi::Value& value, const char* name);

bool BooleanOf(const Napi::Value& value, const char* name);

// A string without NUL bytes.
std::string TextOf(const Napi::Value& value, const char* name);

Napi::Buffer<unsigned char> BufferOf(Napi::Env env, const unsigned char* data, size_t length);

// What was written to a memory BIO.
Napi::Buffer<unsigned char> BufferOf(Napi::Env env, BIO* memory);
std::string StringOf(BIO* memory);

// An integer of any size as a bigint, and back; one of more than 64 KiB is a RangeError.
Napi::Value BigIntOf(Napi::Env env, const ASN1_INTEGER* integer);
AsnIntegerPointer IntegerPointerOf(const Napi::Value& value, const char* name);

// An OID as dotted text, of any length.
std::string DottedOf(const ASN1_OBJECT* object);

// The kinds of handle. A tag holds an address of this copy of the addon, so that no other copy's pointer passes for ours.
enum class HandleKind : uint64_t {
  kCertificate = 1,
  kName = 2,
  kKey = 3,
  kExtension = 4,
  kRequest = 5,
  kCrl = 6,
  kRevoked = 7,
  kPkcs7 = 8,
  kSpki = 9,
  kStore = 10,
  kSslContext = 11,
  kSslConnection = 12,
  kSslSession = 13,
};

napi_type_tag TagOf(HandleKind kind);

// Hands an object to JavaScript; the garbage collector frees it and knows its rough native size.
template <typename T, auto Free>
Napi::Value HandleOf(Napi::Env env, HandleKind kind, Pointer<T, Free> object, int64_t size_bytes) {
  auto release = [](Napi::Env owner, T* held, int64_t* size) {
    Napi::MemoryManagement::AdjustExternalMemory(owner, -*size);
    delete size;
    Free(held);
  };
  auto size = std::make_unique<int64_t>(size_bytes);
  const auto handle = Napi::External<T>::New(env, object.get(), release, size.get());
  object.release();
  size.release();
  Napi::MemoryManagement::AdjustExternalMemory(env, size_bytes);
  const napi_type_tag tag = TagOf(kind);
  handle.TypeTag(&tag);
  return handle;
}

// The object behind a handle, still owned by the handle.
template <typename T>
T* HeldBy(const Napi::Value& value, HandleKind kind, const char* name) {
  const napi_type_tag tag = TagOf(kind);
  if (value.IsExternal()) {
    const auto handle = value.As<Napi::External<T>>();
    if (handle.CheckTypeTag(&tag)) return handle.Data();
  }
  throw Napi::TypeError::New(value.Env(), std::string("Expected a handle of this addon for ") + name);
}

}  // namespace tsopenssl

#endif  // TSOPENSSL_VALUES_H_
