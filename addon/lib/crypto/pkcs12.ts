// PKCS#12 files: pyOpenSSL's PKCS12 and load_pkcs12.

import { inspect } from 'node:util';
import type { PassphraseSource } from '../native/key-binding.ts';
import type { Pkcs12Content } from '../native/pkcs12-binding.ts';
import { native } from '../native.ts';
import {
  type Passphrase,
  passphraseSource,
  requireBoolean,
  requireBytes,
  requireInteger,
  requireIterable,
  requireOptions,
  requireText,
  requireWord,
} from './arguments.ts';
import { certificateHandle, createX509, type X509 } from './certificate.ts';
import { createPKey, keyHandle, type PKey } from './key.ts';
import { defaultIterations } from './key-format.ts';

const maxInteger = 2 ** 31 - 1;

/** What a file without a passphrase takes: OpenSSL's default, since there is nothing to guess. */
const openIterations = 2048;

/** How a PKCS#12 file is protected. What nothing is said of is what OpenSSL, NSS, GnuTLS and Java read today. */
export interface PKCS12Options {
  /**
   * Encrypts the key and the certificates. `aes-…`: PBES2 with PBKDF2 and HMAC-SHA-256. `pbe-sha1-3des`: what older
   * systems read (Windows Server 2016, Java before 8u301), together with the macDigest `sha1`; it protects little. Default
   * `aes-256-cbc`.
   */
  readonly cipher?: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'pbe-sha1-3des';
  /**
   * Rounds of the key derivation of the encryption, 1 to 2147483647 (default 600000; 2048 without a passphrase). pyOpenSSL has
   * 2048.
   */
  readonly iterations?: number;
  /** Whether the certificates are encrypted as well (default true). */
  readonly encryptCertificates?: boolean;
  /**
   * What detects a wrong passphrase and a changed file. `pkcs12`: HMAC with the key derivation of RFC 7292. `pbmac1`: HMAC with
   * PBKDF2, RFC 9879, which few programs but OpenSSL from 3.4 on read. `none`: nothing does. Default `pkcs12`.
   */
  readonly mac?: 'pkcs12' | 'pbmac1' | 'none';
  /** Digest of the MAC (default `sha256`). */
  readonly macDigest?: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
  /**
   * Rounds of the key derivation of the MAC (default the same as `iterations`: who guesses passphrases takes the cheaper way).
   * pyOpenSSL has 1.
   */
  readonly macIterations?: number;
}

/** How a PKCS#12 file is read. */
export interface PKCS12ReadOptions {
  /**
   * Whether algorithms of OpenSSL's legacy provider (RC2, RC4, DES) may decrypt the file, as OpenSSL before 3.0 and Windows
   * wrote them. Nothing but this call sees them. Default false.
   */
  readonly legacy?: boolean;
  /**
   * How many rounds of key derivation the whole file may take, 1 to 2147483647: a file names its own numbers, and huge ones
   * would keep the process for hours. scrypt counts 4·N·r·p. Default 10000000, a few seconds.
   */
  readonly maxIterations?: number;
}

let create: (content: Pkcs12Content) => PKCS12;

/**
 * A private key with its certificate and further certificates, as one file holds them: RFC 7292. {@link loadPkcs12} reads one,
 * {@link export} writes it. A new one is empty. It holds the very objects that it is given, no copies.
 */
export class PKCS12 {
  #key: PKey | undefined;
  #certificate: X509 | undefined;
  #caCertificates: readonly X509[] = [];
  #friendlyName: string | undefined;

  static {
    create = ({ key, certificate, caCertificates, friendlyName }) => {
      const pkcs12 = new PKCS12();
      pkcs12.#key = key === undefined ? undefined : createPKey(key);
      pkcs12.#certificate = certificate === undefined ? undefined : createX509(certificate);
      pkcs12.#caCertificates = caCertificates.map((each) => createX509(each));
      pkcs12.#friendlyName = friendlyName;
      return pkcs12;
    };
  }

  /** The certificate of the key. */
  getCertificate(): X509 | undefined {
    return this.#certificate;
  }

  /**
   * Sets the certificate of the key; undefined removes it.
   * @throws {TypeError} not an X509
   */
  setCertificate(certificate: X509 | undefined): void {
    if (certificate !== undefined) certificateHandle(certificate);
    this.#certificate = certificate;
  }

  /** The private key. */
  getPrivatekey(): PKey | undefined {
    return this.#key;
  }

  /**
   * Sets the private key; undefined removes it.
   * @throws {TypeError} not a PKey, or an empty one
   */
  setPrivatekey(pkey: PKey | undefined): void {
    if (pkey !== undefined) keyHandle(pkey, 'pkey');
    this.#key = pkey;
  }

