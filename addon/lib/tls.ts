// The namespace `tls`: streams of TLS, under node:tls's names.

export type { SecureServerOptions } from './tls/acceptor.ts';
export { type ConnectOptions, connect } from './tls/connect.ts';
export {
  createSecureContext,
  type OneOrMore,
  type SecureContextOptions,
  type TLSVersion,
} from './tls/secure-context.ts';
export { createServer, Server, type ServerOptions } from './tls/server.ts';
export { type CipherInfo, TLSSocket, type TLSSocketOptions } from './tls/tls-socket.ts';
