// Connections of a client: node:tls's connect, as a promise, of a peer that was verified.

import { connect as connectSocket, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  requireBoolean,
  requireInteger,
  requireOptions,
  requireText,
  wrongArgument,
} from '../crypto/arguments.ts';
import type { X509 } from '../crypto/certificate.ts';
import type { X509VerifyOptions } from '../crypto/verify-options.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { type Connection, connectionCore } from '../ssl/connection.ts';
import { VERIFY_PEER } from '../ssl/constants.ts';
import type { Context } from '../ssl/context.ts';
import { Session } from '../ssl/session.ts';
import {
  contextOptions,
  createSecureContext,
  nameToVerify,
  refuseBoth,
  type SecureContextOptions,
  secureContextOptionNames,
  sharedClientContext,
} from './secure-context.ts';
import { makeTLSSocket, type TLSSocket } from './tls-socket.ts';

/** How a server is reached and verified, in node:tls's names. */
export interface ConnectOptions extends SecureContextOptions {
  /** Name or address of the server (default `localhost`). */
  readonly host?: string;
  /** TCP port. */
  readonly port?: number;
  /** A socket of the file system, in the place of host and port; `host` is then the name that is verified. */
  readonly path?: string;
  /** A stream that is connected already, in the place of all three. */
  readonly socket?: Duplex;
  /** Further options of node:net's connect: `localAddress`, `family`, `lookup`, … */
  readonly net?: Partial<NetConnectOpts>;
  /** In the place of all options of a context; it says how the server is verified, and for which name. */
  readonly secureContext?: Context;
  /** The name to ask for (SNI) and to verify, where that is not `host`; an empty one asks for none. */
  readonly servername?: string;
  /** false: goes on with a server that was not verified. `authorized` and `authorizationError` say so (default true). */
  readonly rejectUnauthorized?: boolean;
  /** Decides about the name in the place of OpenSSL: an error refuses the server. The chain is verified before. */
  readonly checkServerIdentity?: (hostname: string, certificate: X509) => Error | undefined;
  /** What else the certificate must be, such as `depth`, `policies` or `flags`. */
  readonly verify?: Omit<X509VerifyOptions, 'crls' | 'untrusted'>;
  /** Protocols to offer, the best first: `['h2', 'http/1.1']`. */
  readonly ALPNProtocols?: Iterable<string | Uint8Array>;
  /** A session to go on with: `getSession()` of an earlier connection to the same server. */
  readonly session?: Uint8Array | Session;
  /** Asks for the state of the server's certificate: the event `OCSPResponse` gives it in DER, or null, before `secure`. */
  readonly requestOCSP?: boolean;
  /** Whether the socket sends small segments at once, instead of waiting for an acknowledgement (default true). */
  readonly noDelay?: boolean;
  /** How long it may take until the handshake is done, in milliseconds; 0 for ever (default 0). */
  readonly timeout?: number;
  /** Gives up, before and after the handshake. */
  readonly signal?: AbortSignal;
  /** Whether sending can go on after the server has ended its side (default false). */
  readonly allowHalfOpen?: boolean;
  /** How many bytes are kept for who reads, and taken of who writes, before they have to wait. */
  readonly highWaterMark?: number;
}

/** @internal */
export const connectOptionNames: readonly (keyof ConnectOptions)[] = [
  ...secureContextOptionNames,
  ...([
    'host',
    'port',
    'path',
    'socket',
    'net',
    'secureContext',
    'servername',
    'rejectUnauthorized',
  ] as const),
  ...(['checkServerIdentity', 'verify', 'ALPNProtocols', 'session', 'timeout', 'signal'] as const),
  ...(['requestOCSP', 'allowHalfOpen', 'highWaterMark', 'noDelay'] as const),
];

/**
 * Connects to a server, and verifies it: its chain up to one of the roots, and its name.
 * @param options - see {@link ConnectOptions}
 * @returns the connection, when its handshake is done
 * @throws {TypeError} an unknown option, or one of the wrong type
 * @throws {RangeError} a value that cannot be
 * @throws {TLSError} the server was not verified, `verification`, or refuses, `alert`
 * @throws {OpenSSLError} a certificate or key that cannot be used; ERR_HANDSHAKE_TIMEOUT
 * @throws {SysCallError} the transport failed, or the server closed the connection without close_notify
 * @throws {Error} what node:net says: no such name, nobody listens; AbortError, or the reason of the signal
 */
export async function connect(options: ConnectOptions): Promise<TLSSocket> {
  const given = requireOptions<ConnectOptions>(options, 'options', connectOptionNames);
  for (const name of ['port', 'path', 'net'] as const) refuseBoth(given, 'socket', name);
  refuseBoth(given, 'path', 'port');
  const { signal, timeout = 0 } = given;
  requireInteger(timeout, 'options.timeout', 0, 2 ** 31 - 1);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw wrongArgument('an AbortSignal', 'options.signal', signal, false);
  signal?.throwIfAborted();
  const tls = startConnecting(given);
  await secured(tls, signal, timeout);
  if (signal !== undefined) destroyOnAbort(tls, signal);
  return tls;
}

