// Contexts by node:tls's options.

import { isIP } from 'node:net';
import { TRUST_SERVER_AUTHENTICATION } from '../ca-bundle/purposes.ts';
import {
  FILETYPE_ASN1,
  FILETYPE_PEM,
  type Passphrase,
  requireBoolean,
  requireInteger,
  requireOptions,
  requireText,
  requireWord,
  wrongArgument,
} from '../crypto/arguments.ts';
import { loadCertificates, X509 } from '../crypto/certificate.ts';
import { CRL, loadCrl } from '../crypto/crl.ts';
import { PKey } from '../crypto/key.ts';
import { loadPrivatekey } from '../crypto/key-format.ts';
import { loadPkcs12, type PKCS12 } from '../crypto/pkcs12.ts';
import { X509Store } from '../crypto/store.ts';
import { X509StoreFlags } from '../crypto/store-flags.ts';
import { native } from '../native.ts';
import {
  OP_CIPHER_SERVER_PREFERENCE,
  TLS_METHOD,
  TLS1_1_VERSION,
  TLS1_2_VERSION,
  TLS1_3_VERSION,
  TLS1_VERSION,
  VERIFY_PEER,
} from '../ssl/constants.ts';
import { Context, lowestVersion, trustSharedRoots } from '../ssl/context.ts';

/** A version of TLS by its name. */
export type TLSVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

const versions: Readonly<Record<TLSVersion, number>> = {
  TLSv1: TLS1_VERSION,
  'TLSv1.1': TLS1_1_VERSION,
  'TLSv1.2': TLS1_2_VERSION,
  'TLSv1.3': TLS1_3_VERSION,
};

/** One, or several. */
export type OneOrMore<Value> = Value | readonly Value[];

/** How contexts are made, in node:tls's names. */
export interface SecureContextOptions {
  /**
   * Whom to trust: certificates as PEM text (several in one are taken), DER, or X509. Without it: what `SSL_CERT_FILE` and
   * `SSL_CERT_DIR` name, if one of them is set; else the embedded CA bundle for servers, with its dates.
   */
  readonly ca?: OneOrMore<string | Uint8Array | X509>;
  /** The own certificate, followed by its issuers up to the root, which may be left out. */
  readonly cert?: OneOrMore<string | Uint8Array | X509>;
  /** The key of the certificate: PEM text, PEM or DER bytes, or a PKey. */
  readonly key?: string | Uint8Array | PKey;
  /** Of the key, or of `pfx`. */
  readonly passphrase?: Passphrase;
  /** Key, certificate and issuers in one: a PKCS#12 file. */
  readonly pfx?: Uint8Array | PKCS12;
  /** Revocation lists: the peer's certificate must not be in them. Each issuer of a chain needs one. */
  readonly crl?: OneOrMore<string | Uint8Array | CRL>;
  /** Ciphers in OpenSSL's form; names that begin with `TLS_` are those of TLS 1.3. */
  readonly ciphers?: string;
  /** Groups of the key exchange in order, joined with `:`, such as `X25519MLKEM768:X25519`. */
  readonly groups?: string;
  /** node:tls's name for `groups`. */
  readonly ecdhCurve?: string;
  /** Algorithms of signatures in order, joined with `:`. */
  readonly sigalgs?: string;
  /** (default `TLSv1.2`, or what an openssl.cnf wants where that is higher) */
  readonly minVersion?: TLSVersion;
  /** (default: what an openssl.cnf wants, or `TLSv1.3`) */
  readonly maxVersion?: TLSVersion;
  /** Constants of `SSL` whose names begin with OP, joined with `|`. */
  readonly secureOptions?: number;
  /** Of a server: whether its order of ciphers counts (default true). */
  readonly honorCipherOrder?: boolean;
  /** Which strength keys and digests must have, 0 to 5 (default 2). */
  readonly securityLevel?: number;
  /** Of a server: how long sessions can be resumed, in seconds (default 300). */
  readonly sessionTimeout?: number;
  /** Server: contexts with the same text resume each other's sessions (default: only the context's own). */
  readonly sessionIdContext?: string;
  /**
   * Server: the keys of session tickets, 48 or 80 bytes each; the first one makes tickets, all of them read. Without them a context has
   * its own. Processes with the same keys and the same `sessionIdContext` resume each other's sessions.
   */
  readonly ticketKeys?: OneOrMore<Uint8Array>;
  /** Server: how long a key of its own makes tickets, in seconds (default 43200: 12 hours); it reads them as long again. */
  readonly ticketKeyLifetime?: number;
}

/** @internal */
export const secureContextOptionNames: readonly (keyof SecureContextOptions)[] = [
  ...([
    'ca',
    'cert',
    'key',
    'passphrase',
    'pfx',
    'crl',
    'ciphers',
    'groups',
    'ecdhCurve',
    'sigalgs',
  ] as const),
  ...(['minVersion', 'maxVersion', 'secureOptions', 'honorCipherOrder', 'securityLevel'] as const),
  ...(['sessionTimeout', 'sessionIdContext', 'ticketKeys', 'ticketKeyLifetime'] as const),
];

