#include "crl.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <utility>

#include "asn1_time.h"
#include "error.h"
#include "export.h"
#include "extension.h"
#include "file_type.h"
#include "name.h"
#include "revoked.h"
#include "values.h"

namespace tsopenssl {

namespace {

constexpr int64_t kParsedSizeFactor = 6;  // an entry of 40 bytes takes about 240 when it is parsed

int RefusePassphrase(char*, int, int, void*) { return -1; }

CrlPointer Read(Napi::Env env, FileType type, const Bytes& bytes) {
  if (type != FileType::kPem && type != FileType::kAsn1) throw UnknownFileType(env);
  const BioPointer memory = ReadingBio(bytes);
  if (memory == nullptr) return nullptr;
  if (type == FileType::kAsn1) return CrlPointer(d2i_X509_CRL_bio(memory.get(), nullptr));
  return CrlPointer(PEM_read_bio_X509_CRL(memory.get(), nullptr, RefusePassphrase, nullptr));
}

int Write(Napi::Env env, FileType type, BIO* memory, X509_CRL* crl) {
  if (type == FileType::kPem) return PEM_write_bio_X509_CRL(memory, crl);
  if (type == FileType::kAsn1) return i2d_X509_CRL_bio(memory, crl);
  if (type == FileType::kText) return X509_CRL_print(memory, crl);
  throw UnknownFileType(env);
}

Napi::Value LoadCrl(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  const Bytes bytes = BytesOf(info[1], "bytes");
  CrlPointer crl = Read(env, type, bytes);
  if (crl == nullptr) throw OpenSSLErrorOf(env, "loading a CRL");
  return CrlHandleOf(env, std::move(crl));
}

Napi::Value CopyCrl(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  CrlPointer copy(X509_CRL_dup(CrlOf(info[0])));
  if (copy == nullptr) throw OpenSSLErrorOf(info.Env(), "copying a CRL");
  return CrlHandleOf(info.Env(), std::move(copy));
}

Napi::Value DumpCrl(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const FileType type = FileTypeOf(info[0]);
  X509_CRL* crl = CrlOf(info[1]);
  const BioPointer memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || Write(env, type, memory.get(), crl) != 1) throw OpenSSLErrorOf(env, "dumping a CRL");
  return BufferOf(env, memory.get());
}

Napi::Value CrlNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  CrlPointer crl(X509_CRL_new());
  if (crl == nullptr) throw OpenSSLErrorOf(info.Env(), "making a CRL");
  return CrlHandleOf(info.Env(), std::move(crl));
}

Napi::Value CrlVersion(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return Napi::Number::New(info.Env(), static_cast<double>(X509_CRL_get_version(CrlOf(info[0]))));
}

void CrlSetVersion(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_CRL* crl = CrlOf(info[0]);
  if (X509_CRL_set_version(crl, IntegerOf(info[1], "version")) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the version of a CRL");
  }
}

Napi::Value CrlIssuer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return NameHandleOf(info.Env(), X509_CRL_get_issuer(CrlOf(info[0])));
}

void CrlSetIssuer(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_CRL* crl = CrlOf(info[0]);
  if (X509_CRL_set_issuer_name(crl, NameOf(info[1], "issuer")) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the issuer of a CRL");
  }
}

Napi::Value CrlLastUpdate(const Napi::CallbackInfo& info) {
  return OptionalTimeOf(info.Env(), X509_CRL_get0_lastUpdate(CrlOf(info[0])));
}

Napi::Value CrlNextUpdate(const Napi::CallbackInfo& info) {
  return OptionalTimeOf(info.Env(), X509_CRL_get0_nextUpdate(CrlOf(info[0])));
}

template <auto Set>
void SetTime(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_CRL* crl = CrlOf(info[0]);
  const AsnTimePointer time = ReadTime(info[1], "when");
  if (Set(crl, time.get()) != 1) throw OpenSSLErrorOf(info.Env(), "setting a time of a CRL");
}

Napi::Value CrlNumber(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const X509_CRL* crl = CrlOf(info[0]);
  const int index = X509_CRL_get_ext_by_NID(crl, NID_crl_number, -1);
  if (index < 0) return env.Undefined();
  const AsnIntegerPointer number(static_cast<ASN1_INTEGER*>(X509V3_EXT_d2i(X509_CRL_get_ext(crl, index))));
  if (number == nullptr) throw OpenSSLErrorOf(env, "reading the number of a CRL");
  return BigIntOf(env, number.get());
}

// OpenSSL keeps the encoding that a list was read from, and forgets it by itself for all changes but those of extensions
void ForgetEncoding(X509_CRL* crl) { i2d_re_X509_CRL_tbs(crl, nullptr); }

