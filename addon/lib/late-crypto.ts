// What the rest of the library calls of `crypto`. In the published library that namespace is a file of its own, which is read
// when it is first asked for: build/steps/library.ts puts functions here that do so.

export { loadCertificate } from './crypto/certificate.ts';
