// Netscape's signed public keys (SPKAC): pyOpenSSL's NetscapeSPKI.

import { inspect } from 'node:util';
import type { SpkiHandle } from '../native/spki-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { requireText, wrongArgument } from './arguments.ts';
import { createPKey, keyHandle, type PKey } from './key.ts';
import { printable } from './name.ts';
import { digestName } from './signature.ts';

/**
 * A public key with a challenge, signed by the key's owner: what the `<keygen>` of browsers once sent to a CA, and what
 * `openssl spkac` reads. New programs send a certificate request.
 */
export class NetscapeSPKI {
  #handle: SpkiHandle;

  /**
   * Makes an empty one, or reads one.
   * @param encoded - base64, on one line, as {@link b64Encode} writes it
   * @throws {TypeError} not a string
   * @throws {OpenSSLError} something else
   * @see NETSCAPE_SPKI_b64_decode(3)
   */
  constructor(encoded?: string) {
    this.#handle =
      encoded === undefined ? native.spkiNew() : native.spkiFromBase64(requireText(encoded, 'encoded'));
  }

  /**
   * Signs the key and the challenge. What fails leaves this object as it was.
   * @param pkey - the private key of the key that was set
   * @param digest - such as `sha256`; none for kinds of keys that have their own (ed25519, ML-DSA)
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a digest where the kind of key takes none, or none where it wants one
   * @throws {OpenSSLError} no public key was set, an unknown digest, or a key that cannot sign
   * @see NETSCAPE_SPKI_sign(3)
   */
  sign(pkey: PKey, digest?: string): void {
    this.#handle = native.spkiSign(this.#handle, keyHandle(pkey, 'pkey'), digestName(digest));
  }

  /**
   * Verifies the signature. Whether the challenge is the expected one, {@link getChallenge} says.
   * @param key - usually what {@link getPubkey} answers
   * @returns true
   * @throws {TypeError} not a PKey
   * @throws {OpenSSLError} the signature is not right, or there is none
   * @see NETSCAPE_SPKI_verify(3)
   */
  verify(key: PKey): true {
    const queue = native.spkiVerify(this.#handle, keyHandle(key, 'key'));
    if (queue === undefined) return true;
    throw new OpenSSLError('verifying an SPKI: its signature is not right', queue, { code: 'ERR_SIGNATURE' });
  }

  /**
   * The whole in base64 on one line. (pyOpenSSL answers bytes.)
   * @throws {OpenSSLError} it is not signed
   */
  b64Encode(): string {
    return native.spkiBase64(this.#handle);
  }

  /**
   * The public key.
   * @throws {OpenSSLError} there is none yet, or it cannot be read
   */
  getPubkey(): PKey {
    return createPKey(native.spkiPublicKey(this.#handle));
  }

  /**
   * Takes the public part of a key.
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} the key cannot be encoded
   */
  setPubkey(pkey: PKey): void {
    native.spkiSetPublicKey(this.#handle, keyHandle(pkey, 'pkey'));
  }

  /** What the CA asked to be signed along; empty where it asked nothing. (pyOpenSSL lacks it.) */
  getChallenge(): string {
    return native.spkiChallenge(this.#handle);
  }

  /**
   * Sets what is signed along.
   * @param challenge - ASCII without NUL
   * @throws {TypeError} not a string
   * @throws {RangeError} other characters
   */
  setChallenge(challenge: string): void {
    requireText(challenge, 'challenge');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an IA5String holds them all but NUL
    if (!/^[\x01-\x7f]*$/.test(challenge)) throw wrongArgument('ASCII text', 'challenge', challenge, true);
    native.spkiSetChallenge(this.#handle, challenge);
  }

  [inspect.custom](): string {
    return `NetscapeSPKI { key: ${printable(() => inspect(this.getPubkey()))} }`;
  }
}
