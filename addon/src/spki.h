// Netscape's signed public keys (SPKAC): a key with a challenge, signed by its owner.

#ifndef TSOPENSSL_SPKI_H_
#define TSOPENSSL_SPKI_H_

#include <napi.h>

namespace tsopenssl {

// spkiNew(): handle
// spkiFromBase64(text: string): handle
// spkiBase64(spki): string
// spkiPublicKey(spki): handle of a key; spkiSetPublicKey(spki, key): takes the public part
// spkiChallenge(spki): string, in UTF-8 where the challenge is none; spkiSetChallenge(spki, challenge: string), ASCII
// spkiSign(spki, key, digest: string): handle of a signed copy; the object itself does not change
// spkiVerify(spki, key): undefined where its signature is right, otherwise what OpenSSL said, as drainErrors() does
void ExportSpki(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_SPKI_H_
