#include "name.h"

#include <openssl/objects.h>

#include <string>

#include "error.h"
#include "export.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

// pyOpenSSL says UNDEF for an attribute without a name in OpenSSL's table; its OID says more
std::string AttributeName(const ASN1_OBJECT* object) {
  const int nid = OBJ_obj2nid(object);
  return nid == NID_undef ? DottedOf(object) : OBJ_nid2sn(nid);
}

Napi::Value HandleOfName(Napi::Env env, NamePointer name) {
  const int64_t size_bytes = 256 + i2d_X509_NAME(name.get(), nullptr);
  return HandleOf(env, HandleKind::kName, std::move(name), size_bytes);
}

Napi::Value NameNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  NamePointer name(X509_NAME_new());
  if (name == nullptr) throw OpenSSLErrorOf(info.Env(), "making a name");
  return HandleOfName(info.Env(), std::move(name));
}

Napi::Value NameCopy(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return NameHandleOf(info.Env(), NameOf(info[0], "name"));
}

Napi::Value NameFromDer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const Bytes bytes = BytesOf(info[0], "bytes");
  const unsigned char* position = bytes.data();
  NamePointer name(bytes.empty() ? nullptr : d2i_X509_NAME(nullptr, &position, static_cast<long>(bytes.size())));
  if (name == nullptr) throw OpenSSLErrorOf(env, "reading a name");
  if (position != bytes.data() + bytes.size()) {
    throw Napi::RangeError::New(env, "Expected a name and nothing behind it for bytes");
  }
  return HandleOfName(env, std::move(name));
}

Napi::Value NameComponents(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509_NAME* name = NameOf(info[0], "name");
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
  const X509_NAME* name = NameOf(info[0], "name");
  const BioPointer memory(BIO_new(BIO_s_mem()));
  // RFC 2253 would escape every byte above 127; UTF-8 is what a terminal and JSON show
  const unsigned long flags = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  if (memory == nullptr || X509_NAME_print_ex(memory.get(), name, 0, flags) < 0) {
    throw OpenSSLErrorOf(env, "printing a name");
  }
  return Napi::String::New(env, StringOf(memory.get()));
}

Napi::Value NameOneLine(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Pointer<char, FreeText> text(X509_NAME_oneline(NameOf(info[0], "name"), nullptr, 0));
  if (text == nullptr) throw OpenSSLErrorOf(info.Env(), "printing a name");
  return Napi::String::New(info.Env(), text.get());
}

Napi::Value NameGet(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509_NAME* name = NameOf(info[0], "name");
  const AsnObjectPointer attribute = AttributeOf(info[1]);
  const int index = X509_NAME_get_index_by_OBJ(name, attribute.get(), -1);
  if (index < 0) return env.Undefined();
  unsigned char* text = nullptr;
  const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  const Pointer<unsigned char, FreeBytes> owned(text);
  if (length < 0) throw OpenSSLErrorOf(env, "reading an attribute of a name");
  return Napi::String::New(env, reinterpret_cast<const char*>(text), static_cast<size_t>(length));
}

void Add(X509_NAME* name, const ASN1_OBJECT* attribute, const Napi::Value& text, const Napi::Value& mask, bool is_joined) {
  const AsnStringPointer value = AttributeText(attribute, text, mask);
  const unsigned char* bytes = ASN1_STRING_get0_data(value.get());
  const int length = ASN1_STRING_length(value.get());
  if (X509_NAME_add_entry_by_OBJ(name, attribute, ASN1_STRING_type(value.get()), bytes, length, -1, is_joined ? -1 : 0) != 1) {
    throw OpenSSLErrorOf(text.Env(), "setting an attribute of a name");
  }
}

void NameAdd(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_NAME* name = NameOf(info[0], "name");
  const AsnObjectPointer attribute = AttributeOf(info[1]);
  Add(name, attribute.get(), info[2], info[3], BooleanOf(info[4], "isJoined"));
}