void CrlSetNumber(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_CRL* crl = CrlOf(info[0]);
  if (info[1].IsUndefined()) {
    for (int index; (index = X509_CRL_get_ext_by_NID(crl, NID_crl_number, -1)) >= 0;) {
      X509_EXTENSION_free(X509_CRL_delete_ext(crl, index));
    }
    return ForgetEncoding(crl);
  }
  const AsnIntegerPointer number = IntegerPointerOf(info[1], "number");
  if (X509_CRL_add1_ext_i2d(crl, NID_crl_number, number.get(), 0, X509V3_ADD_REPLACE) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the number of a CRL");
  }
  ForgetEncoding(crl);
}

Napi::Value CrlRevoked(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(CrlOf(info[0]));
  Napi::Array revoked = Napi::Array::New(info.Env());
  for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
    const Napi::HandleScope handles(info.Env());  // a list may have a million of them
    revoked.Set(static_cast<uint32_t>(i), RevokedHandleOf(info.Env(), sk_X509_REVOKED_value(entries, i)));
  }
  return revoked;
}

void CrlAddRevoked(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_CRL* crl = CrlOf(info[0]);
  const X509_REVOKED* revoked = RevokedOf(info[1]);
  if (ASN1_STRING_length(X509_REVOKED_get0_revocationDate(revoked)) == 0) {
    throw Napi::TypeError::New(info.Env(), "Expected a Revoked that has a date for revoked, got one without");
  }
  if (!AddRevoked(crl, revoked)) throw OpenSSLErrorOf(info.Env(), "adding a revocation to a CRL");
}

Napi::Value CrlFindRevoked(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  // X509_CRL_get0_by_serial(3) would sort the entries, and with them what is dumped
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(CrlOf(info[0]));
  const AsnIntegerPointer serial = IntegerPointerOf(info[1], "serial");
  for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
    const X509_REVOKED* revoked = sk_X509_REVOKED_value(entries, i);
    if (ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(revoked), serial.get()) == 0) {
      return RevokedHandleOf(info.Env(), revoked);
    }
  }
  return info.Env().Undefined();
}

Napi::Value CrlExtensions(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  return ArrayOf(info.Env(), X509_CRL_get0_extensions(CrlOf(info[0])));
}

void CrlAddExtensions(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  X509_CRL* crl = CrlOf(info[0]);
  const ExtensionsPointer added = ExtensionsOf(info[1], "extensions");
  if (!AddAll<X509_CRL_get_ext_count, X509_CRL_add_ext, X509_CRL_delete_ext>(crl, added.get())) {
    throw OpenSSLErrorOf(info.Env(), "adding extensions to a CRL");
  }
  ForgetEncoding(crl);
}

}  // namespace

bool AddRevoked(X509_CRL* crl, const X509_REVOKED* revoked) {
  RevokedPointer copy(X509_REVOKED_dup(revoked));
  if (copy == nullptr || X509_CRL_add0_revoked(crl, copy.get()) != 1) return false;
  copy.release();  // belongs to the list
  return true;
}

Napi::Value CrlHandleOf(Napi::Env env, CrlPointer crl) {
  const int length = i2d_X509_CRL(crl.get(), nullptr);
  const int64_t size_bytes = 1024 + kParsedSizeFactor * static_cast<int64_t>(length > 0 ? length : 0);
  return HandleOf(env, HandleKind::kCrl, std::move(crl), size_bytes);
}

X509_CRL* CrlOf(const Napi::Value& value) { return HeldBy<X509_CRL>(value, HandleKind::kCrl, "crl"); }

void ExportCrl(Napi::Object exports) {
  Export<LoadCrl>(exports, "loadCrl");
  Export<CopyCrl>(exports, "copyCrl");
  Export<DumpCrl>(exports, "dumpCrl");
  Export<CrlNew>(exports, "crlNew");
  Export<CrlVersion>(exports, "crlVersion");
  Export<CrlSetVersion>(exports, "crlSetVersion");
  Export<CrlIssuer>(exports, "crlIssuer");
  Export<CrlSetIssuer>(exports, "crlSetIssuer");
  Export<CrlLastUpdate>(exports, "crlLastUpdate");
  Export<CrlNextUpdate>(exports, "crlNextUpdate");
  Export<SetTime<X509_CRL_set1_lastUpdate>>(exports, "crlSetLastUpdate");
  Export<SetTime<X509_CRL_set1_nextUpdate>>(exports, "crlSetNextUpdate");
  Export<CrlNumber>(exports, "crlNumber");
  Export<CrlSetNumber>(exports, "crlSetNumber");
  Export<CrlRevoked>(exports, "crlRevoked");
  Export<CrlAddRevoked>(exports, "crlAddRevoked");
  Export<CrlFindRevoked>(exports, "crlFindRevoked");
  Export<CrlExtensions>(exports, "crlExtensions");
  Export<CrlAddExtensions>(exports, "crlAddExtensions");
}

}  // namespace tsopenssl
