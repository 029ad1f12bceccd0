// The extensions that a section of an openssl.cnf describes.

#ifndef TSOPENSSL_CONFIGURED_EXTENSIONS_H_
#define TSOPENSSL_CONFIGURED_EXTENSIONS_H_

#include <napi.h>

namespace tsopenssl {

// `config` is the text of an openssl.cnf without includes and without references to the environment.
//
// extensionsOfSection(config: Uint8Array, section: string, subject, issuer: certificate | undefined,
//   issuerKey: key | undefined, request: request | undefined): handle[], in their order, but the subject's identifier before the
//   authority's. With issuerKey, an authority key identifier can be made for a certificate that is its own issuer
// certificateAddSection(certificate, config: Uint8Array, section: string | undefined, issuer: certificate | undefined, key):
//   undefined. As `openssl req -x509` does: adds the extensions of the section, if any, each in the place of those of its kind,
//   then the key identifiers that are missing; `key` will sign. What fails may have added some
void ExportConfiguredExtensions(Napi::Object exports);

}  // namespace tsopenssl

#endif  // TSOPENSSL_CONFIGURED_EXTENSIONS_H_
