// Revocation lists: pyOpenSSL's CRL, load_crl and dump_crl.

import { inspect } from 'node:util';
import type { CrlHandle } from '../native/crl-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import {
  encodedBytes,
  FILETYPE_ASN1,
  FILETYPE_PEM,
  type FileType,
  requireBigInt,
  requireFileType,
  requireInteger,
  writableTypes,
  wrongArgument,
} from './arguments.ts';
import { certificateHandle, type X509 } from './certificate.ts';
import { type CRLConfigOptions, configuredCrl } from './config-crl.ts';
import { createX509Extension, extensionHandles, type X509Extension } from './extension.ts';
import { createHolding, Held } from './held.ts';
import { keyHandle, type PKey } from './key.ts';
import { nameHandle, printable, viewX509Name, type X509Name } from './name.ts';
import { createRevoked, type Revoked, revokedHandle } from './revoked.ts';
import { digestName } from './signature.ts';
import { dateOf, timeText } from './time.ts';

const dayMs = 24 * 60 * 60 * 1000;

let handleOf: (crl: unknown, name: string) => CrlHandle;

/**
 * A certificate revocation list, RFC 5280 section 5. A new one is empty and unsigned; {@link sign} or {@link export} sign it,
 * and until then it cannot be dumped as PEM or DER. {@link loadCrl} reads one.
 */
export class CRL {
  #handle: CrlHandle;

  /** Makes an empty list. */
  constructor();
  constructor(held?: unknown) {
    this.#handle = held instanceof Held ? held.handle : native.crlNew();
  }