void NameSet(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_NAME* name = NameOf(info[0], "name");
  const AsnObjectPointer attribute = AttributeOf(info[1]);
  const int index = X509_NAME_get_index_by_OBJ(name, attribute.get(), -1);
  if (!info[2].IsUndefined()) Add(name, attribute.get(), info[2], info.Env().Undefined(), false);
  if (index >= 0) X509_NAME_ENTRY_free(X509_NAME_delete_entry(name, index));
}

Napi::Value NameHash(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  int ok = 0;
  const unsigned long hash = X509_NAME_hash_ex(NameOf(info[0], "name"), nullptr, nullptr, &ok);
  if (ok != 1) throw OpenSSLErrorOf(info.Env(), "hashing a name");
  return Napi::Number::New(info.Env(), static_cast<double>(hash & 0xffffffff));
}

Napi::Value NameDer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  unsigned char* bytes = nullptr;
  const int length = i2d_X509_NAME(NameOf(info[0], "name"), &bytes);
  const Pointer<unsigned char, FreeBytes> owned(bytes);
  if (length < 0) throw OpenSSLErrorOf(info.Env(), "encoding a name");
  return BufferOf(info.Env(), bytes, static_cast<size_t>(length));
}

Napi::Value NameCompare(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const int order = X509_NAME_cmp(NameOf(info[0], "name"), NameOf(info[1], "other"));
  if (order == -2) throw OpenSSLErrorOf(info.Env(), "comparing names");
  return Napi::Number::New(info.Env(), order);
}

}  // namespace

Napi::Value NameHandleOf(Napi::Env env, const X509_NAME* name) {
  NamePointer copy(X509_NAME_dup(name));
  if (copy == nullptr) throw OpenSSLErrorOf(env, "copying a name");
  return HandleOfName(env, std::move(copy));
}

X509_NAME* NameOf(const Napi::Value& value, const char* name) {
  return HeldBy<X509_NAME>(value, HandleKind::kName, name);
}

AsnObjectPointer AttributeOf(const Napi::Value& value) {
  const std::string text = TextOf(value, "attribute");
  AsnObjectPointer object(OBJ_txt2obj(text.c_str(), 0));
  if (object != nullptr) return object;
  throw Napi::RangeError::New(value.Env(), "Expected the name or OID of an attribute, got " + text.substr(0, 64));
}

AsnStringPointer AttributeText(const ASN1_OBJECT* attribute, const Napi::Value& text, const Napi::Value& mask) {
  const std::string value = TextOf(text, "value");
  const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
  const int length = static_cast<int>(value.size());
  const unsigned long allowed = mask.IsUndefined() ? ASN1_STRING_get_default_mask()
                                                   : static_cast<uint32_t>(IntegerOf(mask, "mask"));
  // as ASN1_STRING_set_by_NID does with the mask of the process
  const ASN1_STRING_TABLE* rule = ASN1_STRING_TABLE_get(OBJ_obj2nid(attribute));
  ASN1_STRING* made = nullptr;
  if (rule == nullptr) {
    ASN1_mbstring_copy(&made, bytes, length, MBSTRING_UTF8, DIRSTRING_TYPE & allowed);
  } else {
    const unsigned long types = (rule->flags & STABLE_NO_MASK) != 0 ? rule->mask : rule->mask & allowed;
    ASN1_mbstring_ncopy(&made, bytes, length, MBSTRING_UTF8, types, rule->minsize, rule->maxsize);
  }
  if (made == nullptr) throw OpenSSLErrorOf(text.Env(), "setting an attribute of a name");
  return AsnStringPointer(made);
}

void ExportName(Napi::Object exports) {
  Export<NameNew>(exports, "nameNew");
  Export<NameCopy>(exports, "nameCopy");
  Export<NameFromDer>(exports, "nameFromDer");
  Export<NameComponents>(exports, "nameComponents");
  Export<NameText>(exports, "nameText");
  Export<NameOneLine>(exports, "nameOneLine");
  Export<NameGet>(exports, "nameGet");
  Export<NameAdd>(exports, "nameAdd");
  Export<NameSet>(exports, "nameSet");
  Export<NameHash>(exports, "nameHash");
  Export<NameDer>(exports, "nameDer");
  Export<NameCompare>(exports, "nameCompare");
}

}  // namespace tsopenssl
