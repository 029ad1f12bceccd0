// The forms that objects are read and written in: pyOpenSSL's numbers.

#ifndef TSOPENSSL_FILE_TYPE_H_
#define TSOPENSSL_FILE_TYPE_H_

#include <napi.h>

#include "values.h"

namespace tsopenssl {

// FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT
enum class FileType : int32_t { kPem = 1, kAsn1 = 2, kText = 65535 };

inline FileType FileTypeOf(const Napi::Value& value) { return static_cast<FileType>(IntegerOf(value, "type")); }

inline Napi::Error UnknownFileType(Napi::Env env) {
  return Napi::RangeError::New(env, "Expected a FILETYPE constant that fits for type");
}

}  // namespace tsopenssl

#endif  // TSOPENSSL_FILE_TYPE_H_