  static {
    handleOf = (crl, name) => {
      if (typeof crl === 'object' && crl !== null && #handle in crl) return crl.#handle;
      throw wrongArgument('a CRL', name, crl, false);
    };
  }

  /**
   * Makes a list as `openssl ca -gencrl -config` does: the extensions that `crl_extensions` of a section names, the next update
   * after its `default_crl_days` and `default_crl_hours`, the digest of `default_md`. Files that it names are not opened: the
   * entries and the number of the list are the caller's.
   * @param config - text of an openssl.cnf, which must include no files
   * @param issuer - whose subject becomes the issuer
   * @param pkey - its private key; that it is, is not checked
   * @param options - what the command line and the files would say
   * @returns the signed list, with its entries in the order of their serial numbers
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a text that would open a file or read the environment, no such section, no time of the next update, a
   *   number that is missing where the section names a file for it (`crlnumber`), or a next update before the last one
   * @throws {OpenSSLError} no configuration, a value that does not fit, an unknown digest, or a key that cannot sign
   * @see config(5), openssl-ca(1), x509v3_config(5)
   */
  static fromOpenSSLConfig(config: string, issuer: X509, pkey: PKey, options: CRLConfigOptions = {}): CRL {
    return createCrl(configuredCrl(config, issuer, pkey, options));
  }

  /** The version as it is encoded: 0 for version 1, 1 for version 2. */
  getVersion(): number {
    return native.crlVersion(this.#handle);
  }

  /**
   * Sets the version.
   * @param version - 0 for version 1, 1 for version 2. A list that has extensions or reasons is of version 2 once it is
   *   signed, whatever is set here
   * @throws {TypeError} not a number
   * @throws {RangeError} another number
   */
  setVersion(version: number): void {
    native.crlSetVersion(this.#handle, requireInteger(version, 'version', 0, 1));
  }

  /** Who revokes. A view: changing it changes the list. */
  getIssuer(): X509Name {
    return viewX509Name(
      () => native.crlIssuer(this.#handle),
      (name) => native.crlSetIssuer(this.#handle, name),
    );
  }

  /**
   * Copies a name into the list. {@link sign} and {@link export} replace it by the subject of their certificate.
   * @throws {TypeError} something else than an X509Name
   */
  setIssuer(issuer: X509Name): void {
    native.crlSetIssuer(this.#handle, nameHandle(issuer, 'issuer'));
  }

  /**
   * When the list was made.
   * @returns undefined in a new list
   * @throws {OpenSSLError} the list holds no valid time there
   */
  getLastUpdate(): Date | undefined {
    const time = native.crlLastUpdate(this.#handle);
    return time === undefined ? undefined : dateOf(time);
  }

  /**
   * When the list was made as ASN.1 has it: `YYYYMMDDhhmmssZ`.
   * @throws as {@link getLastUpdate}
   */
  getLastUpdateText(): string | undefined {
    return native.crlLastUpdate(this.#handle)?.text;
  }

  /**
   * Says when the list was made.
   * @param when - a Date, of which milliseconds are cut off, or `YYYYMMDDhhmmssZ`
   * @throws {TypeError} neither a Date nor a string
   * @throws {RangeError} an invalid Date, or one outside the years 0 to 9999
   * @throws {OpenSSLError} text that is no time
   */
  setLastUpdate(when: Date | string): void {
    native.crlSetLastUpdate(this.#handle, timeText(when, 'when'));
  }

  /**
   * When the next list is due at the latest.
   * @returns undefined where the list does not say
   * @throws {OpenSSLError} the list holds no valid time there
   */
  getNextUpdate(): Date | undefined {
    const time = native.crlNextUpdate(this.#handle);
    return time === undefined ? undefined : dateOf(time);
  }

  /**
   * When the next list is due as ASN.1 has it: `YYYYMMDDhhmmssZ`.
   * @throws as {@link getNextUpdate}
   */
  getNextUpdateText(): string | undefined {
    return native.crlNextUpdate(this.#handle)?.text;
  }

  /**
   * Says when the next list is due.
   * @throws as {@link setLastUpdate}
   */
  setNextUpdate(when: Date | string): void {
    native.crlSetNextUpdate(this.#handle, timeText(when, 'when'));
  }

  /**
   * The number of the list, RFC 5280 section 5.2.3, which grows from list to list.
   * @returns undefined where the list has none
   * @throws {OpenSSLError} the extension cannot be read
   */
  getCrlNumber(): bigint | undefined {
    return native.crlNumber(this.#handle);
  }

  /**
   * Numbers the list.
   * @param number - undefined removes it
   * @throws {TypeError} not a bigint
   * @throws {RangeError} a negative one, or more than 64 KiB
   */
  setCrlNumber(number: bigint | undefined): void {
    if (number !== undefined) requireBigInt(number, 'number', 0n);
    native.crlSetNumber(this.#handle, number);
  }

  /**
   * Copies of the extensions, in their order: the number is one of them.
   */
  getExtensions(): X509Extension[] {
    return native.crlExtensions(this.#handle).map((handle) => createX509Extension(handle));
  }

  /**
   * Adds copies of extensions behind those that are there.
   * @throws {TypeError} not an iterable of X509Extension; nothing is added then
   */
  addExtensions(extensions: Iterable<X509Extension>): void {
    native.crlAddExtensions(this.#handle, extensionHandles(extensions));
  }

  /** Copies of the entries, in the order of the list. (pyOpenSSL answers None where there are none.) */
  getRevoked(): Revoked[] {
    return native.crlRevoked(this.#handle).map(createRevoked);
  }

  /**
   * Adds a copy of an entry at the end.
   * @throws {TypeError} not a Revoked, or one without a date
   */
  addRevoked(revoked: Revoked): void {
    native.crlAddRevoked(this.#handle, revokedHandle(revoked));
  }

  /**
   * Looks for the entry of a certificate. Of a list that speaks for other issuers too (an indirect CRL), the first entry with
   * that number counts, whoever issued it.
   * @param serial - the certificate's {@link X509.getSerialNumber}
   * @returns a copy, or undefined where there is none
   * @throws {TypeError} not a bigint
   */
  findRevoked(serial: bigint): Revoked | undefined {
    const found = native.crlFindRevoked(this.#handle, requireBigInt(serial, 'serial'));
    return found === undefined ? undefined : createRevoked(found);
  }

  /**
   * Whether the list revokes a serial number; an entry `removeFromCRL` of a delta CRL does not. Says nothing about whose
   * list it is, its age, or its signature: {@link getIssuer}, {@link getNextUpdate}, {@link verify}.
   * @throws as {@link findRevoked}
   */
  isRevoked(serial: bigint): boolean {
    const found = this.findRevoked(serial);
    return found !== undefined && found.getReason() !== 'removeFromCRL';
  }

  /**
   * Signs the list, with its entries in the order of their serial numbers. The certificate's subject becomes the issuer. What
   * fails leaves the list as it was.
   * @param issuerKey - the private key of the certificate; that it is, is not checked
   * @param digest - such as `sha256`; none for kinds of keys that have their own (ed25519, ML-DSA)
   * @throws {TypeError} wrong argument types, or a list without {@link setLastUpdate}
   * @throws {RangeError} a digest where the kind of key takes none, or none where it wants one
   * @throws {OpenSSLError} an unknown digest, or a key that cannot sign
   * @see X509_CRL_sign(3)
   */
  sign(issuerCert: X509, issuerKey: PKey, digest?: string): void {
    const [certificate, key] = [certificateHandle(issuerCert), keyHandle(issuerKey, 'issuerKey')];
    this.#handle = native.crlSign(this.#handle, certificate, key, digestName(digest), undefined, true);
  }

  /**
   * Dates the list now, signs it and writes it. The list itself is then what was written; its entries keep their order.
   * @param type - FILETYPE_PEM, FILETYPE_ASN1 or FILETYPE_TEXT
   * @param days - until the next update, -36500 to 36500
   * @param digest - as for {@link sign}
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} another type, days out of range, or a digest that does not fit the kind of key
   * @throws {OpenSSLError} an unknown digest, or a key that cannot sign
   */
  export(cert: X509, key: PKey, type: FileType = FILETYPE_PEM, days = 100, digest?: string): Buffer {
    const [certificate, signer] = [certificateHandle(cert), keyHandle(key, 'key')];
    requireFileType(type, writableTypes);
    const span = requireInteger(days, 'days', -36500, 36500) * dayMs;
    const now = Date.now();
    const times = {
      lastUpdate: timeText(new Date(now), 'lastUpdate'),
      nextUpdate: timeText(new Date(now + span), 'nextUpdate'),
    };
    const signed = native.crlSign(this.#handle, certificate, signer, digestName(digest), times, false);
    const dumped = native.dumpCrl(type, signed);
    this.#handle = signed;
    return dumped;
  }

  /**
   * Verifies the signature.
   * @param pkey - the issuer's key
   * @returns true
   * @throws {TypeError} not a PKey
   * @throws {OpenSSLError} the signature is not right, or there is none
   * @see X509_CRL_verify(3)
   */
  verify(pkey: PKey): true {
    const queue = native.crlVerify(this.#handle, keyHandle(pkey, 'pkey'));
    if (queue === undefined) return true;
    throw new OpenSSLError('verifying a CRL: its signature is not right', queue, { code: 'ERR_SIGNATURE' });
  }

  /**
   * The list in DER.
   * @throws {OpenSSLError} it is not signed
   */
  toDer(): Buffer {
    return native.dumpCrl(FILETYPE_ASN1, this.#handle);
  }

  [inspect.custom](): string {
    const issuer = printable(() => this.getIssuer().toString());
    const lastUpdate = printable(() => this.getLastUpdateText() ?? 'none');
    const nextUpdate = printable(() => this.getNextUpdateText() ?? 'none');
    return `CRL { issuer: ${issuer}, lastUpdate: ${lastUpdate}, nextUpdate: ${nextUpdate} }`;
  }
}

/**
 * Reads a revocation list.
 * @param type - FILETYPE_PEM: the first list of the text; FILETYPE_ASN1: DER, and what follows its end is not looked at
 * @param buffer - the bytes; PEM may be a string as well
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type, or 2 GiB or more
 * @throws {OpenSSLError} not a revocation list
 * @see PEM_read_bio_X509_CRL(3), d2i_X509_CRL(3)
 */
export function loadCrl(type: FileType, buffer: string | Uint8Array): CRL {
  return createHolding(CRL, native.loadCrl(type, encodedBytes(type, buffer)));
}

/**
 * Writes a revocation list.
 * @returns PEM or DER, or what `openssl crl -text` prints
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} it is not signed, which PEM and DER need
 * @see X509_CRL_print_ex(3)
 */
export function dumpCrl(type: FileType, crl: CRL): Buffer {
  requireFileType(type, writableTypes);
  return native.dumpCrl(type, handleOf(crl, 'crl'));
}

/** @internal */
export function createCrl(handle: CrlHandle): CRL {
  return createHolding(CRL, handle);
}

/** @internal */
export function crlHandle(crl: unknown, name = 'crl'): CrlHandle {
  return handleOf(crl, name);
}
