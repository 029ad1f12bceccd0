// Stores of trusted certificates: pyOpenSSL's X509Store.

import { fileURLToPath } from 'node:url';
import { embeddedBundle, indexedRoots, unindexedRoot } from '../ca-bundle/embedded-roots.ts';
import { type Purpose, requirePurpose, type TrustPurpose } from '../ca-bundle/purposes.ts';
import { CARootCertificate } from '../ca-bundle/root-certificate.ts';
import type { CertificateHandle } from '../native/certificate-binding.ts';
import type { NativeVerifyParameters, StoreHandle } from '../native/store-binding.ts';
import { native } from '../native.ts';
import { type AnchorRules, anchorRules, type X509AnchorOptions } from './anchor-options.ts';
import { requireIterable, requireText, wrongArgument } from './arguments.ts';
import { certificateHandle, type X509 } from './certificate.ts';
import { type CRL, crlHandle } from './crl.ts';
import {
  noParameters,
  requireDepth,
  requireEpochSeconds,
  requirePurposeNumber,
  requireSecurityLevel,
  requireStoreFlags,
  type X509Purpose,
} from './verify-options.ts';

let handleOf: (store: unknown) => StoreHandle;

/**
 * What certificates are verified with: those that are trusted, revocation lists, and settings. {@link X509StoreContext}
 * verifies. Certificates and lists are copied: what happens to them later changes nothing here. A new store trusts nothing,
 * not even what the system trusts.
 */
export class X509Store {
  readonly #handle: StoreHandle = native.storeNew();

