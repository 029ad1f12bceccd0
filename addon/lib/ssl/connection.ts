// A connection of TLS or DTLS: pyOpenSSL's Connection.

import {
  bytesOrText,
  requireBytes,
  requireInteger,
  requireText,
  wrongArgument,
} from '../crypto/arguments.ts';
import { certificateHandle, createX509, type X509 } from '../crypto/certificate.ts';
import { keyHandle, type PKey } from '../crypto/key.ts';
import { viewX509Name, type X509Name } from '../crypto/name.ts';
import { verifyRequest, type X509VerifyOptions } from '../crypto/verify-options.ts';
import { Outcome } from '../native/ssl-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { maxInteger, requireFunction, requireVerifyMode } from './arguments.ts';
import type { VerifyCallback } from './callbacks.ts';
import { ConnectionCore } from './connection-core.ts';
import { type Context, usedContextState } from './context.ts';
import {
  noNextProtocol,
  WantReadError,
  WantWriteError,
  WantX509LookupError,
  ZeroReturnError,
} from './errors.ts';
import { protocolBytes } from './protocols.ts';
import { createSession, type Session, sessionHandle } from './session.ts';

/** What {@link Connection.want} answers. */
export type ConnectionWant = 'nothing' | 'read' | 'write' | 'certificate';

/** OpenSSL's SSL_NOTHING, SSL_WRITING, SSL_READING; whatever is above waits for a callback. */
const wants: readonly ConnectionWant[] = ['certificate', 'nothing', 'write', 'read'];

let coreOf: (connection: Connection) => ConnectionCore;

/** @internal */
export function connectionCore(connection: Connection): ConnectionCore {
  return coreOf(connection);
}

/**
 * One connection over memory: what the peer sends is handed in with {@link bioWrite}, what is to be sent to it is taken with
 * {@link bioRead}; or over the descriptor of a socket, where {@link ready} waits. Calls do what can be done now, and throw
 * {@link WantReadError} where something of the peer must come first.
 *
 * Callbacks are called in the middle of such a call. They may ask the connection and change its settings; what would go on with the
 * connection itself is refused.
 */
export class Connection {
  readonly #core: ConnectionCore;
  #context: Context;
  #appData: unknown = null;

  static {
    coreOf = (connection) => connection.#core;
  }

  /**
   * @param context - cannot be changed from now on
   * @param socket - null: over memory; or the descriptor of a connected socket, which is duplicated and made non-blocking: nobody
   *   else may read from it or write to it while the connection is used
   * @throws {TypeError} wrong argument types, or a socket of another kind than the context's
   * @throws {OpenSSLError} no such descriptor, a system where node tells nobody the descriptor of a socket (Windows), or memory ran out
   * @see SSL_new(3)
   */
  constructor(context: Context, socket: number | null = null) {
    if (socket !== null) requireInteger(socket, 'socket', 0, maxInteger);
    this.#core = new ConnectionCore(usedContextState(context), this);
    this.#context = context;
    if (socket !== null) this.#core.useDescriptor(socket);
  }

  /**
   * The context, also after {@link setContext}.
   */
  getContext(): Context {
    return this.#context;
  }

  /**
   * Goes on with another context: of its certificate, key and callbacks; for {@link Context.setTlsextServernameCallback}. How the
   * peer is verified stays as it was: {@link setVerify} changes that.
   * @throws {TypeError} not a Context
   * @throws {OpenSSLError} memory ran out
   * @see SSL_set_SSL_CTX(3)
   */
  setContext(context: Context): void {
    this.#core.setContext(usedContextState(context));
    this.#context = context;
  }

  /**
   * Sets whether the peer's certificate is verified, in the place of what the context says.
   * @param mode - constants whose names begin with VERIFY, joined with `|`
   * @param callback - in the place of that of the context; without one nobody is asked
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} no combination of the constants
   * @see SSL_set_verify(3)
   */
  setVerify(mode: number, callback?: VerifyCallback | null): void {
    const wanted = requireVerifyMode(mode);
    if (callback !== undefined && callback !== null) requireFunction(callback, 'callback');
    this.#core.setVerify(wanted, callback ?? undefined);
  }