/** @internal Begins what {@link connect} does; the socket fails of what that rejects with. */
export function startConnecting(given: ConnectOptions): TLSSocket {
  const options = requireOptions<ConnectOptions>(given, 'options', connectOptionNames);
  const { requestOCSP, allowHalfOpen, highWaterMark, noDelay } = options;
  const secureContext = clientContext(options);
  const prepare = preparation(options);
  return makeTLSSocket(
    options.socket ?? plainSocket(options),
    {
      secureContext,
      ...(requestOCSP === undefined ? {} : { requestOCSP }),
      ...(allowHalfOpen === undefined ? {} : { allowHalfOpen }),
      ...(highWaterMark === undefined ? {} : { highWaterMark }),
      ...(noDelay === undefined ? {} : { noDelay }),
    },
    { prepare, checkPeer: (tls) => identityError(tls, options) },
  );
}

function clientContext(options: ConnectOptions): Context {
  const own = contextOptions(options);
  if (options.secureContext !== undefined) return options.secureContext;
  return Object.keys(own).length === 0 ? sharedClientContext() : createSecureContext(own);
}

/** Name that the server must have. */
function serverName(options: ConnectOptions): string {
  const { host = 'localhost', servername } = options;
  const name = servername === undefined || servername === '' ? host : servername;
  return requireText(name, 'options.host');
}

function preparation(options: ConnectOptions): (connection: Connection) => void {
  const {
    servername,
    rejectUnauthorized = true,
    checkServerIdentity,
    verify,
    ALPNProtocols,
    session,
  } = options;
  const name = nameToVerify(serverName(options));
  if (checkServerIdentity !== undefined && typeof checkServerIdentity !== 'function')
    throw wrongArgument('a function', 'options.checkServerIdentity', checkServerIdentity, false);
  const isLenient = !requireBoolean(rejectUnauthorized, 'options.rejectUnauthorized');
  const earlier = session instanceof Uint8Array ? Session.fromDer(session) : session;
  return (connection) => {
    connection.setVerifyOptions({ ...(checkServerIdentity === undefined ? name : {}), ...verify });
    if ('hostname' in name && servername !== '') connection.setTlsextHostName(withoutDot(name.hostname));
    const core = connectionCore(connection);
    if (isLenient) core.verifyLeniently();
    else core.setVerifyMode(core.number('verifyMode') | VERIFY_PEER);
    if (checkServerIdentity !== undefined) core.refuseRenegotiation();
    if (ALPNProtocols !== undefined) connection.setAlpnProtos(ALPNProtocols);
    if (earlier !== undefined) connection.setSession(earlier);
  };
}

/** A name that ends with the root of DNS is sent without it, RFC 6066 section 3. */
function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function plainSocket(options: ConnectOptions): Socket {
  const { host = 'localhost', port, path, net } = options;
  if (path === undefined) requireInteger(port, 'options.port', 1, 65535);
  const where =
    path === undefined ? { host, port: port as number } : { path: requireText(path, 'options.path') };
  const socket = connectSocket({ ...net, ...where, allowHalfOpen: true } as NetConnectOpts);
  // what comes is read by the connection
  return socket.pause();
}

/** Waits until the handshake is done; where that does not come, nothing is left. */
function secured(tls: TLSSocket, signal: AbortSignal | undefined, milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      tls.off('secure', onSecure).off('error', onError).off('close', onClose);
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    };
    const onSecure = () => {
      stop();
      resolve();
    };
    const onError = (error: Error) => {
      stop();
      reject(error);
    };
    const onClose = () => onError(new OpenSSLError('the connection was closed', [], { code: 'ERR_CLOSED' }));
    const giveUp = (reason: unknown) => {
      stop();
      tls.on('error', () => {}).destroy();
      reject(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const timer =
      milliseconds === 0 ? undefined : setTimeout(() => giveUp(tooSlow(milliseconds)), milliseconds);
    tls.on('secure', onSecure).on('error', onError).on('close', onClose);
    signal?.addEventListener('abort', onAbort);
  });
}

function tooSlow(milliseconds: number): OpenSSLError {
  return new OpenSSLError(`the connection was not made within ${milliseconds} ms`, [], {
    code: 'ERR_HANDSHAKE_TIMEOUT',
  });
}

/** Why the peer is not who it should be, if the caller decides that. */
function identityError(tls: TLSSocket, options: ConnectOptions): Error | undefined {
  const { checkServerIdentity, rejectUnauthorized = true } = options;
  const certificate = checkServerIdentity === undefined ? null : tls.getPeerCertificate();
  if (checkServerIdentity === undefined || certificate === null) return undefined;
  const error = checkServerIdentity(serverName(options), certificate);
  if (error === undefined) return undefined;
  tls.authorized = false;
  tls.authorizationError ??= error;
  return rejectUnauthorized ? error : undefined;
}

function destroyOnAbort(tls: TLSSocket, signal: AbortSignal): void {
  const onAbort = () => tls.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  tls.once('close', () => signal.removeEventListener('abort', onAbort));
  if (signal.aborted) onAbort();
}
