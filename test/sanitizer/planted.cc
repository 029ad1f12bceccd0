// Faults that AddressSanitizer and LeakSanitizer must report: each function has the one that it is named after. Loaded by
// the tests of the sanitizers alone, to show that a clean run of the addon means something.

#include <node_api.h>
#include <openssl/bn.h>
#include <openssl/x509.h>

#include <cstdlib>

namespace {

volatile unsigned char sink;

// Reads one byte behind a block of the heap.
napi_value OverflowHeap(napi_env, napi_callback_info) {
  auto* bytes = static_cast<volatile unsigned char*>(std::malloc(16));
  sink = bytes[16];
  std::free(const_cast<unsigned char*>(bytes));
  return nullptr;
}

// Lets OpenSSL write behind a block: seen only where libcrypto.a is watched as well.
napi_value OverflowInOpenSSL(napi_env, napi_callback_info) {
  BIGNUM* number = BN_new();
  BN_lshift(number, BN_value_one(), 200);
  auto* bytes = static_cast<unsigned char*>(std::malloc(16));
  sink = static_cast<unsigned char>(BN_bn2bin(number, bytes));
  std::free(bytes);
  BN_free(number);
  return nullptr;
}

// Reads what was freed.
napi_value UseAfterFree(napi_env, napi_callback_info) {
  auto* bytes = static_cast<volatile unsigned char*>(std::malloc(16));
  std::free(const_cast<unsigned char*>(bytes));
  sink = bytes[0];
  return nullptr;
}

// Forgets 1234 bytes.
napi_value LeakHeap(napi_env, napi_callback_info) {
  auto* bytes = static_cast<volatile unsigned char*>(std::malloc(1234));
  bytes[0] = 1;
  sink = bytes[0];
  return nullptr;
}

// Forgets an object of OpenSSL.
napi_value LeakCertificate(napi_env, napi_callback_info) {
  sink = X509_new() == nullptr ? 1 : 0;
  return nullptr;
}

struct Fault {
  const char* name;
  napi_callback call;
};

constexpr Fault kFaults[] = {
    {"overflowHeap", OverflowHeap}, {"overflowInOpenSSL", OverflowInOpenSSL}, {"useAfterFree", UseAfterFree},
    {"leakHeap", LeakHeap},         {"leakCertificate", LeakCertificate},
};

}  // namespace

extern "C" {

NAPI_MODULE_EXPORT int32_t node_api_module_get_api_version_v1() { return NAPI_VERSION; }

NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  for (const Fault& fault : kFaults) {
    napi_value function = nullptr;
    napi_create_function(env, fault.name, NAPI_AUTO_LENGTH, fault.call, nullptr, &function);
    napi_set_named_property(env, exports, fault.name, function);
  }
  return exports;
}

}  // extern "C"
