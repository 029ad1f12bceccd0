// The namespace `SSL`: contexts and connections of TLS and DTLS, under pyOpenSSL's names.

export { OpenSSLError as Error } from './openssl-error.ts';
export {
  type AlpnSelectCallback,
  type NewSessionCallback,
  NO_OVERLAPPING_PROTOCOLS,
  type PskClientCallback,
  type ServerNameCallback,
  type VerifyCallback,
} from './ssl/callbacks.ts';
export { Connection, type ConnectionWant } from './ssl/connection.ts';
export * from './ssl/constants.ts';
export { Context } from './ssl/context.ts';
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
