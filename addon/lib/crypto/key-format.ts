// Reading and writing keys: pyOpenSSL's load_privatekey, dump_privatekey, load_publickey, dump_publickey.

import type { EncryptionScheme } from '../native/key-binding.ts';
import { native } from '../native.ts';
import {
  encodedBytes,
  FILETYPE_ASN1,
  FILETYPE_PEM,
  FILETYPE_TEXT,
  type FileType,
  type Passphrase,
  passphraseSource,
  requireFileType,
  requireInteger,
  requireOptions,
  requireText,
  requireWord,
  writableTypes,
} from './arguments.ts';
import { createPKey, keyHandle, type PKey } from './key.ts';

/** What slows down who guesses passphrases; OWASP's number for PBKDF2 with HMAC-SHA-256. */
export const defaultIterations = 600_000;

/** How a private key is written. */
export interface PrivateKeyOptions {
  /**
   * `pkcs8`: RFC 5958, for every kind of key. `traditional`: the algorithm's own older form (PKCS#1, SEC1), for RSA, DSA, EC;
   * encrypted, it is protected by one round of MD5 and is for old readers only. Default, as in pyOpenSSL: `pkcs8` for PEM
   * and for whatever is encrypted, `traditional` for DER.
   */
  readonly format?: 'pkcs8' | 'traditional';
  /** Rounds of PBKDF2, 1 to 2147483647 (default 600000). */
  readonly iterations?: number;
  /** The digest of PBKDF2's HMAC (default `sha256`). */
  readonly prf?: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
  /** scrypt in the place of PBKDF2, RFC 7914. */
  readonly scrypt?: {
    /** Cost, a power of 2. */
    readonly N: number;
    /** Block size. */
    readonly r: number;
    /** Parallelization. */
    readonly p: number;
  };
}

/**
 * Reads a private key, encrypted or not.
 * @param type - FILETYPE_PEM: the first private key of the text; FILETYPE_ASN1: PKCS#8 or the algorithm's older form
 * @param buffer - the bytes; PEM may be a string as well
 * @param passphrase - what it is encrypted with. Nobody is asked at the terminal without it
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type, a passphrase of more than 1024 bytes, or an encrypted key of more than 10 million iterations
 * @throws {OpenSSLError} no private key, no passphrase, or a wrong one
 * @throws what the passphrase function throws
 * @see PEM_read_bio_PrivateKey(3), d2i_PrivateKey(3)
 */
export function loadPrivatekey(type: FileType, buffer: string | Uint8Array, passphrase?: Passphrase): PKey {
  return createPKey(native.loadPrivateKey(type, encodedBytes(type, buffer), passphraseSource(passphrase)));
}

/**
 * Writes a private key.
 * @param type - FILETYPE_PEM, FILETYPE_ASN1, or FILETYPE_TEXT, which shows every part of the key in hex
 * @param cipher - encrypts it: a cipher that OpenSSL knows, such as `aes-256-cbc`; needs a passphrase
 * @param passphrase - with a cipher only
 * @throws {TypeError} wrong argument types, or only one of cipher and passphrase
 * @throws {RangeError} another type, or options that do not go together
 * @throws {OpenSSLError} an unknown cipher, or a public key
 * @see PEM_write_bio_PKCS8PrivateKey(3), PKCS5_pbe2_set_iv_ex(3)
 */
export function dumpPrivatekey(
  type: FileType,
  pkey: PKey,
  cipher?: string,
  passphrase?: Passphrase,
  options: PrivateKeyOptions = {},
): Buffer {
  requireFileType(type, writableTypes);
  const handle = keyHandle(pkey, 'pkey');
  const own = requireOptions<PrivateKeyOptions>(options, 'options', [
    'format',
    'iterations',
    'prf',
    'scrypt',
  ]);
  const format = formatOf(type, own, cipher !== undefined);
  if (cipher === undefined) {
    // a key in the clear where a passphrase was given would be a surprise that nobody notices
    if (passphrase !== undefined) throw new TypeError('Expected a cipher with the passphrase, got none');
    return native.dumpPrivateKey(type, handle, format === 'traditional');
  }
  requireText(cipher, 'cipher');
  if (passphrase === undefined) throw new TypeError('Expected a passphrase with the cipher, got none');
  if (type === FILETYPE_TEXT) throw new RangeError('Expected no cipher with FILETYPE_TEXT');
  if (format === 'pkcs8') return native.dumpEncryptedKey(type, handle, schemeOf(cipher, passphrase, own));
  if (type !== FILETYPE_PEM)
    throw new RangeError('Expected FILETYPE_PEM for an encrypted key in the traditional format');
  return native.dumpTraditionalKey(handle, cipher, passphraseSource(passphrase));
}

function formatOf(type: FileType, { format }: PrivateKeyOptions, isEncrypted: boolean): string {
  if (format !== undefined) return requireWord(format, 'options.format', ['pkcs8', 'traditional']);
  return type === FILETYPE_ASN1 && !isEncrypted ? 'traditional' : 'pkcs8';
}

function schemeOf(cipher: string, passphrase: Passphrase, options: PrivateKeyOptions): EncryptionScheme {
  const { iterations = defaultIterations, prf = 'sha256', scrypt } = options;
  requireInteger(iterations, 'options.iterations', 1, 2 ** 31 - 1);
  requireWord(prf, 'options.prf', ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']);
  const scheme = {
    cipher,
    passphrase: passphraseSource(passphrase),
    iterations,
    prf: `hmacWith${prf.toUpperCase()}`,
  };
  if (scrypt === undefined) return scheme;
  const { N, r, p } = requireOptions<NonNullable<typeof scrypt>>(scrypt, 'options.scrypt', ['N', 'r', 'p']);
  const limit = 2 ** 30;
  return {
    ...scheme,
    scrypt: [
      requireInteger(N, 'options.scrypt.N', 2, limit),
      requireInteger(r, 'options.scrypt.r', 1, limit),
      requireInteger(p, 'options.scrypt.p', 1, limit),
    ],
  };
}

/**
 * Reads a public key, SubjectPublicKeyInfo of RFC 5280.
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} no public key
 * @see PEM_read_bio_PUBKEY(3), d2i_PUBKEY(3)
 */
export function loadPublickey(type: FileType, buffer: string | Uint8Array): PKey {
  return createPKey(native.loadPublicKey(type, encodedBytes(type, buffer)));
}

/**
 * Writes the public part of a key.
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} the key cannot be written that way
 * @see PEM_write_bio_PUBKEY(3), EVP_PKEY_print_public(3)
 */
export function dumpPublickey(type: FileType, pkey: PKey): Buffer {
  requireFileType(type, writableTypes);
  return native.dumpPublicKey(type, keyHandle(pkey, 'pkey'));
}
