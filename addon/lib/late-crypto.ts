// What the rest of the library calls of `crypto`. In the published library the modules named late-….ts hold functions that read
// the module below when they are called (build/steps/library.ts).

export { loadCertificate } from './crypto.ts';
