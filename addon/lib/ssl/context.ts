// What connections are made with: pyOpenSSL's Context.

import { readFileSync } from 'node:fs';
import { TRUST_SERVER_AUTHENTICATION } from '../ca-bundle/purposes.ts';
import {
  FILETYPE_PEM,
  type FileType,
  type Passphrase,
  requireBytes,
  requireInteger,
  requireIterable,
  requireText,
  wrongArgument,
} from '../crypto/arguments.ts';
import { certificateHandle, loadCertificate, loadCertificates, type X509 } from '../crypto/certificate.ts';
import type { EllipticCurve } from '../crypto/curves.ts';
import { keyHandle, type PKey } from '../crypto/key.ts';
import { loadPrivatekey } from '../crypto/key-format.ts';
import { nameHandle, type X509Name } from '../crypto/name.ts';
import { storeHandle, X509Store } from '../crypto/store.ts';
import { requireSecurityLevel } from '../crypto/verify-options.ts';
import { ContextList, ContextNumber, HookEvent, type SslContextHandle } from '../native/ssl-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import type { Callbacks } from './callbacks.ts';
import type { Connection } from './connection.ts';
import { protocolBytes } from './protocols.ts';

/** What a method number stands for: datagrams or not, both roles (0), a server (1) or a client (2), and the one version or any (0). */
const methods: Readonly<Record<number, readonly [isDatagram: boolean, role: number, version: number]>> = {
  3: [false, 0, 0],
  4: [false, 0, 0x301],
  5: [false, 0, 0x302],
  6: [false, 0, 0x303],
  7: [false, 0, 0],
  8: [false, 1, 0],
  9: [false, 2, 0],
  10: [true, 0, 0],
  11: [true, 1, 0],
  12: [true, 2, 0],
};

const maxInteger = 2 ** 31 - 1;

function requireTicketKey(key: unknown): Uint8Array {
  const bytes = requireBytes(key, 'keys');
  if (bytes.length === 48 || bytes.length === 80) return bytes;
  throw new RangeError(`Expected keys of 48 or 80 bytes in keys, got one of ${bytes.length} bytes`);
}

/** What the rest of this folder needs of a context. */
export interface ContextState {
  readonly handle: SslContextHandle;
  readonly callbacks: Readonly<Callbacks>;
}

let stateOf: (context: unknown) => ContextState;
let lowestVersionOf: (context: Context) => number;
let shareStore: (context: Context, store: X509Store) => void;

/**
 * What connections are made with: protocol versions, certificate and key, what is trusted, and callbacks. It is set up first and
 * used then: after its first {@link Connection} a method that changes it throws, with the code ERR_CONTEXT_IN_USE.
 *
 * A new context verifies nothing and trusts nothing: call {@link setVerify}, and {@link setDefaultVerifyPaths},
 * {@link loadVerifyLocations} or `getCertStore().addCaBundle(caBundle.TRUST_SERVER_AUTHENTICATION)`;
 * `connection.setVerifyOptions({ hostname })` checks for whom the certificate is.
 *
 * What a callback throws ends the handshake, and is the `cause` of the error; nothing of it is seen as a success.
 */
export class Context {
  readonly #handle: SslContextHandle;
  /** What it trusts, and whether other contexts trust the same. */
  #store: X509Store;
  #isStoreShared = false;
  #callbacks: Readonly<Callbacks> = Object.freeze({});
  #passphrase: Passphrase | undefined;
  #appData: unknown = null;
  #isInUse = false;

