// The namespace `SSL`: contexts and connections of TLS and DTLS, under pyOpenSSL's names.

export { OpenSSLError as Error } from './openssl-error.ts';
export { Connection, type ConnectionWant } from './ssl/connection.ts';
export * from './ssl/constants.ts';
export {
  type AlpnSelectCallback,
  Context,
  type NewSessionCallback,
  NO_OVERLAPPING_PROTOCOLS,
  type PskClientCallback,
  type ServerNameCallback,
  type VerifyCallback,
} from './ssl/context.ts';
export {
  type CertificateFailure,
  SysCallError,
  TLSError,
  WantReadError,
  WantWriteError,
  WantX509LookupError,
  ZeroReturnError,
} from './ssl/errors.ts';
export { Session } from './ssl/session.ts';