  static {
    handleOf = (store) => {
      if (typeof store === 'object' && store !== null && #handle in store) return store.#handle;
      throw wrongArgument('an X509Store', 'store', store, false);
    };
  }

  /**
   * A new store with the roots of an embedded CA bundle, see {@link addCaBundle}.
   * @throws as {@link addCaBundle}
   */
  static fromCaBundle(purpose?: TrustPurpose | null): X509Store {
    const store = new X509Store();
    store.addCaBundle(purpose);
    return store;
  }

  /**
   * Trusts a certificate. Rules belong to its key: of a key that is added again, in whatever certificate, the purposes are
   * joined and the earlier dates count, and a date counts wherever the key stands in a chain. So neither a second
   * certificate nor a cross-signed one undoes a date.
   * @param cert - a root; an intermediate is an anchor of its own with X509StoreFlags.PARTIAL_CHAIN alone
   * @param options - what it is trusted for, and for which leaves
   * @throws {TypeError} wrong argument types, or an unknown option
   * @throws {RangeError} no such purpose, or a date that cannot be
   * @throws {OpenSSLError} the certificate is not complete
   * @see X509_STORE_add_cert(3)
   */
  addCert(cert: X509, options: X509AnchorOptions = {}): void {
    const handle = certificateHandle(cert, 'cert');
    this.#addAnchor(handle, anchorRules(options, 'options'));
  }

  /**
   * Trusts the roots of an embedded CA bundle for what Mozilla trusts them for, with the dates of its index: a leaf that was
   * issued after the date of its root is refused, with ERR_CERT_REJECTED.
   * @param purpose - which bundle; the roots are then trusted for that alone (default TRUST_ANY)
   * @throws {TypeError | RangeError} no such purpose
   * @throws {CABundleError} the package is damaged
   */
  addCaBundle(purpose?: TrustPurpose | null): void {
    const wanted = requirePurpose(purpose);
    const rules = indexedRoots().map((root) => {
      const { purposes, distrustAfter } = anchorRules(anchorOptions(root, wanted), 'roots');
      return [Buffer.from(root.sha256.replaceAll(':', ''), 'hex'), purposes, distrustAfter] as const;
    });
    // by OpenSSL alone: it takes a tenth of the time of objects for each
    const text = Buffer.from(embeddedBundle(wanted), 'latin1');
    if (native.storeAddBundle(this.#handle, text, rules) < 0) throw unindexedRoot(wanted);
  }

  /**
   * Trusts roots for what they say they are for, with their dates. All of them or, where one cannot be used, none.
   * @param roots - for instance what {@link iterCaBundle} answers
   * @param purpose - leaves the others out, and limits those that are taken to this purpose (default TRUST_ANY)
   * @throws {TypeError} something else than CARootCertificates
   * @throws {RangeError} no such purpose, or a date that cannot be
   * @throws {OpenSSLError} a certificate that cannot be read
   */
  addCaRoots(roots: Iterable<CARootCertificate>, purpose?: TrustPurpose | null): void {
    const wanted = requirePurpose(purpose);
    const anchors = [];
    for (const root of requireIterable(roots, 'an iterable of CARootCertificates', 'roots')) {
      if (!(root instanceof CARootCertificate))
        throw wrongArgument('CARootCertificates', 'roots', root, false);
      if (wanted === 'any' || (root.purposes?.includes(wanted) ?? true))
        anchors.push({
          certificate: certificateHandle(root.getX509()),
          rules: anchorRules(anchorOptions(root, wanted), 'roots'),
        });
    }
    for (const { certificate, rules } of anchors) this.#addAnchor(certificate, rules);
  }

  /**
   * Adds a revocation list. It is used with X509StoreFlags.CRL_CHECK only.
   * @throws {TypeError} something else than a CRL
   * @throws {OpenSSLError} the list is not complete
   * @see X509_STORE_add_crl(3)
   */
  addCrl(crl: CRL): void {
    native.storeAddCrl(this.#handle, crlHandle(crl));
  }

  /**
   * Sets further flags; those that are set stay.
   * @param flags - {@link X509StoreFlags}, joined with `|`
   * @throws {TypeError} not a number
   * @throws {RangeError} not a combination of flags
   * @see X509_STORE_set_flags(3)
   */
  setFlags(flags: number): void {
    this.#set({ flags: requireStoreFlags(flags, 'flags') });
  }

  /**
   * Sets the moment for which validity times are checked, instead of the current time.
   * @param time - 1970 to 9999; milliseconds are left out
   * @throws {TypeError} not a Date
   * @throws {RangeError} a Date outside those years
   */
  setTime(time: Date): void {
    this.#set({ epochSeconds: requireEpochSeconds(time, 'time') });
  }

  /**
   * Sets what leaf and issuers must be allowed to be used for.
   * @throws {TypeError} not a string
   * @throws {RangeError} no such purpose
   * @see X509_STORE_set_purpose(3)
   */
  setPurpose(purpose: X509Purpose): void {
    this.#set({ purpose: requirePurposeNumber(purpose, 'purpose') });
  }

  /**
   * Sets how many intermediates are allowed between leaf and root.
   * @param depth - 0 to 100
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @see X509_STORE_set_depth(3)
   */
  setDepth(depth: number): void {
    this.#set({ depth: requireDepth(depth, 'depth') });
  }

  /**
   * Sets which strength keys and digests must have.
   * @param level - 0 to 5
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @see X509_VERIFY_PARAM_set_auth_level(3), SSL_CTX_set_security_level(3)
   */
  setSecurityLevel(level: number): void {
    this.#set({ securityLevel: requireSecurityLevel(level, 'level') });
  }

  /**
   * Trusts what files hold. The index of the CA bundle is not asked about them: {@link addCaBundle} does that.
   * @param cafile - PEM file with certificates and revocation lists, read at once; trust settings in it count
   * @param capath - folder in the form of `openssl rehash`, or several in the form of PATH; files are looked for when they
   *   are needed
   * @throws {TypeError} neither of the two, or wrong argument types
   * @throws {RangeError} an empty path, one with NUL, or a URL that is no path
   * @throws {OpenSSLError} the file cannot be read, or holds neither certificate nor list
   * @see X509_STORE_load_locations(3)
   */
  loadLocations(cafile?: string | URL | Uint8Array | null, capath?: string | URL | Uint8Array | null): void {
    const file = pathBytes(cafile, 'cafile');
    const folder = pathBytes(capath, 'capath');
    if (file === undefined && folder === undefined)
      throw new TypeError('Expected a path for cafile or capath, got neither');
    if (file !== undefined) native.storeLoadFile(this.#handle, file);
    if (folder !== undefined) native.storeLoadDirectory(this.#handle, folder);
  }

  /**
   * Trusts what OpenSSL's default places hold: `SSL_CERT_FILE` and `SSL_CERT_DIR`, or the places that `info()` shows.
   * What is not there is no error.
   * @throws {OpenSSLError} memory ran out
   * @see X509_STORE_set_default_paths(3)
   */
  setDefaultPaths(): void {
    native.storeSetDefaultPaths(this.#handle);
  }

  #addAnchor(certificate: CertificateHandle, { purposes, distrustAfter }: AnchorRules): void {
    native.storeAddCertificate(this.#handle, certificate, purposes, distrustAfter);
  }

  #set(parameters: Partial<NativeVerifyParameters>): void {
    native.storeSetParameters(this.#handle, { ...noParameters, ...parameters });
  }
}

/** @internal */
export function storeHandle(store: unknown): StoreHandle {
  return handleOf(store);
}

/** What a root is trusted for; its dates are kept for the purposes that it is not wanted for as well. */
function anchorOptions(
  root: Pick<CARootCertificate, 'purposes' | 'distrustAfter'>,
  wanted: TrustPurpose,
): X509AnchorOptions {
  const purposes = wanted === 'any' ? root.purposes : [wanted];
  const dates = Object.entries(root.distrustAfter).map(([purpose, text]) => [purpose, new Date(text)]);
  const distrustAfter = Object.fromEntries(dates) as Partial<Record<Purpose, Date>>;
  return { distrustAfter, ...(purposes === undefined ? {} : { purposes }) };
}

function pathBytes(value: unknown, name: string): Uint8Array | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Uint8Array) return requirePath(value, name);
  if (!(value instanceof URL) && typeof value !== 'string')
    throw wrongArgument('a string, a URL or a Uint8Array', name, value, false);
  const text = value instanceof URL ? fileURLToPath(value) : requireText(value, name);
  return requirePath(Buffer.from(text), name);
}

function requirePath(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes.length > 0 && !bytes.includes(0)) return bytes;
  throw new RangeError(`Expected a path without NUL for ${name}, got ${bytes.length === 0 ? 'none' : 'one'}`);
}
