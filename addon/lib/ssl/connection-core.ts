// One connection of OpenSSL, under pyOpenSSL's Connection, the streams of `tls` and the tasks of `tsafe`: its native handle, the
// callbacks that OpenSSL calls in the middle of an operation, and the error that ended it.

import { getSystemErrorName } from 'node:util';
import { bytesOrText } from '../crypto/arguments.ts';
import {
  ConnectionBytes,
  type ConnectionFailure,
  type ConnectionHandle,
  ConnectionNumber,
  ConnectionText,
  type Hook,
  Outcome,
  type Work,
  WorkNumber,
} from '../native/ssl-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError, type QueuedError, type SystemErrorCode } from '../openssl-error.ts';
import { answerOf, type Callbacks, eventsOf, hasCallback, type VerifyCallback } from './callbacks.ts';
import type { Connection } from './connection.ts';
import { VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_PEER } from './constants.ts';
import type { ContextState } from './context.ts';
import { certificateFailure, SysCallError, TLSError } from './errors.ts';
import { Waiters } from './waiters.ts';

/**
 * An operation returns a number from 0, or an `Outcome` that is not an error: the caller waits, or the peer has closed the
 * connection. It throws what ended the connection: a fatal error is kept and thrown by every operation after it. A call that
 * OpenSSL refuses, because of the state for instance, throws as well and changes nothing.
 */
export class ConnectionCore {
  readonly handle: ConnectionHandle;
  /** What the callbacks get as their first argument. */
  readonly #connection: Connection;
  #waiters: Waiters | undefined;
  #callbacks: Readonly<Callbacks>;
  #ownVerify: VerifyCallback | undefined;
  #hasOwnVerify = false;
  #isLenient = false;
  #fatal: Error | undefined;
  /** Its errors are caused by events, so they have no useful stack. */
  #isOfStream = false;
  #isBusy = false;
  #isClosed = false;

  /** @throws {OpenSSLError} memory ran out */
  constructor({ handle, callbacks }: ContextState, connection: Connection) {
    this.handle = native.connectionNew(handle, eventsOf(callbacks));
    this.#callbacks = callbacks;
    this.#connection = connection;
  }

  /** Whether it reads and writes a socket of its own, instead of memory. */
  get hasSocket(): boolean {
    return this.#waiters !== undefined;
  }

  /** Whether {@link close} was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  handshake(): number {
    return this.#perform('handshake', (hook) => native.connectionHandshake(this.handle, hook));
  }

  /** Reads into `target`, at most one record. */
  read(target: Uint8Array, isPeek = false): number {
    return this.#perform('receiving', (hook) => native.connectionRead(this.handle, hook, target, isPeek));
  }

  /** Reads as many bytes as there are now. Fewer than fit: no more had come. */
  fill(target: Uint8Array): number {
    return this.#perform('receiving', (hook) => native.connectionFill(this.handle, hook, target));
  }

  write(data: Uint8Array, offset = 0): number {
    return this.#perform('sending', (hook) => native.connectionWrite(this.handle, hook, data, offset));
  }

  /** @returns 0: close_notify was sent; 1: and received */
  shutdown(): number {
    return this.#perform('shutdown', (hook) => native.connectionShutdown(this.handle, hook));
  }

  renegotiate(): number {
    return this.#perform('renegotiation', (hook) => native.connectionRenegotiate(this.handle, hook));
  }

  updateKey(isPeerToo: boolean): number {
    return this.#perform('key update', (hook) => native.connectionUpdateKey(this.handle, hook, isPeerToo));
  }

  /** DTLSv1_listen(3). */
  listen(): number {
    return this.#perform('waiting for a client', (hook) => native.connectionListen(this.handle, hook));
  }

  /** @returns 0: no timeout was due */
  handleTimeout(): number {
    return this.#perform('sending again', (hook) => native.connectionHandleTimeout(this.handle, hook));
  }

