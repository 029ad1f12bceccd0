#include "values.h"

#include <openssl/bn.h>
#include <openssl/objects.h>

#include <algorithm>
#include <climits>
#include <cmath>

namespace tsopenssl {

namespace {

const char own_address = 0;

constexpr size_t kMaxWords = 64 * 1024 / 8;

[[noreturn]] void ThrowExpected(Napi::Env env, const char* what, const char* name) {
  throw Napi::TypeError::New(env, std::string("Expected ") + what + " for " + name);
}

}  // namespace

Bytes BytesOf(const Napi::Value& value, const char* name) {
  if (!value.IsTypedArray()) ThrowExpected(value.Env(), "a Uint8Array", name);
  const auto array = value.As<Napi::TypedArray>();
  if (array.TypedArrayType() != napi_uint8_array) ThrowExpected(value.Env(), "a Uint8Array", name);
  const auto view = value.As<Napi::Uint8Array>();
  if (view.ByteLength() > INT_MAX) {
    throw Napi::RangeError::New(value.Env(), std::string("Expected at most 2147483647 bytes for ") + name);
  }
  if (view.ByteLength() == 0) return {};
  return Bytes(view.Data(), view.Data() + view.ByteLength());
}

BioPointer ReadingBio(const Bytes& bytes) {
  // the data of an empty vector may be null, which OpenSSL refuses
  const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  return BioPointer(BIO_new_mem_buf(data, static_cast<int>(bytes.size())));
}

int32_t IntegerOf(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) ThrowExpected(value.Env(), "an integer", name);
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= INT32_MIN && number <= INT32_MAX) || std::trunc(number) != number) {
    ThrowExpected(value.Env(), "an integer", name);
  }
  return static_cast<int32_t>(number);
}

uint64_t UnsignedOf(const Napi::Value& value, const char* name) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (number >= 0 && number <= 9007199254740991.0 && std::trunc(number) == number) return static_cast<uint64_t>(number);
  throw Napi::TypeError::New(value.Env(), std::string("Expected an integer from 0 for ") + name);
}

bool BooleanOf(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) ThrowExpected(value.Env(), "a boolean", name);
  return value.As<Napi::Boolean>().Value();
}

std::string TextOf(const Napi::Value& value, const char* name) {
  if (!value.IsString()) ThrowExpected(value.Env(), "a string", name);
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) ThrowExpected(value.Env(), "a string without NUL bytes", name);
  return text;
}

Napi::Buffer<unsigned char> BufferOf(Napi::Env env, const unsigned char* data, size_t length) {
  return Napi::Buffer<unsigned char>::Copy(env, data, length);
}

Napi::Buffer<unsigned char> BufferOf(Napi::Env env, BIO* memory) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory, &data);
  return BufferOf(env, reinterpret_cast<unsigned char*>(data), length > 0 ? static_cast<size_t>(length) : 0);
}

std::string StringOf(BIO* memory) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory, &data);
  return length > 0 ? std::string(data, static_cast<size_t>(length)) : std::string();
}

AsnIntegerPointer IntegerPointerOf(const Napi::Value& value, const char* name) {
  const Napi::Env env = value.Env();
  if (!value.IsBigInt()) ThrowExpected(env, "a bigint", name);
  auto number = value.As<Napi::BigInt>();
  size_t count = number.WordCount();
  if (count > kMaxWords) throw Napi::RangeError::New(env, std::string("Expected at most 64 KiB for ") + name);
  count = std::max<size_t>(count, 1);  // Node-API takes no empty array, not even for 0
  std::vector<uint64_t> words(count);
  int negative = 0;
  number.ToWords(&negative, &count, words.data());
  Bytes bytes(8 * count);
  for (size_t i = 0; i < bytes.size(); i++) {
    bytes[bytes.size() - 1 - i] = static_cast<unsigned char>(words[i / 8] >> (8 * (i % 8)));
  }
  const BigNumberPointer big(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  if (big == nullptr) throw Napi::Error::New(env, "no memory for a number");
  BN_set_negative(big.get(), negative);
  AsnIntegerPointer integer(BN_to_ASN1_INTEGER(big.get(), nullptr));
  if (integer == nullptr) throw Napi::Error::New(env, "no memory for a number");
  return integer;
}

std::string DottedOf(const ASN1_OBJECT* object) {
  const int length = OBJ_obj2txt(nullptr, 0, object, 1);
  if (length <= 0) return "UNDEF";
  std::string text(static_cast<size_t>(length) + 1, '\0');
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  text.resize(static_cast<size_t>(length));
  return text;
}

Napi::Value BigIntOf(Napi::Env env, const ASN1_INTEGER* integer) {
  const unsigned char* data = ASN1_STRING_get0_data(integer);
  const size_t length = static_cast<size_t>(ASN1_STRING_length(integer));
  // one word at least: what is new holds no byte, which stands for 0
  std::vector<uint64_t> words(length / 8 + 1, 0);
  for (size_t i = 0; i < length; i++) {
    words[i / 8] |= static_cast<uint64_t>(data[length - 1 - i]) << (8 * (i % 8));
  }
  const bool negative = (ASN1_STRING_type(integer) & V_ASN1_NEG) != 0;
  return Napi::BigInt::New(env, negative ? 1 : 0, words.size(), words.data());
}

napi_type_tag TagOf(HandleKind kind) {
  constexpr uint64_t kOurs = 0x7473'6f70'656e'0000;  // tells our handles from those of other addons
  return {kOurs | static_cast<uint64_t>(kind), static_cast<uint64_t>(reinterpret_cast<uintptr_t>(&own_address))};
}

}  // namespace tsopenssl