/**
 * Makes a context that verifies its peer, by node:tls's options. It can still be changed until it has a connection.
 * @param options - see {@link SecureContextOptions}
 * @throws {TypeError} an unknown option, or one of the wrong type
 * @throws {RangeError} a value that cannot be
 * @throws {OpenSSLError} a certificate, a key or a list that cannot be read, that does not fit, or is too weak
 * @throws {CABundleError} the embedded CA bundle is damaged
 */
export function createSecureContext(options: SecureContextOptions = {}): Context {
  const given = requireOptions<SecureContextOptions>(options, 'options', secureContextOptionNames);
  refuseBoth(given, 'groups', 'ecdhCurve');
  refuseBoth(given, 'ticketKeys', 'ticketKeyLifetime');
  const context = new Context(TLS_METHOD);
  setProtocol(context, given);
  setTicketKeys(context, given);
  setIdentity(context, given);
  setTrust(context, given);
  context.setVerify(VERIFY_PEER);
  madeHere.add(context);
  return context;
}

const madeHere = new WeakSet<Context>();

/** @internal Whether a context was made by {@link createSecureContext}: its mode of verification is that of a client. */
export function isSecureContext(context: Context): boolean {
  return madeHere.has(context);
}

/**
 * @internal Two options of which one would have no effect.
 * @throws {TypeError} both are given
 */
export function refuseBoth<Options extends object>(
  options: Options,
  one: keyof Options & string,
  other: keyof Options & string,
): void {
  if (options[one] === undefined || options[other] === undefined) return;
  throw new TypeError(`Expected ${one} or ${other} in options, got both`);
}

/**
 * @internal The options of a context among others, which must not stand beside a whole context.
 * @throws {TypeError} both are given
 */
export function contextOptions(
  options: SecureContextOptions & { readonly secureContext?: Context },
): SecureContextOptions {
  for (const name of secureContextOptionNames) refuseBoth(options, 'secureContext', name);
  const own = secureContextOptionNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(own.map((name) => [name, options[name]]));
}

function setProtocol(context: Context, options: SecureContextOptions): void {
  const { minVersion, maxVersion, ciphers, groups, ecdhCurve, sigalgs } = options;
  const { secureOptions, honorCipherOrder = true, securityLevel, sessionTimeout, sessionIdContext } = options;
  const names = Object.keys(versions) as TLSVersion[];
  if (securityLevel !== undefined) context.setSecurityLevel(securityLevel);
  if (minVersion !== undefined)
    context.setMinProtoVersion(versions[requireWord(minVersion, 'options.minVersion', names)]);
  // an openssl.cnf may ask for more
  else if (lowestVersion(context) < TLS1_2_VERSION) context.setMinProtoVersion(TLS1_2_VERSION);
  if (maxVersion !== undefined)
    context.setMaxProtoVersion(versions[requireWord(maxVersion, 'options.maxVersion', names)]);
  if (ciphers !== undefined) setCiphers(context, requireText(ciphers, 'options.ciphers'));
  const wantedGroups = groups ?? ecdhCurve;
  if (wantedGroups !== undefined) context.setGroups(requireText(wantedGroups, 'options.groups'));
  if (sigalgs !== undefined) context.setSignatureAlgorithms(requireText(sigalgs, 'options.sigalgs'));
  if (secureOptions !== undefined) context.setOptions(secureOptions);
  if (requireBoolean(honorCipherOrder, 'options.honorCipherOrder'))
    context.setOptions(OP_CIPHER_SERVER_PREFERENCE);
  if (sessionTimeout !== undefined)
    context.setTimeout(requireInteger(sessionTimeout, 'options.sessionTimeout', 0, 2 ** 31 - 1));
  if (sessionIdContext !== undefined)
    context.setSessionId(Buffer.from(requireText(sessionIdContext, 'options.sessionIdContext')));
}

function setTicketKeys(context: Context, { ticketKeys, ticketKeyLifetime }: SecureContextOptions): void {
  if (ticketKeys !== undefined) context.setTicketKeys(keysOfTickets(ticketKeys));
  if (ticketKeyLifetime !== undefined)
    context.setTicketKeyLifetime(
      requireInteger(ticketKeyLifetime, 'options.ticketKeyLifetime', 1, 2 ** 31 - 1),
    );
}

/** @internal One key, or several. */
export function keysOfTickets(keys: OneOrMore<Uint8Array>): readonly Uint8Array[] {
  return keys instanceof Uint8Array ? [keys] : keys;
}

