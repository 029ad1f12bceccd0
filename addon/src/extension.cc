#include "extension.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <string>

#include "certificate.h"
#include "configuration.h"
#include "error.h"
#include "export.h"
#include "extension_context.h"
#include "general_names.h"
#include "values.h"

namespace tsopenssl {

namespace {

std::string ValueOf(const Napi::Value& value, const char* name) {
  const Bytes bytes = BytesOf(value, name);
  const std::string text(bytes.begin(), bytes.end());
  if (text.find('\0') == std::string::npos) return text;
  throw Napi::RangeError::New(value.Env(), std::string("Expected text without NUL for ") + name);
}

Napi::Value ExtensionNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const std::string name = TextOf(info[0], "typeName");
  const std::string value = ValueOf(info[1], "value");
  const Bytes text = BytesOf(info[2], "config");
  const ConfPointer own = text.empty() ? nullptr : ConfigurationOf(env, text);
  CONF* configuration = own == nullptr ? EmptyConfiguration() : own.get();
  ExtensionContext context(configuration, OptionalCertificateOf(info[3], "subject"),
                           OptionalCertificateOf(info[4], "issuer"), nullptr);
  return ExtensionHandleOf(env, context.Make(env, name.c_str(), value.c_str()));
}

Napi::Value ExtensionFromDer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const std::string oid = TextOf(info[0], "oid");
  const bool is_critical = BooleanOf(info[1], "critical");
  const Bytes data = BytesOf(info[2], "data");
  const AsnObjectPointer object(OBJ_txt2obj(oid.c_str(), 0));
  if (object == nullptr) throw Napi::RangeError::New(env, "Expected the name or OID of an extension, got " + oid.substr(0, 64));
  const AsnOctetsPointer octets(ASN1_OCTET_STRING_new());
  ExtensionPointer extension;
  if (octets != nullptr && ASN1_OCTET_STRING_set(octets.get(), data.data(), static_cast<int>(data.size())) == 1) {
    extension.reset(X509_EXTENSION_create_by_OBJ(nullptr, object.get(), is_critical ? 1 : 0, octets.get()));
  }
  if (extension == nullptr) throw OpenSSLErrorOf(env, "making an extension");
  return ExtensionHandleOf(env, std::move(extension));
}

const ASN1_OBJECT* ObjectOf(const Napi::Value& value) {
  return X509_EXTENSION_get_object(ExtensionOf(value, "extension"));
}

Napi::Value ExtensionOid(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return Napi::String::New(info.Env(), DottedOf(ObjectOf(info[0])));
}

Napi::Value ExtensionName(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const ASN1_OBJECT* object = ObjectOf(info[0]);
  const int nid = OBJ_obj2nid(object);
  return Napi::String::New(info.Env(), nid == NID_undef ? DottedOf(object) : OBJ_nid2sn(nid));
}

Napi::Value ExtensionIsCritical(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), X509_EXTENSION_get_critical(ExtensionOf(info[0], "extension")) == 1);
}

Napi::Value ExtensionData(const Napi::CallbackInfo& info) {
  const ASN1_OCTET_STRING* data = X509_EXTENSION_get_data(ExtensionOf(info[0], "extension"));
  return BufferOf(info.Env(), ASN1_STRING_get0_data(data), static_cast<size_t>(ASN1_STRING_length(data)));
}

Napi::Value ExtensionText(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  X509_EXTENSION* extension = ExtensionOf(info[0], "extension");
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr) throw OpenSSLErrorOf(env, "printing an extension");
  if (!PrintGeneralNames(memory.get(), extension) && X509V3_EXT_print(memory.get(), extension, 0, 0) != 1) {
    return env.Undefined();
  }
  return Napi::String::New(env, StringOf(memory.get()));
}

}  // namespace

Napi::Value ExtensionHandleOf(Napi::Env env, ExtensionPointer extension) {
  const int64_t size_bytes = 160 + ASN1_STRING_length(X509_EXTENSION_get_data(extension.get()));
  return HandleOf(env, HandleKind::kExtension, std::move(extension), size_bytes);
}

Napi::Value CopiedExtensionHandleOf(Napi::Env env, const X509_EXTENSION* extension) {
  ExtensionPointer copy(X509_EXTENSION_dup(extension));
  if (copy == nullptr) throw OpenSSLErrorOf(env, "copying an extension");
  return ExtensionHandleOf(env, std::move(copy));
}

X509_EXTENSION* ExtensionOf(const Napi::Value& value, const char* name) {
  return HeldBy<X509_EXTENSION>(value, HandleKind::kExtension, name);
}

ExtensionsPointer ExtensionsOf(const Napi::Value& value, const char* name) {
  const Napi::Env env = value.Env();
  if (!value.IsArray()) throw Napi::TypeError::New(env, std::string("Expected an array for ") + name);
  const auto array = value.As<Napi::Array>();
  ExtensionsPointer list(sk_X509_EXTENSION_new_null());
  if (list == nullptr) throw OpenSSLErrorOf(env, "copying extensions");
  for (uint32_t i = 0; i < array.Length(); i++) {
    ExtensionPointer copy(X509_EXTENSION_dup(ExtensionOf(array.Get(i), name)));
    if (copy == nullptr || sk_X509_EXTENSION_push(list.get(), copy.get()) == 0) {
      throw OpenSSLErrorOf(env, "copying extensions");
    }
    copy.release();
  }
  return list;
}

Napi::Array ArrayOf(Napi::Env env, const STACK_OF(X509_EXTENSION)* extensions) {
  const int count = extensions == nullptr ? 0 : sk_X509_EXTENSION_num(extensions);
  Napi::Array handles = Napi::Array::New(env, static_cast<size_t>(count));
  for (int i = 0; i < count; i++) {
    handles.Set(static_cast<uint32_t>(i), CopiedExtensionHandleOf(env, sk_X509_EXTENSION_value(extensions, i)));
  }
  return handles;
}

void ExportExtension(Napi::Object exports) {
  Export<ExtensionNew>(exports, "extensionNew");
  Export<ExtensionFromDer>(exports, "extensionFromDer");
  Export<ExtensionOid>(exports, "extensionOid");
  Export<ExtensionName>(exports, "extensionName");
  Export<ExtensionIsCritical>(exports, "extensionIsCritical");
  Export<ExtensionData>(exports, "extensionData");
  Export<ExtensionText>(exports, "extensionText");
}

}  // namespace tsopenssl
