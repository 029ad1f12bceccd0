// What OpenSSL asks in the middle of a call, handed to the callbacks of a context.

import { bytesOrText, requireText } from '../crypto/arguments.ts';
import { createX509, type X509 } from '../crypto/certificate.ts';
import type { CertificateHandle } from '../native/certificate-binding.ts';
import { HookEvent, type HookName, type SessionHandle } from '../native/ssl-binding.ts';
import type { Connection } from './connection.ts';
import type { Context } from './context.ts';
import { protocolsOf } from './protocols.ts';
import { createSession, type Session } from './session.ts';

/**
 * Judges a certificate of a peer.
 * @param cert - a copy of the certificate
 * @param errorNumber - what OpenSSL found, 0 for nothing
 * @param depth - 0 for the peer's own certificate
 * @param isRight - what OpenSSL would answer
 * @returns whether to go on
 */
export type VerifyCallback = (
  connection: Connection,
  cert: X509 | undefined,
  errorNumber: number,
  depth: number,
  isRight: boolean,
) => boolean;

/** Chooses a context: see {@link Context.setTlsextServernameCallback}. */
export type ServerNameCallback = (connection: Connection) => unknown;

/** Chooses a protocol: see {@link Context.setAlpnSelectCallback}. */
export type AlpnSelectCallback = (
  connection: Connection,
  protocols: readonly Buffer[],
) => string | Uint8Array | typeof NO_OVERLAPPING_PROTOCOLS;

/** Answers a key: see {@link Context.setPskClientCallback}. */
export type PskClientCallback = (
  connection: Connection,
  hint: string | undefined,
) => readonly [identity: string, key: Uint8Array] | undefined;

/** Gets a session: see {@link Context.setNewSessionCallback}. */
export type NewSessionCallback = Exclude<Callbacks['newSession'], undefined>;

/** What an {@link AlpnSelectCallback} answers to go on without a protocol. */
export const NO_OVERLAPPING_PROTOCOLS: unique symbol = Symbol('NO_OVERLAPPING_PROTOCOLS');

/** The callbacks of a context, by what they are asked. */
export interface Callbacks {
  readonly verify?: VerifyCallback | undefined;
  readonly info?: ((connection: Connection, where: number, value: number) => void) | undefined;
  readonly keylog?: ((connection: Connection, line: string) => void) | undefined;
  readonly serverName?: ServerNameCallback | undefined;
  readonly selectProtocol?: AlpnSelectCallback | undefined;
  readonly ocspServer?: ((connection: Connection) => Uint8Array) | undefined;
  readonly ocspClient?: ((connection: Connection, response: Buffer) => boolean) | undefined;
  readonly cookieGenerate?: ((connection: Connection) => Uint8Array) | undefined;
  readonly cookieVerify?: ((connection: Connection, cookie: Buffer) => boolean) | undefined;
  readonly pskClient?: PskClientCallback | undefined;
  readonly pskServer?: ((connection: Connection, identity: string) => Uint8Array | undefined) | undefined;
  readonly newSession?: ((connection: Connection, session: Session) => void) | undefined;
  readonly certificate?: ((connection: Connection) => boolean) | undefined;
}

const names = Object.keys(HookEvent) as HookName[];

/** Bits 1 << event for the callbacks that there are. */
export function eventsOf(callbacks: Readonly<Callbacks>): number {
  return names.reduce(
    (events, name) => (callbackOf(callbacks, name) === undefined ? events : events | (1 << HookEvent[name])),
    0,
  );
}

/**
 * Asks the callback of an event, and gives what the binary expects, see ssl_hooks.h.
 * @throws what the callback throws; {TypeError} its answer is none that it may give
 */
export function answerOf(
  callbacks: Readonly<Callbacks>,
  connection: Connection,
  event: number,
  values: readonly unknown[],
): unknown {
  const name = names[event] as HookName;
  const ask = asks[name] as (
    callback: unknown,
    connection: Connection,
    ...values: readonly unknown[]
  ) => unknown;
  const callback = callbackOf(callbacks, name);
  return callback === undefined ? undefined : ask(callback, connection, ...values);
}

/** An own property: nothing that `Object.prototype` has is a callback. */
function callbackOf<Name extends HookName>(callbacks: Readonly<Callbacks>, name: Name): Callbacks[Name] {
  return Object.hasOwn(callbacks, name) ? callbacks[name] : undefined;
}

/** Whether there is a callback for an event. */
export function hasCallback(callbacks: Readonly<Callbacks>, name: HookName): boolean {
  return callbackOf(callbacks, name) !== undefined;
}

/** How each callback is called. */
const asks: {
  readonly [Name in HookName]: (
    callback: Exclude<Callbacks[Name], undefined>,
    connection: Connection,
    ...values: never[]
  ) => unknown;
} = {
  verify: (
    callback,
    connection,
    errorNumber: number,
    depth: number,
    certificate: CertificateHandle | undefined,
    isRight: boolean,
  ) => {
    const answer = callback(connection, certificate && createX509(certificate), errorNumber, depth, isRight);
    return booleanOf(answer, 'verify');
  },
  info: (callback, connection, where: number, value: number) => callback(connection, where, value),
  keylog: (callback, connection, line: string) => callback(connection, line),
  serverName: (callback, connection) => {
    const answer = callback(connection);
    // a promise would choose after the handshake
    if (typeof (answer as Partial<PromiseLike<unknown>> | undefined)?.then === 'function')
      throw new TypeError('Expected false or nothing from the server name callback, got a promise');
    return answer !== false;
  },
  selectProtocol: (callback, connection, offered: Buffer) => {
    const chosen: unknown = callback(connection, protocolsOf(offered));
    return chosen === NO_OVERLAPPING_PROTOCOLS
      ? undefined
      : bytesOrText(chosen, 'what the ALPN callback returns');
  },
  ocspServer: (callback, connection) => bytesOrText(callback(connection), 'what the OCSP callback returns'),
  ocspClient: (callback, connection, response: Buffer) => booleanOf(callback(connection, response), 'OCSP'),
  cookieGenerate: (callback, connection) =>
    bytesOrText(callback(connection), 'what the cookie callback returns'),
  cookieVerify: (callback, connection, cookie: Buffer) => booleanOf(callback(connection, cookie), 'cookie'),
  pskClient: (callback, connection, hint: string | undefined) => {
    const answer = callback(connection, hint);
    if (answer === undefined) return undefined;
    if (!Array.isArray(answer)) throw new TypeError('Expected [identity, key] from the PSK callback');
    return [
      requireText(answer[0], 'identity of the PSK callback'),
      bytesOrText(answer[1], 'key of the PSK callback'),
    ];
  },
  pskServer: (callback, connection, identity: string) => {
    const key = callback(connection, identity);
    return key === undefined ? undefined : bytesOrText(key, 'what the PSK callback returns');
  },
  newSession: (callback, connection, session: SessionHandle) => callback(connection, createSession(session)),
  certificate: (callback, connection) => booleanOf(callback(connection), 'certificate'),
};

/** Nothing but `true` and `false`: a forgotten `return`, or a promise, must not be a yes. */
function booleanOf(answer: unknown, which: string): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new TypeError(`Expected true or false from the ${which} callback, got ${typeof answer}`);
}
