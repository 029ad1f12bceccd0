// The namespace `crypto`: certificates, under pyOpenSSL's names.

export {
  dumpCertificate,
  FILETYPE_ASN1,
  FILETYPE_PEM,
  FILETYPE_TEXT,
  type FileType,
  loadCertificate,
  X509,
} from './x509.ts';
export { X509Name, type X509NameComponent } from './x509-name.ts';
