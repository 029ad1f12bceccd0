#include "rand.h"

#include <openssl/rand.h>

#include <string>

#include "error.h"
#include "export.h"
#include "values.h"

namespace tsopenssl {

namespace {

Napi::Value RandBytes(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const int32_t count = IntegerOf(info[0], "count");
  if (count < 0) throw Napi::RangeError::New(env, "Expected no negative number for count");
  auto buffer = Napi::Buffer<unsigned char>::New(env, static_cast<size_t>(count));
  if (RAND_bytes(buffer.Data(), count) != 1) throw OpenSSLErrorOf(env, "generating random bytes");
  return buffer;
}

void RandAdd(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const SecretBytes bytes(BytesOf(info[0], "buffer"));
  if (!info[1].IsNumber()) throw Napi::TypeError::New(info.Env(), "Expected a number for entropy");
  RAND_add(bytes.data(), static_cast<int>(bytes.size()), info[1].As<Napi::Number>().DoubleValue());
}

void RandSeed(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const SecretBytes bytes(BytesOf(info[0], "buffer"));
  RAND_seed(bytes.data(), static_cast<int>(bytes.size()));
}

Napi::Value RandStatus(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return Napi::Boolean::New(info.Env(), RAND_status() == 1);
}

Napi::Value RandLoadFile(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const int count = RAND_load_file(TextOf(info[0], "path").c_str(), IntegerOf(info[1], "maxBytes"));
  if (count < 0) throw OpenSSLErrorOf(info.Env(), "loading a file of random bytes");
  return Napi::Number::New(info.Env(), count);
}

Napi::Value RandWriteFile(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const int count = RAND_write_file(TextOf(info[0], "path").c_str());
  if (count <= 0) throw OpenSSLErrorOf(info.Env(), "writing a file of random bytes");
  return Napi::Number::New(info.Env(), count);
}

}  // namespace

void ExportRand(Napi::Object exports) {
  Export<RandBytes>(exports, "randBytes");
  Export<RandAdd>(exports, "randAdd");
  Export<RandSeed>(exports, "randSeed");
  Export<RandStatus>(exports, "randStatus");
  Export<RandLoadFile>(exports, "randLoadFile");
  Export<RandWriteFile>(exports, "randWriteFile");
}

}  // namespace tsopenssl
