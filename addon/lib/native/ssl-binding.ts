// The functions of tsopenssl.node for TLS and DTLS.

import type { QueuedError } from '../openssl-error.ts';
import type { CertificateHandle } from './certificate-binding.ts';
import type { KeyHandle } from './key-binding.ts';
import type { NameHandle } from './name-binding.ts';
import type { NativeVerifyParameters, StoreHandle } from './store-binding.ts';

declare const contextBrand: unique symbol;
declare const connectionBrand: unique symbol;
declare const sessionBrand: unique symbol;

/** An SSL_CTX of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface SslContextHandle {
  readonly [contextBrand]: true;
}

/** An SSL of OpenSSL, likewise. */
export interface ConnectionHandle {
  readonly [connectionBrand]: true;
}

/** An SSL_SESSION of OpenSSL, likewise. */
export interface SessionHandle {
  readonly [sessionBrand]: true;
}

/** What sslContextNumber knows. */
export const ContextNumber = {
  options: 0,
  mode: 1,
  minVersion: 2,
  maxVersion: 3,
  verifyDepth: 4,
  timeout: 5,
  sessionCacheMode: 6,
  sessionCacheSize: 7,
  tickets: 8,
  securityLevel: 9,
  verifyMode: 10,
  clearOptions: 11,
} as const;

/** What sslContextSetList knows. */
export const ContextList = { ciphers: 0, ciphersuites: 1, groups: 2, signatureAlgorithms: 3 } as const;

/** What connectionText knows. */
export const ConnectionText = {
  state: 0,
  serverName: 1,
  cipher: 2,
  cipherVersion: 3,
  protocol: 4,
  group: 5,
  srtpProfile: 6,
} as const;

/** What connectionNumber knows. */
export const ConnectionNumber = {
  protocol: 0,
  cipherBits: 1,
  shutdown: 2,
  pending: 3,
  verifyMode: 4,
  verifyResult: 5,
  isReused: 6,
  renegotiations: 7,
  isRenegotiating: 8,
  want: 9,
  dataMtu: 10,
  output: 11,
  hasEnding: 12,
  hasPeerCertificate: 13,
  hasNewSession: 14,
  isAnonymous: 15,
} as const;

/** What connectionBytes knows. */
export const ConnectionBytes = {
  serverRandom: 0,
  clientRandom: 1,
  masterKey: 2,
  finished: 3,
  peerFinished: 4,
  protocol: 5,
  ocspResponse: 6,
} as const;

/** What a connection may be asked in the middle of a call, see ssl_hooks.h. */
export const HookEvent = {
  verify: 0,
  info: 1,
  keylog: 2,
  serverName: 3,
  selectProtocol: 4,
  ocspServer: 5,
  ocspClient: 6,
  cookieGenerate: 7,
  cookieVerify: 8,
  pskClient: 9,
  pskServer: 10,
  newSession: 11,
  certificate: 12,
} as const;

export type HookName = keyof typeof HookEvent;

/** The function that is asked. It must not throw: what it throws is lost, and the answer a refusal. */
export type Hook = (event: number, ...values: readonly unknown[]) => unknown;

/** How a call ended that did not do what was asked; what it did is a number from 0. */
export const Outcome = {
  wantRead: -1,
  wantWrite: -2,
  wantCertificate: -3,
  closed: -4,
  system: -5,
  failed: -6,
} as const;

/** What connectionRun can do. */
export const WorkNumber = { handshake: 0, receiving: 1, sending: 2, shutdown: 3 } as const;

export type Work = keyof typeof WorkNumber;

export interface ConnectionFailure {
  readonly queue: readonly QueuedError[];
  /** errno, or 0 where the peer closed the connection without close_notify. */
  readonly systemError: number;
  /** Whether OpenSSL can no longer use the connection. */
  readonly isFatal: boolean;
  readonly verifyCode: number;
  readonly verifyMessage: string;
  readonly depth?: number;
  readonly certificate?: CertificateHandle;
}

interface SessionFacts {
  readonly id: Buffer;
  readonly epochSeconds: number;
  readonly timeoutSeconds: number;
  readonly protocol: number;
  readonly cipher: string;
  readonly hasTicket: boolean;
  readonly lifetimeHintSeconds: number;
  readonly isResumable: boolean;
}

export interface SslBinding {
  sslContextNew(isDatagram: boolean, role: number, version: number): SslContextHandle;
  sslContextNumber(context: SslContextHandle, which: number): number;
  sslContextSetNumber(context: SslContextHandle, which: number, value: number): number;
  sslContextUseCertificate(context: SslContextHandle, certificate: CertificateHandle): void;
  sslContextAddChainCertificate(context: SslContextHandle, certificate: CertificateHandle): void;
  sslContextUseChain(context: SslContextHandle, certificates: readonly CertificateHandle[]): void;
  sslContextUseKey(context: SslContextHandle, key: KeyHandle): void;
  sslContextCheckKey(context: SslContextHandle): void;
  sslContextSetClientAuthorities(context: SslContextHandle, names: readonly NameHandle[]): void;
  sslContextAddClientAuthority(context: SslContextHandle, certificate: CertificateHandle): void;
  sslContextSetSessionId(context: SslContextHandle, id: Uint8Array): void;
  sslContextSetTicketKeys(context: SslContextHandle, keys: readonly Uint8Array[]): void;
  sslContextTicketKeys(context: SslContextHandle): Buffer[];
  sslContextSetTicketKeyLifetime(context: SslContextHandle, seconds: number): void;
  sslContextSetVerify(context: SslContextHandle, mode: number): void;
  sslContextSetList(context: SslContextHandle, which: number, list: string): void;
  sslContextSetProtocols(context: SslContextHandle, protocols: Uint8Array): void;
  sslContextSetSrtp(context: SslContextHandle, profiles: string): void;
  sslContextSetDhParameters(context: SslContextHandle, pem: Uint8Array): void;
  sslContextSetStore(context: SslContextHandle, store: StoreHandle): void;
  sslContextEnable(context: SslContextHandle, events: number): void;

