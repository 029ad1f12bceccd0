// Alternative names: the values of subjectAltName and issuerAltName.

#ifndef TSOPENSSL_GENERAL_NAMES_H_
#define TSOPENSSL_GENERAL_NAMES_H_

#include <openssl/bio.h>
#include <openssl/x509v3.h>

namespace tsopenssl {

// Prints the names of an extension that holds them, with commas between them. One that could be taken for several, or that
// is not of plain characters, is put in quotes: CVE-2021-44532 is what happens otherwise. False, with nothing printed, where
// the extension is another one or cannot be read.
bool PrintGeneralNames(BIO* memory, X509_EXTENSION* extension);

}  // namespace tsopenssl

#endif  // TSOPENSSL_GENERAL_NAMES_H_