function setCiphers(context: Context, ciphers: string): void {
  const names = ciphers.split(':').filter((name) => name !== '');
  const newer = names.filter((name) => name.startsWith('TLS_'));
  const older = names.filter((name) => !name.startsWith('TLS_'));
  if (newer.length > 0) context.setTls13Ciphersuites(newer.join(':'));
  if (older.length > 0) context.setCipherList(older.join(':'));
}

function setIdentity(context: Context, options: SecureContextOptions): void {
  const { cert, key, passphrase, pfx } = options;
  if (pfx !== undefined) {
    if (cert !== undefined || key !== undefined)
      throw new TypeError('Expected pfx, or cert and key, in options: got both');
    usePkcs12(context, pfx instanceof Uint8Array ? loadPkcs12(pfx, passphrase) : pfx);
    return;
  }
  if (cert !== undefined) context.useCertificateChain(certificatesOf(cert, 'options.cert'));
  if (key !== undefined) context.usePrivatekey(keyOf(key, passphrase));
  if (cert !== undefined && key !== undefined) context.checkPrivatekey();
}

function usePkcs12(context: Context, pkcs12: PKCS12): void {
  const certificate = pkcs12.getCertificate();
  const key = pkcs12.getPrivatekey();
  if (certificate === undefined || key === undefined)
    throw new RangeError('Expected a certificate and its key in options.pfx, got a file without');
  context.useCertificateChain([certificate, ...pkcs12.getCaCertificates()]);
  context.usePrivatekey(key);
}

function keyOf(key: unknown, passphrase: Passphrase | undefined): PKey {
  if (key instanceof PKey) return key;
  if (typeof key !== 'string' && !(key instanceof Uint8Array))
    throw wrongArgument('a string, a Uint8Array or a PKey', 'options.key', key, false);
  return loadPrivatekey(isPem(key) ? FILETYPE_PEM : FILETYPE_ASN1, key, passphrase);
}

function isPem(value: string | Uint8Array): boolean {
  return typeof value === 'string' || Buffer.from(value.subarray(0, 65536)).includes('-----BEGIN ');
}

function listOf<Value>(value: OneOrMore<Value>): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
}

function certificatesOf(value: OneOrMore<string | Uint8Array | X509>, name: string): X509[] {
  return listOf(value).flatMap((one) => {
    if (one instanceof X509) return [one];
    if (typeof one !== 'string' && !(one instanceof Uint8Array))
      throw wrongArgument('strings, Uint8Arrays or X509s', name, one, false);
    return loadCertificates(isPem(one) ? FILETYPE_PEM : FILETYPE_ASN1, one);
  });
}

function setTrust(context: Context, { ca, crl }: SecureContextOptions): void {
  if (ca !== undefined) {
    const store = context.getCertStore();
    for (const root of certificatesOf(ca, 'options.ca')) store.addCert(root);
    // whom the caller names is trusted, whether or not it has signed itself
    store.setFlags(X509StoreFlags.PARTIAL_CHAIN);
  } else if (hasOwnPlaces()) context.setDefaultVerifyPaths();
  else trustSharedRoots(context, embeddedStore());
  if (crl === undefined) return;
  const store = context.getCertStore();
  for (const list of listOf(crl)) store.addCrl(crlOf(list));
  store.setFlags(X509StoreFlags.CRL_CHECK | X509StoreFlags.CRL_CHECK_ALL);
}

function crlOf(value: unknown): CRL {
  if (value instanceof CRL) return value;
  if (typeof value !== 'string' && !(value instanceof Uint8Array))
    throw wrongArgument('strings, Uint8Arrays or CRLs', 'options.crl', value, false);
  return loadCrl(isPem(value) ? FILETYPE_PEM : FILETYPE_ASN1, value);
}

/** As OpenSSL reads them: in a process with extra rights the environment is nobody's to set. */
function hasOwnPlaces(): boolean {
  const { certFileVariable, certDirVariable } = native.defaultPaths();
  return [certFileVariable, certDirVariable].some((name) => native.environmentVariable(name) !== undefined);
}

let shared: X509Store | undefined;

function embeddedStore(): X509Store {
  shared ??= X509Store.fromCaBundle(TRUST_SERVER_AUTHENTICATION);
  return shared;
}

let sharedClient: Context | undefined;

/** @internal What a client without options of its own uses. */
export function sharedClientContext(): Context {
  if (hasOwnPlaces()) return createSecureContext();
  sharedClient ??= createSecureContext();
  return sharedClient;
}

/** @internal For whom a certificate must be, as X509VerifyOptions say it. */
export function nameToVerify(host: string): { readonly hostname: string } | { readonly ip: string } {
  // OpenSSL would accept every name below it
  if (host.startsWith('.')) throw new RangeError(`Expected the name of a host, got ${JSON.stringify(host)}`);
  return isIP(host) === 0 ? { hostname: host } : { ip: host };
}
