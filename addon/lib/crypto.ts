// The namespace `crypto`: keys, names, certificates and requests, under pyOpenSSL's names.

export type { X509AnchorOptions } from './crypto/anchor-options.ts';
export {
  FILETYPE_ASN1,
  FILETYPE_PEM,
  FILETYPE_TEXT,
  type FileType,
  type Passphrase,
} from './crypto/arguments.ts';
export {
  dumpCertificate,
  dumpCertificates,
  loadCertificate,
  loadCertificates,
  X509,
} from './crypto/certificate.ts';
export type { X509ConfigOptions } from './crypto/config-certificate.ts';
export type { CRLConfigOptions } from './crypto/config-crl.ts';
export type { ConfigAnswers } from './crypto/config-subject.ts';
export type { ConfigEnvironment } from './crypto/config-text.ts';
export { CRL, dumpCrl, loadCrl } from './crypto/crl.ts';
export { type EllipticCurve, getEllipticCurve, getEllipticCurves } from './crypto/curves.ts';
export { X509Extension, type X509ExtensionContext, type X509ExtensionOptions } from './crypto/extension.ts';
export { type KeyCancelOptions, PKey } from './crypto/key.ts';
export {
  dumpPrivatekey,
  dumpPublickey,
  loadPrivatekey,
  loadPublickey,
  type PrivateKeyOptions,
} from './crypto/key-format.ts';
export {
  type KeyOptions,
  type KeyType,
  type KeyTypeName,
  TYPE_DH,
  TYPE_DSA,
  TYPE_EC,
  TYPE_RSA,
} from './crypto/key-kinds.ts';
export { X509Name, type X509NameComponent } from './crypto/name.ts';
export { dumpPkcs7, loadPkcs7Data, PKCS7, type PKCS7Signed } from './crypto/pkcs7.ts';
export { loadPkcs12, PKCS12, type PKCS12Options, type PKCS12ReadOptions } from './crypto/pkcs12.ts';
export {
  dumpCertificateRequest,
  loadCertificateRequest,
  type RequestConfigOptions,
  X509Req,
} from './crypto/request.ts';
export { type RevocationReason, Revoked } from './crypto/revoked.ts';
export { sign, verify } from './crypto/signature.ts';
export { NetscapeSPKI } from './crypto/spki.ts';
export { X509Store } from './crypto/store.ts';
export { X509StoreContext, X509StoreContextError } from './crypto/store-context.ts';
export { X509CheckFlags, X509StoreFlags } from './crypto/store-flags.ts';
export { type X509VerificationCode, X509VerificationCodes } from './crypto/verify-codes.ts';
export type { X509Purpose, X509VerifyOptions } from './crypto/verify-options.ts';
export { OpenSSLError as Error } from './openssl-error.ts';