  /**
   * What {@link setVerify} was told, or the context.
   */
  getVerifyMode(): number {
    return this.#core.number('verifyMode');
  }

  /**
   * Sets how the peer's certificate is verified beside {@link setVerify}: for which host name it must be, for instance.
   * @param options - as of X509StoreContext; `crls` and `untrusted` are for that alone
   * @throws {TypeError} an unknown option, or one of the wrong type
   * @throws {RangeError} a value that cannot be
   * @see SSL_get0_param(3)
   */
  setVerifyOptions(options: Omit<X509VerifyOptions, 'crls' | 'untrusted'>): void {
    const { parameters, crls, untrusted } = verifyRequest(options);
    if (crls.length > 0 || untrusted.length > 0)
      throw new TypeError(
        'Expected neither crls nor untrusted in options: add them to the store of the context',
      );
    native.connectionSetParameters(this.#core.handle, parameters);
  }

  /**
   * Uses a certificate as the own one, in the place of that of the context.
   * @param cert - copied now
   * @throws {TypeError} not an X509
   * @throws {OpenSSLError} it is not complete, too weak, or does not belong to the key
   * @see SSL_use_certificate(3)
   */
  useCertificate(cert: X509): void {
    native.connectionUseCertificate(this.#core.handle, certificateHandle(cert, 'cert'));
  }

  /**
   * Uses a key as the own one, in the place of that of the context.
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} it does not belong to the certificate
   * @see SSL_use_PrivateKey(3)
   */
  usePrivatekey(pkey: PKey): void {
    native.connectionUseKey(this.#core.handle, keyHandle(pkey, 'pkey'));
  }

  /**
   * Makes it the side of a server.
   * @throws {OpenSSLError} a callback calls it
   */
  setAcceptState(): void {
    native.connectionSetRole(this.#core.handle, true);
  }

  /**
   * Makes it the side of a client.
   * @throws {OpenSSLError} a callback calls it
   */
  setConnectState(): void {
    native.connectionSetRole(this.#core.handle, false);
  }

  /**
   * Of a client: which of several servers at one address it wants (SNI). {@link setVerifyOptions} checks the certificate for a name.
   * @param name - of a host, not an address; other scripts in Punycode
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} more than 255 bytes, or none
   * @see SSL_set_tlsext_host_name(3)
   */
  setTlsextHostName(name: string): void {
    native.connectionSetServerName(this.#core.handle, requireText(name, 'name'));
  }

  /**
   * The name that the client asked for, or null.
   */
  getServername(): string | null {
    return this.#core.text('serverName') ?? null;
  }

  /**
   * Of a client: the protocols that it offers, in the place of those of the context.
   * @throws as {@link SSL.Context.setAlpnProtos}
   * @see SSL_set_alpn_protos(3)
   */
  setAlpnProtos(protocols: Iterable<string | Uint8Array>): void {
    native.connectionSetProtocols(this.#core.handle, protocolBytes(protocols));
  }

  /**
   * The protocol that both sides speak; empty where there is none.
   */
  getAlpnProtoNegotiated(): Buffer {
    return this.#core.bytes('protocol') ?? Buffer.alloc(0);
  }

  /**
   * Next Protocol Negotiation, which ALPN has replaced: OpenSSL is built without it.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  getNextProtoNegotiated(): never {
    throw noNextProtocol('getNextProtoNegotiated', 'getAlpnProtoNegotiated');
  }

  /**
   * Of a client: asks the server for an OCSP response.
   * @throws {OpenSSLError} memory ran out
   * @see SSL_set_tlsext_status_type(3)
   */
  requestOcsp(): void {
    native.connectionRequestOcsp(this.#core.handle);
  }

  /**
   * Waits until a call that threw {@link WantReadError} or {@link WantWriteError} can go on. Several may wait at once.
   * @param what - `read`: something of the peer has come, or can be received already; `write`: something can be sent
   * @param options - `signal` gives the wait up
   * @throws {TypeError} wrong argument types, or a connection over memory
   * @throws {RangeError} neither `read` nor `write`
   * @throws {OpenSSLError} ERR_CLOSED: {@link close} was called; ERR_NO_WATCHER: this runtime has no event loop of libuv
   * @throws {Error} AbortError, or the reason of the signal
   */
  async ready(what: 'read' | 'write', options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (what !== 'read' && what !== 'write') throw wrongArgument("'read' or 'write'", 'what', what, true);
    if (!this.#core.hasSocket)
      throw new TypeError('Expected a connection over a socket: over memory, the program itself knows');
    this.#core.requireOpen();
    options.signal?.throwIfAborted();
    if (what === 'read' && this.pending() > 0) return;
    await this.#core.wait(what, options.signal);
  }

  /**
   * Lets go of the socket, without a word to the peer: {@link shutdown} says it. Over memory, what was not taken is lost. Who waits
   * in {@link ready} gets ERR_CLOSED. What is known of the peer can still be asked.
   * @throws {OpenSSLError} a callback calls it
   */
  close(): void {
    this.#core.close();
  }

  /**
   * Ends the sending side of the socket itself, as shutdown(2) does: the peer sees an end. {@link shutdown} comes first.
   * @param how - 1, SHUT_WR; there is no other
   * @throws {TypeError} a connection over memory
   * @throws {RangeError} another number
   */
  sockShutdown(how = 1): void {
    requireInteger(how, 'how', 1, 1);
    if (!this.#core.hasSocket) throw new TypeError('Expected a connection over a socket');
    this.#core.requireOpen();
    native.connectionEndOutput?.(this.#core.handle, false);
  }

  /**
   * Goes on with the handshake, as far as that is possible now.
   * @throws {WantReadError | WantWriteError} something must come or be sent first
   * @throws {TLSError} it has failed: the alert, or what was found of the certificate
   * @throws {OpenSSLError} a callback threw, `cause`
   * @see SSL_do_handshake(3)
   */
  doHandshake(): void {
    done(this.#core.handshake());
  }

  /**
   * Sends data, as much as can be sent now.
   * @param data - text is sent as UTF-8
   * @param flags - taken and passed over, as pyOpenSSL does
   * @returns how many bytes
   * @throws {TypeError} neither a string nor a Uint8Array
   * @throws {WantReadError | WantWriteError} something must come or be sent first; try again with the same data
   * @throws {TLSError | OpenSSLError} as {@link doHandshake}
   * @see SSL_write(3)
   */
  send(data: string | Uint8Array, _flags = 0): number {
    const bytes = bytesOrText(data, 'data');
    if (bytes.length === 0) return 0;
    return done(this.#core.write(bytes));
  }

  /**
   * Sends all of the data. Over memory that is always possible at once, when the handshake is done.
   * @param data - text is sent as UTF-8
   * @param flags - taken and passed over, as pyOpenSSL does
   * @returns how many bytes
   * @throws as {@link send}; a part may have been sent
   */
  sendall(data: string | Uint8Array, _flags = 0): number {
    const bytes = bytesOrText(data, 'data');
    for (let sent = 0; sent < bytes.length; ) sent += done(this.#core.write(bytes, sent));
    return bytes.length;
  }

  /**
   * Receives data.
   * @param bufsiz - how many bytes at most; of one record, which has up to 16384
   * @param flags - MSG_PEEK (2) leaves the data where it is
   * @returns at least one byte
   * @throws {TypeError} not a number
   * @throws {RangeError} not at least 1
   * @throws {WantReadError | WantWriteError} something must come or be sent first
   * @throws {ZeroReturnError} the peer has ended the connection
   * @throws {SysCallError} the transport failed, or the peer closed the connection without close_notify
   * @throws {TLSError | OpenSSLError} as {@link doHandshake}
   * @see SSL_read(3)
   */
  recv(bufsiz: number, flags?: number | null): Buffer {
    const target = Buffer.allocUnsafe(Math.min(requireInteger(bufsiz, 'bufsiz', 1, maxInteger), 16384));
    const count = this.recvInto(target, undefined, flags);
    return target.subarray(0, count);
  }

  /**
   * Receives data into memory of the caller's.
   * @param buffer - where to
   * @param nbytes - how many bytes at most (default: all of it)
   * @param flags - MSG_PEEK (2) leaves the data where it is
   * @returns how many bytes were received
   * @throws as {@link recv}; {RangeError} an empty buffer
   */
  recvInto(buffer: Uint8Array, nbytes?: number | null, flags?: number | null): number {
    const whole = requireBytes(buffer, 'buffer');
    if (whole.length === 0) throw new RangeError('Expected at least 1 byte for buffer, got none');
    const size =
      nbytes === undefined || nbytes === null
        ? whole.length
        : requireInteger(nbytes, 'nbytes', 1, maxInteger);
    const target = size < whole.length ? whole.subarray(0, size) : whole;
    const isPeek =
      flags !== undefined && flags !== null && (requireInteger(flags, 'flags', 0, maxInteger) & 2) !== 0;
    return done(this.#core.read(target, isPeek));
  }

  /**
   * How many bytes {@link recv} gives without anything more of the peer, of the record that was read last.
   */
  pending(): number {
    return this.#core.number('pending');
  }

  /**
   * Ends the own side: the peer is told that nothing more comes. What comes of it can still be received.
   * @returns whether the peer has ended its side too
   * @throws {WantReadError | WantWriteError} something must come or be sent first
   * @throws {TLSError | OpenSSLError} the handshake is not done, or a callback threw
   * @see SSL_shutdown(3)
   */
  shutdown(): boolean {
    return done(this.#core.shutdown()) > 0;
  }

  /**
   * SENT_SHUTDOWN and RECEIVED_SHUTDOWN, joined with `|`.
   */
  getShutdown(): number {
    return this.#core.number('shutdown');
  }

  /**
   * Sets what {@link getShutdown} answers: a connection that breaks off then counts as ended in order.
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of the two constants
   * @see SSL_set_shutdown(3)
   */
  setShutdown(state: number): void {
    native.connectionSetShutdown(this.#core.handle, requireInteger(state, 'state', 0, 3));
  }

  /**
   * Takes what is to be sent to the peer. Of DTLS that is one datagram, and what does not fit is lost.
   * @param bufsiz - how many bytes at most
   * @returns at least one byte
   * @throws {TypeError} not a number, or the connection is over a socket
   * @throws {RangeError} not at least 1
   * @throws {WantReadError} there is nothing to send
   */
  bioRead(bufsiz: number): Buffer {
    this.#core.requireOpen();
    const size = requireInteger(bufsiz, 'bufsiz', 1, maxInteger);
    const target = Buffer.allocUnsafe(Math.min(size, Math.max(this.#core.number('output'), 1)));
    const count = native.connectionOutput(this.#core.handle, target);
    if (count === 0) throw new WantReadError('there is nothing to send');
    return target.subarray(0, count);
  }

  /**
   * Hands in what the peer sent. Of DTLS that is one datagram.
   * @returns how many bytes: all of them
   * @throws {TypeError} neither a string nor a Uint8Array, or the connection is over a socket
   * @throws {OpenSSLError} memory ran out
   */
  bioWrite(buf: string | Uint8Array): number {
    return this.#core.receive(buf, 'buf');
  }

  /**
   * Says that nothing more of the peer comes: {@link recv} then tells an end without a word from one in order.
   * @throws {TypeError} the connection is over a socket, or of datagrams, which have no end
   */
  bioShutdown(): void {
    this.#core.requireOpen();
    native.connectionEndInput(this.#core.handle);
  }

  /**
   * Asks for a new handshake, which {@link doHandshake} or the next {@link send} begins. TLS 1.3 has none: {@link updateKey}.
   * @returns true
   * @throws {TLSError} the protocol has none, the handshake is not done, or it was forbidden
   * @see SSL_renegotiate(3)
   */
  renegotiate(): true {
    if (!this.renegotiatePending()) done(this.#core.renegotiate());
    return true;
  }

  /**
   * Whether a new handshake was asked for and is not done.
   */
  renegotiatePending(): boolean {
    return this.#core.number('isRenegotiating') === 1;
  }

  /**
   * How many handshakes followed the first one, one that is under way included.
   */
  totalRenegotiations(): number {
    return this.#core.number('renegotiations');
  }

  /**
   * Of TLS 1.3: takes a new key with the next {@link send}.
   * @param isPeerToo - whether the peer is to do so as well (default true)
   * @throws {TypeError} not a boolean
   * @throws {TLSError} another protocol, or the handshake is not done
   * @see SSL_key_update(3)
   */
  updateKey(isPeerToo = true): void {
    if (typeof isPeerToo !== 'boolean') throw wrongArgument('a boolean', 'isPeerToo', isPeerToo, false);
    done(this.#core.updateKey(isPeerToo));
  }

  /**
   * Of a server of DTLS: waits for a ClientHello with the right cookie. Nothing is kept of clients that have none.
   * @throws {WantReadError} none has come; {@link bioRead} has what to send to the client
   * @throws {TLSError | OpenSSLError} as {@link doHandshake}
   * @see DTLSv1_listen(3)
   */
  DTLSv1Listen(): void {
    done(this.#core.listen());
  }

  /**
   * Of DTLS: after how many milliseconds {@link DTLSv1HandleTimeout} is to be called; null where nothing is waited for.
   * @see DTLSv1_get_timeout(3)
   */
  DTLSv1GetTimeout(): number | null {
    const left = native.connectionTimeout(this.#core.handle);
    return left === undefined ? null : Math.ceil(left);
  }

  /**
   * Of DTLS: sends again what the peer has not answered in time.
   * @returns whether the time was up
   * @throws {TLSError | OpenSSLError} too often in vain, or as {@link doHandshake}
   * @see DTLSv1_handle_timeout(3)
   */
  DTLSv1HandleTimeout(): boolean {
    return done(this.#core.handleTimeout()) > 0;
  }

  /**
   * Of DTLS: how large a datagram may be, without the headers of IP and UDP.
   * @param mtu - at least 208 bytes
   * @throws {TypeError} not a number
   * @throws {RangeError} outside 0 to 65535
   * @throws {OpenSSLError} too small
   * @see SSL_set_mtu(3)
   */
  setCiphertextMtu(mtu: number): void {
    native.connectionSetMtu(this.#core.handle, requireInteger(mtu, 'mtu', 0, 65535));
  }

  /**
   * Of DTLS: how many bytes fit into one datagram.
   * @throws {OpenSSLError} the handshake is not done, or it is no DTLS
   * @see DTLS_get_data_mtu(3)
   */
  getCleartextMtu(): number {
    const size = this.#core.number('dataMtu');
    if (size > 0) return size;
    throw new OpenSSLError('the size of datagrams is not known: no DTLS, or the handshake is not done', [], {
      code: 'ERR_OPENSSL',
    });
  }

  /**
   * A copy of the own certificate, or null.
   * @throws {OpenSSLError} memory ran out
   */
  getCertificate(): X509 | null {
    return certificateOrNull(native.connectionCertificate(this.#core.handle, false));
  }

  /**
   * A copy of the peer's certificate, or null. Whether it is right, {@link setVerify} lets the handshake say.
   * @throws {OpenSSLError} memory ran out
   * @see SSL_get0_peer_certificate(3)
   */
  getPeerCertificate(): X509 | null {
    return certificateOrNull(native.connectionCertificate(this.#core.handle, true));
  }

  /**
   * Copies of the certificates that the peer sent, its own first, or null. (Of a client pyOpenSSL leaves its own out.)
   * @throws {OpenSSLError} memory ran out
   * @see SSL_get_peer_cert_chain(3)
   */
  getPeerCertChain(): X509[] | null {
    return native.connectionChain(this.#core.handle, false)?.map(createX509) ?? null;
  }

  /**
   * Copies of the certificates from the peer's own up to the root, as they were verified, or null.
   * @throws {OpenSSLError} memory ran out
   * @see SSL_get0_verified_chain(3)
   */
  getVerifiedChain(): X509[] | null {
    return native.connectionChain(this.#core.handle, true)?.map(createX509) ?? null;
  }

  /**
   * What the verification of the peer's certificate found, of X509VerificationCodes; 0 for nothing, also where it sent none.
   * @see SSL_get_verify_result(3)
   */
  getVerifyResult(): number {
    return this.#core.number('verifyResult');
  }

  /**
   * Names of authorities: of a server those that it asks for, of a client those that it was asked for.
   * @throws {OpenSSLError} memory ran out
   */
  getClientCaList(): X509Name[] {
    return native.connectionClientAuthorities(this.#core.handle).map((name) =>
      viewX509Name(
        () => name,
        () => {},
      ),
    );
  }

  /**
   * The ciphers that it would use, in order of preference.
   */
  getCipherList(): string[] {
    return native.connectionCiphers(this.#core.handle);
  }

  /**
   * The cipher in use, or null.
   */
  getCipherName(): string | null {
    return this.#core.text('cipher') ?? null;
  }

  /**
   * How many bits its key has, or null.
   */
  getCipherBits(): number | null {
    return this.#core.text('cipher') === undefined ? null : this.#core.number('cipherBits');
  }

  /**
   * The version of TLS that the cipher came with, or null.
   */
  getCipherVersion(): string | null {
    return this.#core.text('cipherVersion') ?? null;
  }

  /**
   * The group of the key exchange, such as `X25519MLKEM768`, or null.
   * @see SSL_get0_group_name(3)
   */
  getGroupName(): string | null {
    return this.#core.text('group') ?? null;
  }

  /**
   * The version of the protocol, such as `TLSv1.3`.
   */
  getProtocolVersionName(): string {
    return this.#core.text('protocol') ?? 'unknown';
  }

  /**
   * The version of the protocol, such as TLS1_3_VERSION.
   */
  getProtocolVersion(): number {
    return this.#core.number('protocol');
  }

  /**
   * What it does at the moment, in OpenSSL's words.
   */
  getStateString(): string {
    return this.#core.text('state') ?? '';
  }

  /**
   * The profile of SRTP that both sides use, or null.
   */
  getSelectedSrtpProfile(): string | null {
    return this.#core.text('srtpProfile') ?? null;
  }

  /**
   * What the connection waits for. {@link wantRead} and {@link wantWrite} are pyOpenSSL's names.
   * @see SSL_want(3)
   */
  want(): ConnectionWant {
    return wants[this.#core.number('want')] ?? 'certificate';
  }

  /**
   * Whether something of the peer must come first.
   */
  wantRead(): boolean {
    return this.want() === 'read';
  }

  /**
   * Whether something must be sent first.
   */
  wantWrite(): boolean {
    return this.want() === 'write';
  }

  /**
   * The session, or null. Of TLS 1.3 the server's ticket comes after the handshake, with the first {@link recv}.
   * @see SSL_get1_session(3)
   */
  getSession(): Session | null {
    const session = native.connectionSession(this.#core.handle);
    return session === undefined ? null : createSession(session);
  }

  /**
   * Of a client: goes on with a session, if the server does.
   * @throws {TypeError} not a Session
   * @throws {OpenSSLError} the session is of another kind of context
   * @see SSL_set_session(3)
   */
  setSession(session: Session): void {
    native.connectionSetSession(this.#core.handle, sessionHandle(session));
  }

  /**
   * Whether both sides went on with a session; of TLS 1.3 also with a shared key.
   */
  isSessionReused(): boolean {
    return this.#core.number('isReused') === 1;
  }

  /**
   * The random number of the server, or null before the handshake.
   */
  serverRandom(): Buffer | null {
    return this.#core.bytes('serverRandom') ?? null;
  }

  /**
   * The random number of the client, or null before the handshake.
   */
  clientRandom(): Buffer | null {
    return this.#core.bytes('clientRandom') ?? null;
  }

  /**
   * The secret of the session, or null before the handshake, and of a client of TLS 1.3 before a ticket came: who has it can read
   * what is sent.
   */
  masterKey(): Buffer | null {
    return this.#core.bytes('masterKey') ?? null;
  }

  /**
   * A key that both sides can make and nobody else, RFC 5705.
   * @param label - what it is for
   * @param olen - how many bytes
   * @param context - something that goes into it
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} outside 1 to 65535
   * @throws {OpenSSLError} the handshake is not done, or, before TLS 1.3, the label is one of TLS's own
   * @see SSL_export_keying_material(3)
   */
  exportKeyingMaterial(label: string, olen: number, context?: string | Uint8Array | null): Buffer {
    const text = requireText(label, 'label');
    const size = requireInteger(olen, 'olen', 1, 65535);
    const bytes = context === undefined || context === null ? undefined : bytesOrText(context, 'context');
    return native.connectionKeyingMaterial(this.#core.handle, text, size, bytes);
  }

  /**
   * The own last message of the handshake, or null before.
   */
  getFinished(): Buffer | null {
    return this.#core.bytes('finished') ?? null;
  }

  /**
   * The peer's last message of the handshake, or null before.
   */
  getPeerFinished(): Buffer | null {
    return this.#core.bytes('peerFinished') ?? null;
  }

  /**
   * What {@link setAppData} was told; null before.
   */
  getAppData(): unknown {
    return this.#appData;
  }

  /**
   * Keeps anything of the caller's.
   * @throws nothing: anything is kept
   */
  setAppData(data: unknown): void {
    this.#appData = data;
  }

  /**
   * Connected a socket. Node's own modules do that.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  connect(_address?: unknown): never {
    throw noSocket('connect', 'connect a socket with node:net, then call setConnectState()');
  }

  /**
   * Connected a socket. Node's own modules do that.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  connectEx(_address?: unknown): never {
    throw noSocket('connectEx', 'connect a socket with node:net, then call setConnectState()');
  }

  /**
   * Accepted a connection of a listening socket. Node's own modules do that.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  accept(): never {
    throw noSocket('accept', 'accept a connection with node:net, then call setAcceptState()');
  }

  /**
   * Was there to be refused in pyOpenSSL too.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  makefile(): never {
    throw noSocket('makefile', 'call recv() and send()');
  }
}

/** What an operation did, or pyOpenSSL's error where it has to be tried again or the peer has closed the connection. */
function done(outcome: number): number {
  switch (outcome) {
    case Outcome.wantRead:
      throw new WantReadError();
    case Outcome.wantWrite:
      throw new WantWriteError();
    case Outcome.wantCertificate:
      throw new WantX509LookupError();
    case Outcome.closed:
      throw new ZeroReturnError();
  }
  return outcome;
}

function certificateOrNull(certificate: Parameters<typeof createX509>[0] | undefined): X509 | null {
  return certificate === undefined ? null : createX509(certificate);
}

function noSocket(name: string, instead: string): OpenSSLError {
  return new OpenSSLError(`${name}() is not here: ${instead}`, [], { code: 'ERR_REMOVED' });
}
