#include "spki.h"

#include <openssl/x509.h>

#include <string>
#include <utility>

#include "error.h"
#include "export.h"
#include "key.h"
#include "pointers.h"
#include "signature.h"
#include "values.h"

namespace tsopenssl {

namespace {

using SpkiPointer = Pointer<NETSCAPE_SPKI, NETSCAPE_SPKI_free>;

NETSCAPE_SPKI* SpkiOf(const Napi::Value& value) {
  return HeldBy<NETSCAPE_SPKI>(value, HandleKind::kSpki, "spki");
}

Napi::Value SpkiHandleOf(Napi::Env env, SpkiPointer spki) {
  const int64_t size_bytes = 2048;
  return HandleOf(env, HandleKind::kSpki, std::move(spki), size_bytes);
}

Napi::Value SpkiNew(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  SpkiPointer spki(NETSCAPE_SPKI_new());
  if (spki == nullptr) throw OpenSSLErrorOf(info.Env(), "making an SPKI");
  return SpkiHandleOf(info.Env(), std::move(spki));
}

Napi::Value SpkiFromBase64(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const std::string text = TextOf(info[0], "encoded");
  SpkiPointer spki(NETSCAPE_SPKI_b64_decode(text.c_str(), 0));
  if (spki == nullptr) throw OpenSSLErrorOf(info.Env(), "reading an SPKI");
  return SpkiHandleOf(info.Env(), std::move(spki));
}

Napi::Value SpkiBase64(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Pointer<char, FreeText> text(NETSCAPE_SPKI_b64_encode(SpkiOf(info[0])));
  if (text == nullptr) throw OpenSSLErrorOf(info.Env(), "encoding an SPKI");
  return Napi::String::New(info.Env(), text.get());
}

Napi::Value SpkiPublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  KeyPointer key(NETSCAPE_SPKI_get_pubkey(SpkiOf(info[0])));
  if (key == nullptr) throw OpenSSLErrorOf(info.Env(), "reading the public key of an SPKI");
  return KeyHandleOf(info.Env(), std::move(key));
}

void SpkiSetPublicKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  NETSCAPE_SPKI* spki = SpkiOf(info[0]);
  const KeyPointer key = PublicPartOf(info.Env(), KeyOf(info[1], "pkey"));
  if (NETSCAPE_SPKI_set_pubkey(spki, key.get()) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the public key of an SPKI");
  }
}

Napi::Value SpkiChallenge(const Napi::CallbackInfo& info) {
  const ASN1_IA5STRING* challenge = SpkiOf(info[0])->spkac->challenge;
  const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(challenge));
  return Napi::String::New(info.Env(), std::string(text, static_cast<size_t>(ASN1_STRING_length(challenge))));
}

void SpkiSetChallenge(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const NETSCAPE_SPKI* spki = SpkiOf(info[0]);
  const std::string text = TextOf(info[1], "challenge");
  if (ASN1_STRING_set(spki->spkac->challenge, text.data(), static_cast<int>(text.size())) != 1) {
    throw OpenSSLErrorOf(info.Env(), "setting the challenge of an SPKI");
  }
}

Napi::Value SpkiSign(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const NETSCAPE_SPKI* spki = SpkiOf(info[0]);
  EVP_PKEY* key = KeyOf(info[1], "pkey");
  const EVP_MD* digest = SigningDigest(env, key, TextOf(info[2], "digest"));
  SpkiPointer copy(NETSCAPE_SPKI_new());
  NETSCAPE_SPKAC* signed_part = static_cast<NETSCAPE_SPKAC*>(ASN1_item_dup(ASN1_ITEM_rptr(NETSCAPE_SPKAC), spki->spkac));
  if (copy == nullptr || signed_part == nullptr) {
    NETSCAPE_SPKAC_free(signed_part);
    throw OpenSSLErrorOf(env, "copying an SPKI");
  }
  NETSCAPE_SPKAC_free(copy->spkac);
  copy->spkac = signed_part;
  if (NETSCAPE_SPKI_sign(copy.get(), key, digest) <= 0) throw OpenSSLErrorOf(env, "signing an SPKI");
  return SpkiHandleOf(env, std::move(copy));
}

Napi::Value SpkiVerify(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  if (NETSCAPE_SPKI_verify(SpkiOf(info[0]), KeyOf(info[1], "key")) == 1) return info.Env().Undefined();
  return ArrayOf(info.Env(), DrainErrors());
}

}  // namespace

void ExportSpki(Napi::Object exports) {
  Export<SpkiNew>(exports, "spkiNew");
  Export<SpkiFromBase64>(exports, "spkiFromBase64");
  Export<SpkiBase64>(exports, "spkiBase64");
  Export<SpkiPublicKey>(exports, "spkiPublicKey");
  Export<SpkiSetPublicKey>(exports, "spkiSetPublicKey");
  Export<SpkiChallenge>(exports, "spkiChallenge");
  Export<SpkiSetChallenge>(exports, "spkiSetChallenge");
  Export<SpkiSign>(exports, "spkiSign");
  Export<SpkiVerify>(exports, "spkiVerify");
}

}  // namespace tsopenssl
