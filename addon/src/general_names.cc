#include "general_names.h"

#include <openssl/objects.h>

#include <cstdio>
#include <string>

#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte > 0x7e) {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\x%02X", byte);
      quoted += escaped;
    } else {
      if (character == '"' || character == '\\') quoted += '\\';
      quoted += character;
    }
  }
  return quoted + '"';
}

bool IsPlain(const std::string& text) {
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte > 0x7e || character == ',' || character == '"' || character == '\\') return false;
  }
  return true;
}

const char* LabelOf(const GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_EMAIL:
      return "email:";
    case GEN_DNS:
      return "DNS:";
    case GEN_URI:
      return "URI:";
    default:
      return nullptr;
  }
}

// What OpenSSL prints, in UTF-8: an OID, an address, a directory name with quotes of its own
std::string PrintedByOpenSSL(GENERAL_NAME* name) {
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || GENERAL_NAME_print(memory.get(), name) != 1) return "<invalid>";
  const std::string text = StringOf(memory.get());
  if (name->type != GEN_OTHERNAME) return text;
  const size_t start = text.find(':', text.find(':') + 1) + 1;
  const std::string value = text.substr(start);
  return text.substr(0, start) + (IsPlain(value) ? value : Quoted(value));
}

std::string TextOfName(GENERAL_NAME* name) {
  const char* label = LabelOf(name);
  if (label == nullptr) return PrintedByOpenSSL(name);
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.ia5));
  const std::string value(data == nullptr ? "" : data, static_cast<size_t>(ASN1_STRING_length(name->d.ia5)));
  return label + (IsPlain(value) ? value : Quoted(value));
}

}  // namespace

bool PrintGeneralNames(BIO* memory, X509_EXTENSION* extension) {
  const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
  if (nid != NID_subject_alt_name && nid != NID_issuer_alt_name) return false;
  const GeneralNamesPointer names(static_cast<GENERAL_NAMES*>(X509V3_EXT_d2i(extension)));
  if (names == nullptr) return false;
  std::string text;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); i++) {
    if (i > 0) text += ", ";
    text += TextOfName(sk_GENERAL_NAME_value(names.get(), i));
  }
  return text.empty() || BIO_write(memory, text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size());
}

}  // namespace tsopenssl
