#include "name.h"

#include <openssl/objects.h>

#include <string>

#include "error.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

// pyOpenSSL says UNDEF for an attribute without a name in OpenSSL's table; its OID says more
std::string AttributeName(const ASN1_OBJECT* object) {
  const int nid = OBJ_obj2nid(object);
  if (nid != NID_undef) return OBJ_nid2sn(nid);
  const int length = OBJ_obj2txt(nullptr, 0, object, 1);
  if (length <= 0) return "UNDEF";
  std::string text(static_cast<size_t>(length) + 1, '\0');
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  text.resize(static_cast<size_t>(length));
  return text;
}

const X509_NAME* NameOf(const Napi::Value& value) { return HeldBy<X509_NAME>(value, HandleKind::kName, "name"); }

}  // namespace

Napi::Value NameHandleOf(Napi::Env env, const X509_NAME* name) {
  NamePointer copy(X509_NAME_dup(name));
  if (copy == nullptr) throw OpenSSLErrorOf(env, "copying a name");
  const int64_t size_bytes = i2d_X509_NAME(copy.get(), nullptr);
  return HandleOf(env, HandleKind::kName, std::move(copy), size_bytes);
}

Napi::Value NameComponents(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509_NAME* name = NameOf(info[0]);
  Napi::Array components = Napi::Array::New(env);
  for (int i = 0; i < X509_NAME_entry_count(name); i++) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    Napi::Array component = Napi::Array::New(env, 2);
    component.Set(0u, AttributeName(X509_NAME_ENTRY_get_object(entry)));
    component.Set(1u, BufferOf(env, ASN1_STRING_get0_data(value), static_cast<size_t>(ASN1_STRING_length(value))));
    components.Set(static_cast<uint32_t>(i), component);
  }
  return components;
}

Napi::Value NameText(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509_NAME* name = NameOf(info[0]);
  const BioPointer memory(BIO_new(BIO_s_mem()));
  // RFC 2253 would escape every byte above 127; UTF-8 is what a terminal and JSON show
  const unsigned long flags = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  if (memory == nullptr || X509_NAME_print_ex(memory.get(), name, 0, flags) < 0) {
    throw OpenSSLErrorOf(env, "printing a name");
  }
  return Napi::String::New(env, StringOf(memory.get()));
}

}  // namespace tsopenssl