  /** One operation in another thread; in this one where the context has callbacks, which are JavaScript. */
  async run(work: Work, argument?: number | Uint8Array): Promise<number | Buffer> {
    if (eventsOf(this.#callbacks) !== 0) return this.#runHere(work, argument);
    this.#requireUsable();
    this.#isBusy = true;
    try {
      const [outcome, data] = await new Promise<readonly [number, Buffer | undefined]>((resolve) => {
        native.connectionRun(this.handle, WorkNumber[work], argument, (...done) => resolve(done));
      });
      const settled = this.#settled(work, outcome);
      return data ?? settled;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Takes what the peer sent, of a connection over memory. */
  receive(data: Uint8Array | string, name = 'data'): number {
    this.requireOpen();
    return native.connectionInput(this.handle, bytesOrText(data, name));
  }

  /** Sends what a connection that gathers has to send. @returns 0, or `Outcome.wantWrite`: the socket takes no more now */
  flush(): number {
    this.requireOpen();
    return this.#settled('sending', native.connectionFlush?.(this.handle) ?? 0);
  }

  /** Waits until the socket can be read or written. */
  async wait(what: 'read' | 'write', signal?: AbortSignal): Promise<void> {
    await this.#waiters?.wait(what, signal);
  }

  /**
   * Uses a descriptor instead of memory, before the handshake. It is duplicated.
   * @param isGathering - what is to be sent waits for `flush`
   * @throws {SysCallError} it cannot be duplicated
   * @throws {OpenSSLError} ERR_NO_WATCHER
   */
  useDescriptor(descriptor: number, isGathering = false): void {
    takeDescriptor(this.handle, descriptor, isGathering);
    this.#waiters = new Waiters(this.handle);
  }

  /** Uses another context and its callbacks, except how the peer is verified. */
  setContext({ handle, callbacks }: ContextState): void {
    native.connectionSetContext(this.handle, handle);
    this.#setCallbacks(callbacks);
  }

  /** Replaces mode and callback of the context. */
  setVerify(mode: number, callback: VerifyCallback | undefined): void {
    this.setVerifyMode(mode);
    this.#hasOwnVerify = true;
    this.#ownVerify = callback;
    this.#setCallbacks(this.#callbacks);
  }

  /** Asks the peer for a certificate, and continues whatever it is: {@link verificationError} says what was found. */
  verifyLeniently(): void {
    this.setVerify(VERIFY_PEER, undefined);
    native.connectionSetVerify(this.handle, VERIFY_PEER, true);
    this.#isLenient = true;
    this.refuseRenegotiation();
  }

  /** Keeps the peer that JavaScript has judged: of TLS 1.2, it could show another certificate later, and nobody would be asked. */
  refuseRenegotiation(): void {
    native.connectionRefuseRenegotiation(this.handle);
  }

  /** Replaces the mode of the context, and keeps its callback. */
  setVerifyMode(mode: number): void {
    native.connectionSetVerify(this.handle, mode, false);
    this.#isLenient = false;
  }

  /** Why the peer must not be trusted although the handshake is done, where this side demands a certificate. */
  authenticationError(isServer: boolean): Error | undefined {
    const demanded = isServer ? VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT : VERIFY_PEER;
    if (this.#isLenient || (this.number('verifyMode') & demanded) !== demanded) return undefined;
    if (this.number('verifyResult') !== 0) return this.verificationError();
    if (this.number('hasPeerCertificate') === 1) return undefined;
    const hasKey = hasCallback(this.#callbacks, isServer ? 'pskServer' : 'pskClient');
    return hasKey && this.number('isAnonymous') === 0
      ? undefined
      : new OpenSSLError('the peer sent no certificate', [], { code: 'ERR_NO_PEER_CERTIFICATE' });
  }

  /** Makes errors without a stack. */
  workForStream(): void {
    this.#isOfStream = true;
  }

  /** Drops the callbacks that only the first handshake needs: reading and writing cost a copy while there are any. */
  forgetHandshake(): void {
    const { info, keylog, verify, newSession } = this.#callbacks;
    this.#callbacks = { info, keylog, verify, newSession };
    native.connectionSetEvents(this.handle, eventsOf(this.#callbacks));
  }

  /** Releases the socket without sending close_notify. */
  close(): void {
    this.requireIdle();
    if (this.#isClosed) return;
    native.connectionClose(this.handle);
    this.#isClosed = true;
    this.#waiters?.close();
  }

  /** @throws {OpenSSLError} ERR_CLOSED */
  requireOpen(): void {
    if (!this.#isClosed) return;
    throw new OpenSSLError('the connection was closed', [], { code: 'ERR_CLOSED' });
  }

  /** @throws {OpenSSLError} ERR_CONNECTION_BUSY */
  requireIdle(): void {
    if (!this.#isBusy) return;
    throw new OpenSSLError('connection is busy: it cannot be used from a callback or by a second task', [], {
      code: 'ERR_CONNECTION_BUSY',
    });
  }

  text(which: keyof typeof ConnectionText): string | undefined {
    return native.connectionText(this.handle, ConnectionText[which]);
  }

  number(which: keyof typeof ConnectionNumber): number {
    return native.connectionNumber(this.handle, ConnectionNumber[which]);
  }

  bytes(which: keyof typeof ConnectionBytes): Buffer | undefined {
    return native.connectionBytes(this.handle, ConnectionBytes[which]);
  }

  /** What was found of the peer's certificate, where the connection continued all the same. */
  verificationError(): TLSError {
    const verification = certificateFailure(native.connectionFailure(this.handle));
    return new TLSError('verification', [], { verification });
  }

  readonly #hook: Hook = (event, ...values) => {
    // one that threw is not followed by others
    if (this.#fatal !== undefined) return undefined;
    try {
      return answerOf(this.#callbacks, this.#connection, event, values);
    } catch (error) {
      this.#fatal = callbackError(error);
      return undefined;
    }
  };

  #perform(operation: string, call: (hook: Hook) => number): number {
    this.#requireUsable();
    this.#isBusy = true;
    let outcome: number;
    try {
      outcome = call(this.#hook);
    } finally {
      this.#isBusy = false;
    }
    return this.#settled(operation, outcome);
  }

  #runHere(work: Work, argument: number | Uint8Array | undefined): number | Buffer {
    if (work === 'sending') return this.write(argument as Uint8Array);
    if (work !== 'receiving') return this[work]();
    const target = Buffer.allocUnsafe(Math.min(argument as number, 16384));
    const count = this.read(target);
    return count < 0 ? count : target.subarray(0, count);
  }

  #settled(operation: string, outcome: number): number {
    // set by a callback, whatever OpenSSL made of it
    if (this.#fatal !== undefined) throw this.#fatal;
    if (outcome >= Outcome.closed) return outcome;
    const failure = native.connectionFailure(this.handle);
    const error = this.#isOfStream
      ? withoutTrace(() => asNode(errorOf(operation, outcome, failure)))
      : errorOf(operation, outcome, failure);
    if (failure.isFatal || failure.queue.some(isNotTls)) this.#fatal = error;
    throw error;
  }

  #requireUsable(): void {
    this.requireIdle();
    this.requireOpen();
    if (this.#fatal !== undefined) throw this.#fatal;
  }

  #setCallbacks(callbacks: Readonly<Callbacks>): void {
    // a server that takes another context is verified by what it began with
    const verify = this.#hasOwnVerify ? this.#ownVerify : this.#callbacks.verify;
    this.#callbacks = { ...callbacks, verify };
    native.connectionSetEvents(this.handle, eventsOf(this.#callbacks));
  }
}

function errorOf(operation: string, outcome: number, failure: ConnectionFailure): Error {
  if (outcome === Outcome.system)
    return failure.systemError === 0
      ? new SysCallError(-1, 'connection closed by the peer without close_notify')
      : systemError(failure.systemError);
  const isAboutCertificate = failure.queue.some(isVerificationFailure);
  const verification = isAboutCertificate ? certificateFailure(failure) : undefined;
  return new TLSError(operation, failure.queue, { verification });
}

/** A stream of Node calls an end that came too early a reset, and clients of HTTP try again by that code. */
function asNode(error: Error): Error {
  const isCut = error instanceof SysCallError && error.errno === -1;
  return isCut ? new SysCallError(-1, error.message, 'ECONNRESET') : error;
}

/** Makes an error without the lines of its stack. */
function withoutTrace<Made extends Error>(make: () => Made): Made {
  const { stackTraceLimit } = Error;
  // with node's --frozen-intrinsics it stays as it is
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

function takeDescriptor(connection: ConnectionHandle, descriptor: number, isGathering: boolean): void {
  if (native.connectionUseDescriptor === undefined)
    throw new OpenSSLError('on Windows node does not expose the descriptor of a socket: pass null', [], {
      code: 'ERR_NO_WATCHER',
    });
  try {
    native.connectionUseDescriptor(connection, descriptor, isGathering);
  } catch (cause) {
    const { errno } = cause as { readonly errno?: number };
    throw errno === undefined ? cause : systemError(errno);
  }
}

/**
 * What libssl says of bytes that are no record of TLS. It sends no alert, and does not count the connection as failed: HTTP_REQUEST,
 * HTTPS_PROXY_REQUEST, WRONG_VERSION_NUMBER.
 */
function isNotTls({ libraryCode, code }: QueuedError): boolean {
  return libraryCode === 20 && [155, 156, 267].includes(code & 0x7fffff);
}

/** What libssl says of a certificate that was not verified: SSL_R_CERTIFICATE_VERIFY_FAILED. */
function isVerificationFailure({ libraryCode, code }: QueuedError): boolean {
  return libraryCode === 20 && (code & 0x7fffff) === 134;
}

function systemError(errno: number): SysCallError {
  let name: SystemErrorCode | undefined;
  try {
    name = getSystemErrorName(-errno) as SystemErrorCode;
  } catch {
    // node knows no name for it
  }
  return new SysCallError(errno, `the system failed: ${name ?? `error ${errno}`}`, name);
}

function callbackError(cause: unknown): OpenSSLError {
  const text = cause instanceof Error ? `: ${cause.message}` : '';
  return new OpenSSLError(`a callback threw${text}`, [], { code: 'ERR_CALLBACK', cause });
}
