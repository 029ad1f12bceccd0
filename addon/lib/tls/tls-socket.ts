// A connection of TLS as a stream: node:tls's TLSSocket, with verification on.

import type { AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { requireBoolean, requireInteger, requireOptions, wrongArgument } from '../crypto/arguments.ts';
import type { X509 } from '../crypto/certificate.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { Connection, connectionCore } from '../ssl/connection.ts';
import type { ConnectionCore } from '../ssl/connection-core.ts';
import type { Context } from '../ssl/context.ts';
import { SysCallError } from '../ssl/errors.ts';
import { joined } from './pending-write.ts';
import { closedEarly, StreamMachine } from './stream-machine.ts';
import { openTransport, PendingTransport } from './transport.ts';

/** How a TLSSocket is made. */
export interface TLSSocketOptions {
  /** Of `createSecureContext`, or any other; it says how the peer is verified. */
  readonly secureContext: Context;
  /** Which side this is (default: the client). */
  readonly isServer?: boolean;
  /** Whether sending can go on after the peer has ended its side (default false). */
  readonly allowHalfOpen?: boolean;
  /** How many bytes are kept for who reads, and taken of who writes, before they have to wait. */
  readonly highWaterMark?: number;
  /** Whether the socket sends small segments at once, instead of waiting for an acknowledgement (default true). */
  readonly noDelay?: boolean;
  /** How long the handshake may take, in milliseconds; 0 for ever (default 0). */
  readonly handshakeTimeout?: number;
  /** Of a client: asks for the state of the server's certificate (OCSP); the event `OCSPResponse` tells of it (default false). */
  readonly requestOCSP?: boolean;
}

/** @internal What the functions of this folder do with a connection beside its options. */
export interface Setup {
  /** Sets the connection up, before its handshake. */
  readonly prepare?: (connection: Connection) => void;
  /** Looks at the peer when the handshake is done, before anything is sent to it: an error ends the connection. */
  readonly checkPeer?: (socket: TLSSocket) => Error | undefined;
}

const optionNames: readonly (keyof TLSSocketOptions)[] = [
  'secureContext',
  'isServer',
  'allowHalfOpen',
  'highWaterMark',
  'noDelay',
  'handshakeTimeout',
  'requestOCSP',
];

/** What {@link TLSSocket.getCipher} answers. */
export interface CipherInfo {
  /** OpenSSL's name. */
  readonly name: string;
  /** The same: OpenSSL's names of TLS 1.3 are those of the standard. */
  readonly standardName: string;
  /** The version of TLS that it came with. */
  readonly version: string;
}

/** For the constructor that runs next. */
let nextSetup: Setup = {};

/** @internal Makes a TLSSocket that a function of this folder sets up. */
export function makeTLSSocket(stream: Duplex, options: TLSSocketOptions, setup: Setup): TLSSocket {
  nextSetup = setup;
  return new TLSSocket(stream, options);
}

function takeSetup(): Setup {
  const setup = nextSetup;
  nextSetup = {};
  return setup;
}

let continueHandshakeOf: (socket: TLSSocket) => void;

/** @internal Continues a handshake that waits for a context or a certificate. */
export function continueHandshake(socket: TLSSocket): void {
  continueHandshakeOf(socket);
}

/**
 * A connection of TLS as a stream. Its events are those of node:tls: `connect`, where the socket was still to be connected; `secure`
 * when the handshake is done, of a client also `secureConnect`; `session` with each session to go on with, of a client; `OCSPResponse`; `timeout`; and those of every Duplex. It takes a stream over whole: nobody else may read or write it.
 *
 * A peer that closes the connection without close_notify is an error, SysCallError: data may be missing. A failed verification is a
 * TLSError.
 */
export class TLSSocket extends Duplex {
  /** true: it is not a plain socket. */
  readonly encrypted = true;
  /** Whether the peer showed a certificate and that was found right, for the name that was asked for. */
  authorized = false;
  /** Why not, where the connection goes on all the same. */
  authorizationError: Error | undefined;
  /** The protocol that both sides speak (ALPN); false where there is none. */
  alpnProtocol: string | false = false;
  /** The name that the client asked for (SNI); false where there is none. */
  servername: string | false = false;
  /** How long nothing has to happen for `timeout`, in milliseconds; undefined where nobody asked. */
  timeout: number | undefined;

  readonly #connection: Connection;
  readonly #core: ConnectionCore;
  readonly #machine: StreamMachine;
  readonly #stream: Duplex;
  readonly #isServer: boolean;
  readonly #checkPeer: Setup['checkPeer'];
  readonly #isAsking: boolean;
  #isLeaving = false;
  /** What is written in this tick leaves at its end. */
  #isCorked = false;
  #handshakeTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  static {
    continueHandshakeOf = (socket) => socket.#machine.goOn();
  }

  /**
   * Begins the handshake, of either side.
   * @param stream - a socket of node:net, or any other stream of bytes
   * @param options - see {@link TLSSocketOptions}
   * @throws {TypeError} wrong argument types, or an unknown option
   * @throws {RangeError} a value that cannot be
   * @throws {OpenSSLError} memory ran out
   */
  constructor(stream: Duplex, options: TLSSocketOptions) {
    const setup = takeSetup();
    const own = requireOptions<TLSSocketOptions>(options, 'options', optionNames);
    if (typeof (stream as Partial<Duplex> | null)?.pipe !== 'function' || typeof stream.write !== 'function')
      throw wrongArgument('a Duplex', 'stream', stream, false);
    const { isServer = false, allowHalfOpen = false, highWaterMark, handshakeTimeout = 0 } = own;
    const marks = highWaterMark === undefined ? {} : { highWaterMark };
    super({ allowHalfOpen: requireBoolean(allowHalfOpen, 'options.allowHalfOpen'), ...marks });
    this.#isServer = requireBoolean(isServer, 'options.isServer');
    this.#stream = stream;
    this.#checkPeer = setup.checkPeer;
    this.#isAsking = requireBoolean(own.requestOCSP ?? false, 'options.requestOCSP');
    const connection = new Connection(own.secureContext);
    this.#connection = connection;
    const core = connectionCore(connection);
    this.#core = core;
    core.workForStream();
    if (this.#isServer) connection.setAcceptState();
    else connection.setConnectState();
    if (this.#isAsking) connection.requestOcsp();
    setup.prepare?.(connection);
    const transport = this.connecting ? new PendingTransport(core, stream) : openTransport(core, stream);
    this.#machine = new StreamMachine(core, transport, {
      onSecure: () => this.#onSecure(),
      onData: (bytes) => this.push(bytes),
      onEnd: () => this.#onEnd(),
      onSession: (isLater) => this.#onSession(isLater),
      onActivity: () => this.#idleTimer?.refresh(),
      onTickEnd: () => this.#uncorkTick(),
      onFailure: (error) => this.#fail(error),
    });
    this.#startHandshakeTimer(requireInteger(handshakeTimeout, 'options.handshakeTimeout', 0, 2 ** 31 - 1));
    stream.on('error', (error) => this.destroy(error));
    // one life: whoever destroys the stream below destroys this one
    stream.on('close', () => this.#machine.goOn());
    if (requireBoolean(own.noDelay ?? true, 'options.noDelay')) this.setNoDelay(true);
    if (this.connecting) this.#awaitSocket(stream as Socket);
    else this.#begin();
  }

  /** The connection below, of `SSL`: to be asked, and not to be read or written. */
  get connection(): Connection {
    return this.#connection;
  }

  /** Whether the socket below is still to be connected. */
  get connecting(): boolean {
    return this.#socket.connecting === true && !this.destroyed;
  }

  /** How many bytes were received, decrypted. */
  get bytesRead(): number {
    return this.#machine.bytesRead;
  }

  /** How many bytes were sent, before encryption. */
  get bytesWritten(): number {
    return this.#machine.bytesWritten;
  }

  /** Whether the handshake is still to be done. */
  get secureConnecting(): boolean {
    return !this.#machine.isSecure && !this.destroyed;
  }

  /** `opening`, `open`, `readOnly`, `writeOnly` or `closed`, as of node:net. */
  get readyState(): 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.secureConnecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  /** Of the socket below, undefined where that is none: the peer's address. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** Of the socket below: `IPv4` or `IPv6`. */
  get remoteFamily(): string | undefined {
    return this.#socket.remoteFamily;
  }

  /** Of the socket below: the peer's port. */
  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  /** Of the socket below: the own address. */
  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  /** Of the socket below: the own port. */
  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  /** Of the socket below: its address, port and family, or nothing. */
  address(): AddressInfo | Record<string, never> {
    return (this.#socket.address?.() as AddressInfo | undefined) ?? {};
  }

  /** The cipher in use, in node:tls's shape; null before the handshake is done. */
  getCipher(): CipherInfo | null {
    const name = this.connection.getCipherName();
    if (name === null) return null;
    return { name, standardName: name, version: this.connection.getCipherVersion() ?? 'unknown' };
  }

  /** The version of the protocol, such as `TLSv1.3`; null before the handshake is done. */
  getProtocol(): string | null {
    return this.#machine.isSecure ? this.connection.getProtocolVersionName() : null;
  }

  /** A copy of the peer's certificate, or null. */
  getPeerCertificate(): X509 | null {
    return this.connection.getPeerCertificate();
  }

  /** The session in OpenSSL's DER for the option `session` of another connection, or undefined; of TLS 1.3 after the first data. */
  getSession(): Buffer | undefined {
    return this.connection.getSession()?.toDer();
  }

  /** Whether both sides went on with an earlier session. */
  isSessionReused(): boolean {
    return this.connection.isSessionReused();
  }

  /**
   * A key that both sides can make and nobody else, RFC 5705.
   * @throws as {@link SSL.Connection.exportKeyingMaterial}
   */
  exportKeyingMaterial(length: number, label: string, context?: string | Uint8Array): Buffer {
    return this.connection.exportKeyingMaterial(label, length, context);
  }

  /**
   * Emits `timeout` when nothing was received or sent for so long; what is to happen then, the listener says.
   * @param timeout - milliseconds; 0 stops it
   * @param listener - called once
   * @throws {TypeError | RangeError} not a number that can be
   */
  setTimeout(timeout: number, listener?: () => void): this {
    this.timeout = requireInteger(timeout, 'timeout', 0, 2 ** 31 - 1);
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    if (timeout > 0) {
      if (listener !== undefined) this.once('timeout', listener);
      this.#idleTimer = setTimeout(() => this.emit('timeout'), timeout).unref();
    } else if (listener !== undefined) this.off('timeout', listener);
    return this;
  }

  /**
   * Of the socket below, where it has that: small pieces are sent at once.
   * @throws nothing: anything is taken for true or false
   */
  setNoDelay(noDelay?: boolean): this {
    this.#socket.setNoDelay?.(noDelay);
    return this;
  }

  /**
   * Of the socket below, where it has that: asks a silent peer whether it is there.
   * @throws nothing: anything is taken for true or false
   */
  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    this.#socket.setKeepAlive?.(enable, initialDelay);
    return this;
  }

  /** Keeps node running while it is open, as it does from the beginning. */
  ref(): this {
    return this.#setReferenced(true);
  }

  /** Lets node end although it is open. */
  unref(): this {
    return this.#setReferenced(false);
  }

  /**
   * @internal Sends it, as every Writable does. What is written in the same tick leaves together, in full records.
   * @returns false: `drain` says when more should be written
   */
  override write(chunk: unknown, callback?: (error: Error | null | undefined) => void): boolean;
  /** @internal */
  override write(
    chunk: unknown,
    encoding?: BufferEncoding,
    callback?: (error: Error | null | undefined) => void,
  ): boolean;
  override write(
    chunk: unknown,
    encoding?: BufferEncoding | ((error: Error | null | undefined) => void),
    callback?: (error: Error | null | undefined) => void,
  ): boolean {
    if (this.writableCorked === 0) {
      this.#isCorked = true;
      this.cork();
      this.#machine.endTick();
    }
    // Writable accepts a callback as its second argument
    return super.write(chunk, encoding as BufferEncoding, callback);
  }

  /** @internal Closes it, as every stream does. What was written before is sent as far as the socket takes it, if there is no error. */
  override destroy(error?: Error): this {
    if (error === undefined || error === null) this.#uncorkTick();
    return super.destroy(error);
  }

  /** Ends the own side, and destroys it when everything was sent; what comes until then is of no interest. */
  destroySoon(): void {
    this.#isLeaving = true;
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** @internal Reads only: a caller of `read` is not told of a write, of a session or of the handshake before that returns. */
  override _read(): void {
    this.#machine.read();
  }

  /** @internal */
  override _write(
    chunk: Buffer | string,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#machine.write([typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk], done);
  }

  /** @internal */
  override _writev(
    chunks: { chunk: Buffer | string; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    const pieces = chunks.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
    );
    this.#machine.write(joined(pieces), done);
  }

  /** @internal */
  override _final(done: (error?: Error | null) => void): void {
    this.#machine.end(done);
  }

  /** @internal */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#handshakeTimer);
    clearTimeout(this.#idleTimer);
    this.#machine.close(error !== null && this.#stream.destroyed);
    done(error);
  }

  get #socket(): Partial<Socket> {
    return this.#stream as Partial<Socket>;
  }

  #setReferenced(isReferenced: boolean): this {
    this.#machine.setReferenced(isReferenced);
    return this;
  }

  /** Begins when the socket is connected, and tells what it tells until then. */
  #awaitSocket(socket: Socket): void {
    const onClose = () => this.destroy(closedEarly());
    socket.once('close', onClose);
    socket.on('lookup', (...found) => this.emit('lookup', ...found));
    socket.once('connect', () => {
      socket.off('close', onClose);
      try {
        this.#machine.useTransport(openTransport(this.#core, socket));
      } catch (error) {
        this.destroy(error as Error);
        return;
      }
      this.emit('connect');
      if (!this.destroyed) this.#begin();
    });
  }

  #begin(): void {
    if (this.#stream.destroyed || this.#stream.readableEnded) {
      this.destroy(closedEarly());
      return;
    }
    this.#machine.start();
  }

  #startHandshakeTimer(milliseconds: number): void {
    if (milliseconds === 0) return;
    this.#handshakeTimer = setTimeout(() => {
      this.destroy(
        new OpenSSLError(`the handshake was not done within ${milliseconds} ms`, [], {
          code: 'ERR_HANDSHAKE_TIMEOUT',
        }),
      );
    }, milliseconds).unref();
  }

  #uncorkTick(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.uncork();
  }

  /** What OpenSSL has to say of it, the alert, leaves when the transport is closed. */
  #fail(error: Error | undefined): void {
    const isTruncated = error instanceof SysCallError && this.#isLeaving;
    this.destroy(isTruncated ? undefined : error);
  }

  #onSecure(): void {
    clearTimeout(this.#handshakeTimer);
    const unauthenticated = this.#core.authenticationError(this.#isServer);
    this.#describe();
    const refusal = unauthenticated ?? this.#refusal();
    if (refusal !== undefined) {
      this.destroy(refusal);
      return;
    }
    if (this.#isAsking) this.emit('OCSPResponse', this.#core.bytes('ocspResponse') ?? null);
    if (!this.destroyed) this.emit('secure');
    if (!this.destroyed && !this.#isServer) this.emit('secureConnect');
    if (!this.destroyed) this.#onSession(false);
    // tickets, and the end, come without anybody who reads; who waits for a promise of this gets to listen first
    if (this.#isServer) this.#readOnward();
    else setImmediate(() => this.#readOnward());
  }

  #onEnd(): void {
    this.push(null);
    // who does not read sees the end of an empty stream all the same
    this.read(0);
  }

  /** Tells of a session that nobody was told of. */
  #onSession(isLater: boolean): void {
    if (this.#isServer || this.listenerCount('session') === 0) return;
    if (this.#core.number('hasNewSession') !== 1) return;
    if (isLater) process.nextTick(() => this.destroyed || this.emit('session', this.getSession()));
    else this.emit('session', this.getSession());
  }

  #readOnward(): void {
    if (!this.destroyed) this.read(0);
  }

  /** What the caller has against the peer. */
  #refusal(): Error | undefined {
    try {
      return this.#checkPeer?.(this);
    } catch (error) {
      return error as Error;
    }
  }

  #describe(): void {
    const { connection } = this;
    this.#core.forgetHandshake();
    const isRight = connection.getVerifyResult() === 0;
    const hasCertificate = this.#core.number('hasPeerCertificate') === 1;
    this.authorized = hasCertificate && isRight;
    if (hasCertificate && !isRight) this.authorizationError = this.#core.verificationError();
    this.servername = connection.getServername() ?? false;
    const protocol = connection.getAlpnProtoNegotiated();
    this.alpnProtocol = protocol.length === 0 ? false : protocol.toString('latin1');
  }
}