  connectionNew(context: SslContextHandle, events: number): ConnectionHandle;
  connectionClose(connection: ConnectionHandle): void;
  connectionReadAhead(connection: ConnectionHandle, sizeBytes: number): void;
  connectionRefuseRenegotiation(connection: ConnectionHandle): void;

  /** These five on POSIX alone, see ssl_descriptor.h. */
  connectionUseDescriptor?(connection: ConnectionHandle, descriptor: number, isGathering: boolean): void;
  connectionFlush?(connection: ConnectionHandle): number;
  connectionWatch?(
    connection: ConnectionHandle,
    events: number,
    callback: ((status: number, events: number) => void) | undefined,
  ): boolean;
  connectionSetReferenced?(connection: ConnectionHandle, isReferenced: boolean): void;
  connectionEndOutput?(connection: ConnectionHandle, isDropping: boolean): void;

  connectionHandshake(connection: ConnectionHandle, hook: Hook | undefined): number;
  connectionRead(
    connection: ConnectionHandle,
    hook: Hook | undefined,
    target: Uint8Array,
    isPeek: boolean,
  ): number;
  connectionFill(connection: ConnectionHandle, hook: Hook | undefined, target: Uint8Array): number;
  connectionWrite(
    connection: ConnectionHandle,
    hook: Hook | undefined,
    data: Uint8Array,
    offset: number,
  ): number;
  connectionShutdown(connection: ConnectionHandle, hook: Hook | undefined): number;
  connectionRenegotiate(connection: ConnectionHandle, hook: Hook | undefined): number;
  connectionUpdateKey(connection: ConnectionHandle, hook: Hook | undefined, isWanted: boolean): number;
  connectionListen(connection: ConnectionHandle, hook: Hook | undefined): number;
  connectionHandleTimeout(connection: ConnectionHandle, hook: Hook | undefined): number;
  connectionRun(
    connection: ConnectionHandle,
    which: number,
    argument: number | Uint8Array | undefined,
    done: (outcome: number, data: Buffer | undefined) => void,
  ): void;
  connectionFailure(connection: ConnectionHandle): ConnectionFailure;
  connectionOutput(connection: ConnectionHandle, target: Uint8Array): number;
  connectionInput(connection: ConnectionHandle, data: Uint8Array): number;
  connectionEndInput(connection: ConnectionHandle): void;

  connectionText(connection: ConnectionHandle, which: number): string | undefined;
  connectionNumber(connection: ConnectionHandle, which: number): number;
  connectionBytes(connection: ConnectionHandle, which: number): Buffer | undefined;
  connectionKeyingMaterial(
    connection: ConnectionHandle,
    label: string,
    size: number,
    context: Uint8Array | undefined,
  ): Buffer;
  connectionCertificate(connection: ConnectionHandle, isPeer: boolean): CertificateHandle | undefined;
  connectionChain(
    connection: ConnectionHandle,
    isVerified: boolean,
  ): readonly CertificateHandle[] | undefined;
  connectionClientAuthorities(connection: ConnectionHandle): readonly NameHandle[];
  connectionCiphers(connection: ConnectionHandle): string[];
  connectionSession(connection: ConnectionHandle): SessionHandle | undefined;
  connectionTimeout(connection: ConnectionHandle): number | undefined;

  connectionSetRole(connection: ConnectionHandle, isServer: boolean): void;
  connectionSetContext(connection: ConnectionHandle, context: SslContextHandle): void;
  connectionSetEvents(connection: ConnectionHandle, events: number): void;
  connectionSetVerify(connection: ConnectionHandle, mode: number, isLenient: boolean): void;
  connectionSetParameters(connection: ConnectionHandle, parameters: NativeVerifyParameters): void;
  connectionSetServerName(connection: ConnectionHandle, name: string): void;
  connectionSetProtocols(connection: ConnectionHandle, protocols: Uint8Array): void;
  connectionSetShutdown(connection: ConnectionHandle, state: number): void;
  connectionSetSession(connection: ConnectionHandle, session: SessionHandle): void;
  connectionSetMtu(connection: ConnectionHandle, size: number): void;
  connectionRequestOcsp(connection: ConnectionHandle): void;
  connectionUseCertificate(connection: ConnectionHandle, certificate: CertificateHandle): void;
  connectionUseKey(connection: ConnectionHandle, key: KeyHandle): void;

  sessionLoad(der: Uint8Array): SessionHandle;
  sessionDump(session: SessionHandle): Buffer;
  sessionFacts(session: SessionHandle): SessionFacts;
}