  /** The other certificates, a new array each time. (pyOpenSSL answers None where there are none.) */
  getCaCertificates(): X509[] {
    return [...this.#caCertificates];
  }

  /**
   * Replaces the other certificates; undefined removes them.
   * @throws {TypeError} nothing to iterate over, or something else than an X509 in it
   */
  setCaCertificates(certificates: Iterable<X509> | undefined): void {
    if (certificates === undefined) {
      this.#caCertificates = [];
      return;
    }
    const list = [...requireIterable(certificates, 'an iterable of X509', 'certificates')];
    for (const each of list) certificateHandle(each, 'certificates');
    this.#caCertificates = list as X509[];
  }

  /** What programs show of the key and its certificate. (pyOpenSSL has bytes in UTF-8.) */
  getFriendlyname(): string | undefined {
    return this.#friendlyName;
  }

  /**
   * Sets what programs show of the key and its certificate; undefined removes it.
   * @throws {TypeError} not a string
   * @throws {RangeError} NUL in it
   */
  setFriendlyname(name: string | undefined): void {
    this.#friendlyName = name === undefined ? undefined : requireText(name, 'name');
  }

  /**
   * Writes the file.
   * @param passphrase - at most 1024 bytes, without NUL; without one, everybody can read the key
   * @returns DER
   * @throws {TypeError} wrong argument types, or nothing to write
   * @throws {RangeError} an option out of range, or a passphrase that is too long or holds NUL
   * @throws {OpenSSLError} the certificate is not that of the key, or the key is a public one
   * @throws what the passphrase function throws
   * @see PKCS12_create(3), PKCS12_set_mac(3), PKCS12_set_pbmac1_pbkdf2(3)
   */
  export(passphrase?: Passphrase, options: PKCS12Options = {}): Buffer {
    const source = sourceOf(passphrase);
    const protection = protectionOf(options, source);
    if (this.#key === undefined && this.#certificate === undefined && this.#caCertificates.length === 0)
      throw new TypeError('Expected a PKCS12 that holds a key or a certificate, got an empty one');
    return native.dumpPkcs12({
      ...(this.#key === undefined ? {} : { key: keyHandle(this.#key, 'key') }),
      ...(this.#certificate === undefined ? {} : { certificate: certificateHandle(this.#certificate) }),
      caCertificates: this.#caCertificates.map((each) => certificateHandle(each)),
      ...(this.#friendlyName === undefined ? {} : { friendlyName: this.#friendlyName }),
      passphrase: source,
      ...protection,
    });
  }

  [inspect.custom](): string {
    const [key, certificate] = [inspect(this.#key), inspect(this.#certificate)];
    const name = JSON.stringify(this.#friendlyName);
    return `PKCS12 { friendlyName: ${name}, key: ${key}, certificate: ${certificate}, caCertificates: ${this.#caCertificates.length} }`;
  }
}

function protectionOf(given: PKCS12Options, source: PassphraseSource) {
  const options = requireOptions<PKCS12Options>(given, 'options', [
    ...(['cipher', 'iterations', 'encryptCertificates', 'mac', 'macDigest', 'macIterations'] as const),
  ]);
  const isOpen = source === undefined || (typeof source !== 'function' && source.length === 0);
  const { cipher = 'aes-256-cbc', iterations = isOpen ? openIterations : defaultIterations } = options;
  const { encryptCertificates = true, mac = 'pkcs12', macDigest = 'sha256' } = options;
  const { macIterations = iterations } = options;
  const ciphers = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'pbe-sha1-3des'] as const;
  return {
    cipher: requireWord(cipher, 'options.cipher', ciphers).toUpperCase(),
    iterations: requireInteger(iterations, 'options.iterations', 1, maxInteger),
    encryptsCertificates: requireBoolean(encryptCertificates, 'options.encryptCertificates'),
    mac: requireWord(mac, 'options.mac', ['pkcs12', 'pbmac1', 'none']),
    macDigest: requireWord(macDigest, 'options.macDigest', ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']),
    macIterations: requireInteger(macIterations, 'options.macIterations', 1, maxInteger),
  };
}

/** A NUL would end the passphrase for some of OpenSSL's functions and not for others. */
function sourceOf(passphrase: Passphrase | undefined): PassphraseSource {
  const source = passphraseSource(passphrase);
  if (typeof source === 'function') return (writing) => withoutNul(source(writing));
  return source === undefined ? undefined : withoutNul(source);
}

function withoutNul(bytes: Uint8Array): Uint8Array {
  if (bytes.includes(0)) throw new RangeError('Expected bytes without NUL for passphrase, got some with it');
  return bytes;
}

/**
 * Reads a PKCS#12 file: its first private key, the certificate that goes with that key, and all other certificates. The MAC
 * is checked where there is one; a file without is only as good as its way here.
 * @param buffer - DER
 * @param passphrase - none and an empty one are the same: both ways to encode that are tried
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} options out of range, a passphrase that is too long or holds NUL, or a file that takes more
 *   rounds than `maxIterations`
 * @throws {OpenSSLError} not a PKCS#12 file, a wrong passphrase (ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE), or an algorithm that
 *   needs the option `legacy`, as the message then says
 * @throws what the passphrase function throws
 * @see PKCS12_parse(3)
 */
export function loadPkcs12(
  buffer: Uint8Array,
  passphrase?: Passphrase,
  options: PKCS12ReadOptions = {},
): PKCS12 {
  const own = requireOptions<PKCS12ReadOptions>(options, 'options', ['legacy', 'maxIterations']);
  const { legacy = false, maxIterations = 10_000_000 } = own;
  return create(
    native.loadPkcs12(
      requireBytes(buffer, 'buffer'),
      sourceOf(passphrase),
      requireBoolean(legacy, 'options.legacy'),
      requireInteger(maxIterations, 'options.maxIterations', 1, maxInteger),
    ),
  );
}