  static {
    stateOf = (context) => {
      if (typeof context !== 'object' || context === null || !(#handle in context))
        throw wrongArgument('a Context', 'context', context, false);
      context.#isInUse = true;
      return { handle: context.#handle, callbacks: context.#callbacks };
    };
    lowestVersionOf = (context) => native.sslContextNumber(context.#handle, ContextNumber.minVersion);
    shareStore = (context, store) => {
      context.#useStore(store);
      context.#isStoreShared = true;
    };
  }

  /**
   * @param method - one of the constants whose names end in METHOD, such as TLS_METHOD
   * @throws {TypeError} not a number
   * @throws {RangeError} none of them: of SSL 2 and 3 there is none
   * @throws {OpenSSLError} the version cannot be used, by `openssl.cnf` for instance
   * @see SSL_CTX_new(3)
   */
  constructor(method: number) {
    const [isDatagram, role, version] = methods[requireInteger(method, 'method', 3, 12)] as [
      boolean,
      number,
      number,
    ];
    this.#handle = native.sslContextNew(isDatagram, role, version);
    this.#store = new X509Store();
    native.sslContextSetStore(this.#handle, storeHandle(this.#store));
  }

  /**
   * Sets the lowest version.
   * @param version - such as TLS1_2_VERSION; 0 for the lowest that there is
   * @throws {TypeError} not a number
   * @throws {RangeError} no 16-bit number
   * @throws {OpenSSLError} a version that there is not, or the context is in use; one of DTLS is passed over by a context of TLS
   * @see SSL_CTX_set_min_proto_version(3)
   */
  setMinProtoVersion(version: number): void {
    this.#setNumber('minVersion', requireInteger(version, 'version', 0, 0xffff));
  }

  /**
   * Sets the highest version.
   * @param version - such as TLS1_3_VERSION; 0 for the highest that there is
   * @throws {TypeError} not a number
   * @throws {RangeError} no 16-bit number
   * @throws {OpenSSLError} a version that there is not, or the context is in use; one of DTLS is passed over by a context of TLS
   * @see SSL_CTX_set_max_proto_version(3)
   */
  setMaxProtoVersion(version: number): void {
    this.#setNumber('maxVersion', requireInteger(version, 'version', 0, 0xffff));
  }

  /**
   * Sets further options; those that are set stay.
   * @param options - constants whose names begin with OP, joined with `|`
   * @returns all that are set
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of bits
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_options(3)
   */
  setOptions(options: number): number {
    return this.#setNumber('options', requireBits(options, 'options'));
  }

  /**
   * Takes options away.
   * @param options - constants whose names begin with OP, joined with `|`
   * @returns all that are still set
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of bits
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_clear_options(3)
   */
  clearOptions(options: number): number {
    return this.#setNumber('clearOptions', requireBits(options, 'options'));
  }

  /**
   * Sets further modes; those that are set stay.
   * @param mode - constants whose names begin with MODE, joined with `|`
   * @returns all that are set
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of bits
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_mode(3)
   */
  setMode(mode: number): number {
    return this.#setNumber('mode', requireInteger(mode, 'mode', 0, maxInteger));
  }

  /**
   * Chooses the ciphers of TLS 1.2 and below.
   * @param cipherList - names and words with colons between them, openssl-ciphers(1)
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} no cipher at all, or the context is in use
   * @see SSL_CTX_set_cipher_list(3)
   */
  setCipherList(cipherList: string): void {
    this.#setList('ciphers', requireText(cipherList, 'cipherList'));
  }

  /**
   * Chooses the ciphers of TLS 1.3.
   * @param ciphersuites - names with colons between them, such as `TLS_AES_128_GCM_SHA256`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set_ciphersuites(3)
   */
  setTls13Ciphersuites(ciphersuites: string): void {
    this.#setList('ciphersuites', requireText(ciphersuites, 'ciphersuites'));
  }

  /**
   * Chooses the groups of the key exchange, in order of preference.
   * @param groups - names with colons between them, such as `X25519MLKEM768:x25519`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set1_groups_list(3)
   */
  setGroups(groups: string): void {
    this.#setList('groups', requireText(groups, 'groups'));
  }

  /**
   * Chooses the signature algorithms, in order of preference.
   * @param algorithms - names with colons between them, such as `ed25519:ECDSA+SHA256`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set1_sigalgs_list(3)
   */
  setSignatureAlgorithms(algorithms: string): void {
    this.#setList('signatureAlgorithms', requireText(algorithms, 'algorithms'));
  }

  /**
   * Chooses one curve for the key exchange. {@link setGroups} takes several.
   * @param curve - what getEllipticCurve answers
   * @throws {TypeError} not a curve
   * @throws {OpenSSLError} the curve is none for TLS, or the context is in use
   */
  setTmpEcdh(curve: EllipticCurve): void {
    const name: unknown = (curve as Partial<EllipticCurve> | null | undefined)?.name;
    if (typeof name !== 'string') throw wrongArgument('an EllipticCurve', 'curve', curve, false);
    this.#setList('groups', requireText(name, 'curve'));
  }

  /**
   * Reads Diffie-Hellman parameters from a file, for TLS 1.2 and below.
   * @param dhfile - path of a PEM file
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} the file cannot be read, holds no parameters, or ones that are too weak; the context is in use
   * @see SSL_CTX_set0_tmp_dh_pkey(3)
   */
  loadTmpDh(dhfile: string): void {
    const handle = this.#changed();
    native.sslContextSetDhParameters(handle, readFile(dhfile, 'dhfile'));
  }

  /**
   * Sets which strength keys, digests and ciphers must have.
   * @param level - 0 to 5
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_security_level(3)
   */
  setSecurityLevel(level: number): void {
    this.#setNumber('securityLevel', requireSecurityLevel(level, 'level'));
  }

  /**
   * Uses a certificate as the own one.
   * @param cert - copied now
   * @throws {TypeError} not an X509
   * @throws {OpenSSLError} it is not complete, too weak, or does not belong to the key that was set; the context is in use
   * @see SSL_CTX_use_certificate(3)
   */
  useCertificate(cert: X509): void {
    native.sslContextUseCertificate(this.#changed(), certificateHandle(cert, 'cert'));
  }

  /**
   * Reads the own certificate from a file.
   * @param certfile - its path
   * @param filetype - default FILETYPE_PEM
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a NUL, or no such type
   * @throws {OpenSSLError} as {@link useCertificate}, or the file cannot be read, or holds none
   */
  useCertificateFile(certfile: string, filetype: FileType = FILETYPE_PEM): void {
    const bytes = readFile(certfile, 'certfile');
    this.useCertificate(loadCertificate(filetype, bytes));
  }

  /**
   * Reads the own certificate and those of its issuers from a file, in this order, in the place of those before.
   * @param certfile - path of a PEM file
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} as {@link useCertificate}, or the file cannot be read, or holds none
   * @see SSL_CTX_use_certificate_chain_file(3)
   */
  useCertificateChainFile(certfile: string): void {
    const bytes = readFile(certfile, 'certfile');
    this.useCertificateChain(loadCertificates(FILETYPE_PEM, bytes));
  }

  /**
   * Uses a certificate as the own one, with those of its issuers, in the place of those before.
   * @param certs - the own one first; copied now
   * @throws {TypeError} something else than X509s
   * @throws {RangeError} none at all
   * @throws {OpenSSLError} as {@link useCertificate}
   * @see SSL_CTX_set0_chain(3)
   */
  useCertificateChain(certs: Iterable<X509>): void {
    const list = [...requireIterable(certs, 'an iterable of X509s', 'certs')];
    if (list.length === 0) throw new RangeError('Expected at least one X509 for certs, got none');
    const handles = list.map((cert, index) => certificateHandle(cert, `certs[${index}]`));
    native.sslContextUseChain(this.#changed(), handles);
  }

  /**
   * Sends one more certificate along with the own one, where {@link useCertificateChain} has set no others.
   * @param cert - of an issuer; copied now
   * @throws {TypeError} not an X509
   * @throws {OpenSSLError} it is not complete, or the context is in use
   * @see SSL_CTX_add_extra_chain_cert(3)
   */
  addExtraChainCert(cert: X509): void {
    native.sslContextAddChainCertificate(this.#changed(), certificateHandle(cert, 'cert'));
  }

  /**
   * Uses a key as the own one.
   * @param pkey - the private key of the certificate
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} it does not belong to the certificate that was set; the context is in use
   * @see SSL_CTX_use_PrivateKey(3)
   */
  usePrivatekey(pkey: PKey): void {
    native.sslContextUseKey(this.#changed(), keyHandle(pkey, 'pkey'));
  }

  /**
   * Reads the own key from a file; where it is encrypted, {@link setPasswdCb} says the passphrase.
   * @param keyfile - its path
   * @param filetype - default FILETYPE_PEM
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a NUL, or no such type
   * @throws {OpenSSLError} as {@link usePrivatekey}, or the file cannot be read, or holds none, or another passphrase is needed
   */
  usePrivatekeyFile(keyfile: string, filetype: FileType = FILETYPE_PEM): void {
    this.#changed();
    const bytes = readFile(keyfile, 'keyfile');
    this.usePrivatekey(loadPrivatekey(filetype, bytes, this.#passphrase));
  }

  /**
   * The passphrase of {@link usePrivatekeyFile}.
   * @param callback - a function that answers it, or the passphrase itself; it is asked when a file is read
   * @throws {TypeError} neither a function nor a string nor a Uint8Array
   * @throws {OpenSSLError} the context is in use
   */
  setPasswdCb(callback: Passphrase): void {
    this.#changed();
    const isRight =
      typeof callback === 'function' || typeof callback === 'string' || callback instanceof Uint8Array;
    if (!isRight) throw wrongArgument('a function, a string or a Uint8Array', 'callback', callback, false);
    this.#passphrase = callback;
  }

  /**
   * Checks that the own key belongs to the own certificate.
   * @throws {OpenSSLError} it does not, or one of the two is missing
   * @see SSL_CTX_check_private_key(3)
   */
  checkPrivatekey(): void {
    native.sslContextCheckKey(this.#handle);
  }

  /**
   * What certificates of peers are verified with; what is added to it counts at once.
   */
  getCertStore(): X509Store {
    if (!this.#isStoreShared) return this.#store;
    // whoever has it may change it
    this.#useStore(X509Store.fromCaBundle(TRUST_SERVER_AUTHENTICATION));
    this.#isStoreShared = false;
    return this.#store;
  }

  /**
   * Trusts what files hold, see {@link X509Store.loadLocations}.
   * @throws {TypeError} neither of the two, or wrong argument types
   * @throws {RangeError} an empty path, one with NUL, or a URL that is no path
   * @throws {OpenSSLError} the file cannot be read, or holds neither certificate nor list; the context is in use
   * @see SSL_CTX_load_verify_locations(3)
   */
  loadVerifyLocations(
    cafile?: string | URL | Uint8Array | null,
    capath?: string | URL | Uint8Array | null,
  ): void {
    this.#changed();
    this.getCertStore().loadLocations(cafile, capath);
  }

  /**
   * Trusts what OpenSSL's default places hold, see {@link X509Store.setDefaultPaths}.
   * @throws {OpenSSLError} memory ran out, or the context is in use
   * @see SSL_CTX_set_default_verify_paths(3)
   */
  setDefaultVerifyPaths(): void {
    this.#changed();
    this.getCertStore().setDefaultPaths();
  }

  /**
   * Sets whether the peer's certificate is verified, and who else is asked.
   * @param mode - constants whose names begin with VERIFY, joined with `|`
   * @param callback - is called for each certificate, the root first, and again for each thing that is wrong; its answer counts
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} no combination of the constants
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_verify(3)
   */
  setVerify(mode: number, callback?: VerifyCallback | null): void {
    const handle = this.#changed();
    const wanted = requireVerifyMode(mode);
    this.#setCallback('verify', callback ?? undefined);
    native.sslContextSetVerify(handle, wanted);
  }

  /**
   * What {@link setVerify} was told.
   */
  getVerifyMode(): number {
    return this.#number('verifyMode');
  }

  /**
   * Sets how many issuers are allowed between the peer's certificate and the root.
   * @param depth - 0 to 100
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_verify_depth(3)
   */
  setVerifyDepth(depth: number): void {
    this.#setNumber('verifyDepth', requireInteger(depth, 'depth', 0, 100));
  }

  /**
   * What {@link setVerifyDepth} was told; -1 before.
   */
  getVerifyDepth(): number {
    return this.#number('verifyDepth');
  }

  /**
   * Of a server: whose certificates it asks clients for, from a file.
   * @param cafile - path of a PEM file
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} the file cannot be read, or holds no certificate, or the context is in use
   * @see SSL_load_client_CA_file(3)
   */
  loadClientCa(cafile: string): void {
    const certs = loadCertificates(FILETYPE_PEM, readFile(cafile, 'cafile'));
    this.setClientCaList(certs.map((cert) => cert.getSubject()));
  }

  /**
   * Of a server: whose certificates it asks clients for.
   * @param certificateAuthorities - names, copied now, in the place of those before
   * @throws {TypeError} something else than X509Names
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_client_CA_list(3)
   */
  setClientCaList(certificateAuthorities: Iterable<X509Name>): void {
    const names = [
      ...requireIterable(certificateAuthorities, 'an iterable of X509Names', 'certificateAuthorities'),
    ];
    const handles = names.map((name, index) => nameHandle(name, `certificateAuthorities[${index}]`));
    native.sslContextSetClientAuthorities(this.#changed(), handles);
  }

  /**
   * Of a server: asks clients for certificates of one more authority.
   * @param certificateAuthority - its certificate
   * @throws {TypeError} not an X509
   * @throws {OpenSSLError} the certificate is not complete, or the context is in use
   * @see SSL_CTX_add_client_CA(3)
   */
  addClientCa(certificateAuthority: X509): void {
    const handle = certificateHandle(certificateAuthority, 'certificateAuthority');
    native.sslContextAddClientAuthority(this.#changed(), handle);
  }

  /**
   * Sets which of several applications a server's sessions belong to (default: random, so no other context resumes them). Contexts
   * with the same id resume each other's sessions where the server name, the verification and the trusted authorities are the same.
   * @param id - at most 32 bytes
   * @throws {TypeError} not a Uint8Array
   * @throws {OpenSSLError} too many bytes, or the context is in use
   * @see SSL_CTX_set_session_id_context(3)
   */
  setSessionId(id: Uint8Array): void {
    native.sslContextSetSessionId(this.#changed(), requireBytes(id, 'id'));
  }

  /**
   * Replaces the keys of a server's session tickets, at any time. Servers with the same keys and the same {@link setSessionId} resume each
   * other's sessions. A context has keys of its own until then, see {@link setTicketKeyLifetime}; these it keeps.
   * @param keys - the first one makes tickets, all of them read; each of 48 bytes (name 16, HMAC 16, AES 16, as node:tls has them) or of
   * 80 (name 16, HMAC 32, AES 32, as OpenSSL has them). A key decrypts every TLS 1.2 connection that used its tickets
   * @throws {TypeError} not a list of Uint8Arrays, or an empty one
   * @throws {RangeError} a key of another size
   * @see SSL_CTX_set_tlsext_ticket_key_evp_cb(3)
   */
  setTicketKeys(keys: Iterable<Uint8Array>): void {
    const all = [...requireIterable(keys, 'a list of Uint8Arrays', 'keys')].map(requireTicketKey);
    if (all.length === 0) throw new TypeError('Expected at least one key in keys, got none');
    native.sslContextSetTicketKeys(this.#handle, all);
  }

  /**
   * The present keys of session tickets, as {@link setTicketKeys} takes them.
   * @throws {OpenSSLError} there are no random bytes
   */
  getTicketKeys(): Buffer[] {
    return native.sslContextTicketKeys(this.#handle);
  }

  /**
   * Sets how long one of a context's own keys makes tickets. Then there is a new one, and the old one reads its tickets for as long again.
   * @param seconds - (default 43200: 12 hours)
   * @throws {TypeError | RangeError} not a number from 1
   */
  setTicketKeyLifetime(seconds: number): void {
    native.sslContextSetTicketKeyLifetime(this.#handle, requireInteger(seconds, 'seconds', 1, maxInteger));
  }

  /**
   * Sets which sessions OpenSSL keeps.
   * @param mode - constants whose names begin with SESS_CACHE, joined with `|`
   * @returns what was set before
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of them
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_session_cache_mode(3)
   */
  setSessionCacheMode(mode: number): number {
    const before = this.getSessionCacheMode();
    this.#setNumber('sessionCacheMode', requireInteger(mode, 'mode', 0, 0xfff));
    return before;
  }

  /**
   * What {@link setSessionCacheMode} was told.
   */
  getSessionCacheMode(): number {
    return this.#number('sessionCacheMode');
  }

  /**
   * Sets how many sessions OpenSSL keeps.
   * @param size - 0 for any number; 20480 at first
   * @throws {TypeError} not a number
   * @throws {RangeError} a negative one
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_sess_set_cache_size(3)
   */
  setSessionCacheSize(size: number): void {
    this.#setNumber('sessionCacheSize', requireInteger(size, 'size', 0, maxInteger));
  }

  /**
   * Sets how long new sessions can be used.
   * @param seconds - 7200 at first
   * @returns what was set before
   * @throws {TypeError} not a number
   * @throws {RangeError} a negative one
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_timeout(3)
   */
  setTimeout(seconds: number): number {
    const before = this.getTimeout();
    this.#setNumber('timeout', requireInteger(seconds, 'seconds', 0, maxInteger));
    return before;
  }

  /**
   * What {@link setTimeout} was told.
   */
  getTimeout(): number {
    return this.#number('timeout');
  }

  /**
   * Of a server: how many tickets a client gets after a full handshake of TLS 1.3.
   * @param count - 0 to 255; 2 at first
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_num_tickets(3)
   */
  setNumTickets(count: number): void {
    this.#setNumber('tickets', requireInteger(count, 'count', 0, 255));
  }

  /**
   * Of a client: the protocols that it offers, ALPN, RFC 7301.
   * @param protocols - in order of preference, each of 1 to 255 bytes
   * @throws {TypeError} something else than strings and Uint8Arrays
   * @throws {RangeError} none at all, or one of another length
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_alpn_protos(3)
   */
  setAlpnProtos(protocols: Iterable<string | Uint8Array>): void {
    native.sslContextSetProtocols(this.#changed(), protocolBytes(protocols));
  }

  /**
   * Of a server: chooses one of the protocols that a client offers.
   * @param callback - answers one of them, or NO_OVERLAPPING_PROTOCOLS to go on without one
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_alpn_select_cb(3)
   */
  setAlpnSelectCallback(callback: AlpnSelectCallback): void {
    this.#setCallback('selectProtocol', callback);
  }

  /**
   * Sets the profiles of SRTP, RFC 5764.
   * @param profiles - names with colons between them, such as `SRTP_AES128_CM_SHA1_80`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set_tlsext_use_srtp(3)
   */
  setTlsextUseSrtp(profiles: string): void {
    native.sslContextSetSrtp(this.#changed(), requireText(profiles, 'profiles'));
  }

  /**
   * Sets the function that a server calls once for each connection, when the ClientHello has come and before a session is looked
   * up. {@link Connection.getServername} returns the requested name; {@link Connection.setContext}, {@link Connection.setVerify} and
   * {@link Connection.setVerifyOptions} choose by it. A session made under another choice is not resumed.
   * @param callback - returns false when it cannot choose yet: the handshake throws {@link WantX509LookupError}, and calls the
   *   function again when the handshake is continued. It must not return a promise
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_client_hello_cb(3)
   */
  setTlsextServernameCallback(callback: ServerNameCallback): void {
    this.#setCallback('serverName', callback);
  }

  /**
   * Is called when the own certificate is needed: of a server in every handshake, of a client when the server asks for one.
   * {@link Connection.useCertificate}, {@link Connection.usePrivatekey} and {@link Connection.setContext} then give it.
   * @param callback - answers whether it is there now; false: the handshake throws {@link WantX509LookupError}, and is to be called
   *   again when it is
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_cert_cb(3)
   */
  setCertificateCallback(callback: (connection: Connection) => boolean): void {
    this.#setCallback('certificate', callback);
  }

  /**
   * Is called at every step of a handshake and at every alert.
   * @param callback - `where` is bits of the constants whose names begin with SSL_CB and SSL_ST; `value` depends on it
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_info_callback(3)
   */
  setInfoCallback(callback: (connection: Connection, where: number, value: number) => void): void {
    this.#setCallback('info', callback);
  }

  /**
   * Is called with the secrets of every connection, in the form that Wireshark reads.
   * @param callback - who gets the lines can read what is sent
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_keylog_callback(3)
   */
  setKeylogCallback(callback: (connection: Connection, line: string) => void): void {
    this.#setCallback('keylog', callback);
  }

  /**
   * Of a server: answers the OCSP response that is sent to a client that asks for one.
   * @param callback - answers DER, or an empty array for none
   * @param data - is handed on to it
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_tlsext_status_cb(3)
   */
  setOcspServerCallback<Data = undefined>(
    callback: (connection: Connection, data: Data) => Uint8Array,
    data?: Data,
  ): void {
    requireFunction(callback, 'callback');
    this.#setCallback('ocspServer', (connection) => callback(connection, data as Data));
  }

  /**
   * Of a client that asked for OCSP: judges the response.
   * @param callback - gets DER, or an empty array where the server sent none; answers whether to go on
   * @param data - is handed on to it
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_tlsext_status_cb(3)
   */
  setOcspClientCallback<Data = undefined>(
    callback: (connection: Connection, response: Buffer, data: Data) => boolean,
    data?: Data,
  ): void {
    requireFunction(callback, 'callback');
    this.#setCallback('ocspClient', (connection, response) => callback(connection, response, data as Data));
  }

  /**
   * Of a server of DTLS: makes the cookie by which a client proves its address.
   * @param callback - answers 1 to 255 bytes, which nobody else can make: an HMAC of the address
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_cookie_generate_cb(3)
   */
  setCookieGenerateCallback(callback: (connection: Connection) => Uint8Array): void {
    this.#setCallback('cookieGenerate', callback);
  }

  /**
   * Of a server of DTLS: whether a cookie is one of its own.
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_cookie_verify_cb(3)
   */
  setCookieVerifyCallback(callback: (connection: Connection, cookie: Buffer) => boolean): void {
    this.#setCallback('cookieVerify', callback);
  }

  /**
   * Of a client: answers the key that it shares with the server.
   * @param callback - gets the server's hint, of TLS 1.2 and below; answers identity and key, or undefined for none
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_psk_client_callback(3)
   */
  setPskClientCallback(callback: PskClientCallback): void {
    this.#setCallback('pskClient', callback);
  }

  /**
   * Of a server: answers the key that it shares with the client that names itself so.
   * @param callback - answers the key, or undefined for a client that it does not know
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_psk_server_callback(3)
   */
  setPskServerCallback(callback: (connection: Connection, identity: string) => Uint8Array | undefined): void {
    this.#setCallback('pskServer', callback);
  }

  /**
   * Is called with every session that a later connection can go on with.
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_sess_set_new_cb(3)
   */
  setNewSessionCallback(callback: NewSessionCallback): void {
    const mode = this.getSessionCacheMode();
    this.#setCallback('newSession', callback);
    // OpenSSL asks about the sessions of clients only where it may keep them
    this.#setNumber('sessionCacheMode', mode | 0x1);
  }

  /**
   * Next Protocol Negotiation, which ALPN has replaced: OpenSSL is built without it.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  setNpnAdvertiseCallback(_callback?: unknown): never {
    throw noNextProtocol('setNpnAdvertiseCallback', 'setAlpnSelectCallback');
  }

  /**
   * Next Protocol Negotiation, which ALPN has replaced: OpenSSL is built without it.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  setNpnSelectCallback(_callback?: unknown): never {
    throw noNextProtocol('setNpnSelectCallback', 'setAlpnProtos');
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

  #useStore(store: X509Store): void {
    native.sslContextSetStore(this.#changed(), storeHandle(store));
    this.#store = store;
  }

  /** The handle, where the context may still be changed. */
  #changed(): SslContextHandle {
    if (!this.#isInUse) return this.#handle;
    throw new OpenSSLError(
      'the context has a connection and can no longer be changed: make another one, or set the connection',
      [],
      { code: 'ERR_CONTEXT_IN_USE' },
    );
  }

  #number(which: keyof typeof ContextNumber): number {
    return native.sslContextNumber(this.#handle, ContextNumber[which]);
  }

  #setNumber(which: keyof typeof ContextNumber, value: number): number {
    return native.sslContextSetNumber(this.#changed(), ContextNumber[which], value);
  }

  #setList(which: keyof typeof ContextList, list: string): void {
    native.sslContextSetList(this.#changed(), ContextList[which], list);
  }

  #setCallback<Name extends keyof Callbacks>(name: Name, callback: Callbacks[Name]): void {
    const handle = this.#changed();
    if (callback !== undefined || name !== 'verify') requireFunction(callback, 'callback');
    this.#callbacks = Object.freeze({ ...this.#callbacks, [name]: callback });
    native.sslContextEnable(handle, 1 << HookEvent[name]);
  }
}

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

/** @internal For a connection: from now on the context cannot be changed. */
export function usedContextState(context: unknown): ContextState {
  return stateOf(context);
}

/** @internal Lets contexts trust the embedded roots of servers together. The first change makes a store of the context's own. */
export function trustSharedRoots(context: Context, store: X509Store): void {
  shareStore(context, store);
}

/** @internal The lowest version, 0 for the lowest that there is: what the configuration says, until somebody sets another. */
export function lowestVersion(context: Context): number {
  return lowestVersionOf(context);
}

/** @internal */
export function requireVerifyMode(mode: unknown): number {
  return requireInteger(mode, 'mode', 0, 7);
}

/** @internal */
export function requireFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw wrongArgument('a function', name, value, false);
}

/** @internal */
export function noNextProtocol(name: string, instead: string): OpenSSLError {
  return new OpenSSLError(
    `${name}() no longer exists: OpenSSL is built without Next Protocol Negotiation; ${instead}() is ALPN`,
    [],
    { code: 'ERR_REMOVED' },
  );
}

function readFile(value: unknown, name: string): Buffer {
  const file = requireText(value, name);
  try {
    return readFileSync(file);
  } catch (cause) {
    const { message } = cause as Error;
    throw new OpenSSLError(`reading ${name}: ${message}`, [], { code: 'ERR_FILE', cause });
  }
}

/** Bits joined with `|`, whose 32nd JavaScript takes for a sign. */
function requireBits(value: unknown, name: string): number {
  const bits = requireInteger(value, name, -(2 ** 31), 2 ** 36 - 1);
  return bits < 0 ? bits + 2 ** 32 : bits;
}
