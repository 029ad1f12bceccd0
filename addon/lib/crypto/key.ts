// Keys: pyOpenSSL's PKey.

import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import type { KeyHandle } from '../native/key-binding.ts';
import { native } from '../native.ts';
import { nodeCrypto } from '../node-modules.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { FILETYPE_ASN1, requireBytes, requireOptions, wrongArgument } from './arguments.ts';
import { type KeyOptions, type KeyType, keyRequest, keyTypeName, keyTypeOf } from './key-kinds.ts';
import { Turns } from './turns.ts';

/** For {@link PKey.generateKeyAsync}. */
export interface KeyCancelOptions {
  /** Ends the generation: RSA, DSA and DH between their attempts, within milliseconds. */
  readonly signal?: AbortSignal;
}

/** As many as libuv's pool has threads. */
const generations = new Turns(4);

let create: (handle: KeyHandle) => PKey;
let handleOf: (key: unknown, name: string) => KeyHandle;

/**
 * A private key, or a public one. A new one is empty until {@link generateKey} fills it. What is secret in it is in no text
 * that this class makes: only dumpPrivatekey, {@link getRawPrivate} and {@link toKeyObject} give it away.
 */
export class PKey {
  #handle: KeyHandle | undefined;
  #isPrivate: boolean | undefined;

  static {
    create = (handle) => {
      const key = new PKey();
      key.#handle = handle;
      return key;
    };
    handleOf = (key, name) => {
      if (typeof key !== 'object' || key === null || !(#handle in key))
        throw wrongArgument('a PKey', name, key, false);
      if (key.#handle === undefined)
        throw new TypeError(`Expected a PKey that holds a key for ${name}, got an empty one`);
      return key.#handle;
    };
  }

  /**
   * Makes a new key in this object, in this thread: a second or more for long RSA and DSA keys.
   * @param type - a TYPE constant or a name: `ed25519`, `ml-dsa-65`
   * @param options - what the kind takes, or the number of bits
   * @throws {TypeError} wrong argument types, or an option that the kind does not take
   * @throws {RangeError} an unknown kind, or a value out of range
   * @throws {OpenSSLError} OpenSSL refused, for instance an unknown group
   * @see EVP_PKEY_generate(3)
   */
  generateKey(type: KeyType, options?: KeyOptions | number): void {
    const { algorithm, parameters, domain } = keyRequest(type, options);
    this.#fill(native.generateKey(algorithm, parameters, domain));
  }

  /**
   * Makes a new key in this object, in a thread of its own. More than four at once wait for their turn.
   * @param cancel - `signal`, which ends it
   * @returns this object, filled; until then, and where it fails, it is what it was
   * @throws as {@link generateKey}; `signal.reason` when it was aborted
   */
  async generateKeyAsync(
    type: KeyType,
    options?: KeyOptions | number,
    cancel: KeyCancelOptions = {},
  ): Promise<this> {
    const { algorithm, parameters, domain } = keyRequest(type, options);
    const { signal } = requireOptions<KeyCancelOptions>(cancel, 'cancel', ['signal']);
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw wrongArgument('an AbortSignal', 'cancel.signal', signal, false);
    signal?.throwIfAborted();
    const make = () =>
      new Promise<KeyHandle>((resolve, reject) => {
        const stop = native.generateKeyAsync(algorithm, parameters, domain, (error, made) => {
          signal?.removeEventListener('abort', stop);
          if (signal?.aborted) reject(signal.reason);
          else if (made === undefined) reject(error);
          else resolve(made);
        });
        signal?.addEventListener('abort', stop, { once: true });
      });
    this.#fill(await generations.run(make, signal));
    return this;
  }

  #fill(handle: KeyHandle): void {
    this.#handle = handle;
    this.#isPrivate = undefined;
  }

  /**
   * Checks that the parts of the key belong together; of a public key that it is a valid one.
   * @returns true
   * @throws {TypeError} the key is empty
   * @throws {OpenSSLError} they do not, or its kind cannot be checked
   * @see EVP_PKEY_check(3), EVP_PKEY_public_check(3)
   */
  check(): true {
    native.keyCheck(handleOf(this, 'this'));
    return true;
  }

  /**
   * The kind of key: TYPE_RSA, TYPE_DSA, TYPE_DH or TYPE_EC, and a name for every other one.
   * @throws {TypeError} the key is empty
   */
  type(): KeyType {
    return keyTypeOf(native.keyType(handleOf(this, 'this')));
  }

  /**
   * Size in bits of what the algorithm measures keys by: the modulus of RSA, the order of a curve.
   * @throws {TypeError} the key is empty
   */
  bits(): number {
    return native.keyBits(handleOf(this, 'this'));
  }

  /**
   * Bits of security, NIST SP 800-57: 128 for P-256 and for RSA of 3072 bits.
   * @throws {TypeError} the key is empty
   */
  securityBits(): number {
    return native.keySecurityBits(handleOf(this, 'this'));
  }

  /**
   * Whether the private part is there.
   * @throws {TypeError} the key is empty
   */
  isPrivate(): boolean {
    this.#isPrivate ??= native.keyIsPrivate(handleOf(this, 'this'));
    return this.#isPrivate;
  }

  /**
   * Name of the curve or of the group of DH, or undefined.
   * @throws {TypeError} the key is empty
   */
  group(): string | undefined {
    return native.keyGroup(handleOf(this, 'this'));
  }

  /**
   * Whether the public parts are the same.
   * @throws {TypeError} something else than a PKey, or one of the two is empty
   */
  equals(other: PKey): boolean {
    return native.keyEqual(handleOf(this, 'this'), handleOf(other, 'other'));
  }

  /**
   * The public key as the bytes that its own specification defines: 32 for ed25519 and x25519, 1952 for ml-dsa-65.
   * @throws {TypeError} the key is empty
   * @throws {OpenSSLError} its kind has no such form (RSA, DSA, DH; for EC use dumpPublickey)
   * @see EVP_PKEY_get_raw_public_key(3)
   */
  getRawPublic(): Buffer {
    return native.keyRaw(handleOf(this, 'this'), false);
  }

  /**
   * The private key as the bytes that its own specification defines.
   * @throws {TypeError} the key is empty
   * @throws {OpenSSLError} its kind has no such form, or it is a public key
   * @see EVP_PKEY_get_raw_private_key(3)
   */
  getRawPrivate(): Buffer {
    return native.keyRaw(handleOf(this, 'this'), true);
  }

  /**
   * Makes a public key of its raw bytes.
   * @param type - a name: `ed25519`, `x448`, `ml-kem-768`
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} an unknown kind
   * @throws {OpenSSLError} a wrong length, or a kind without raw form
   */
  static fromRawPublic(type: KeyType, bytes: Uint8Array): PKey {
    return create(native.keyFromRaw(keyTypeName(type).toUpperCase(), false, requireBytes(bytes, 'bytes')));
  }

  /**
   * Makes a private key of its raw bytes.
   * @throws as {@link fromRawPublic}
   */
  static fromRawPrivate(type: KeyType, bytes: Uint8Array): PKey {
    return create(native.keyFromRaw(keyTypeName(type).toUpperCase(), true, requireBytes(bytes, 'bytes')));
  }

  /**
   * The same key for node:crypto. It crosses as DER: node has an OpenSSL of its own.
   * @throws {TypeError} the key is empty
   * @throws {OpenSSLError} ERR_NODE_CRYPTO: node's own OpenSSL does not take such a key (ML-DSA on Node 20); `cause` is what it said
   */
  toKeyObject(): KeyObject {
    const handle = handleOf(this, 'this');
    const isPrivate = this.isPrivate();
    const key = isPrivate
      ? native.dumpPrivateKey(FILETYPE_ASN1, handle, false)
      : native.dumpPublicKey(FILETYPE_ASN1, handle);
    try {
      return isPrivate
        ? nodeCrypto().createPrivateKey({ key, format: 'der', type: 'pkcs8' })
        : nodeCrypto().createPublicKey({ key, format: 'der', type: 'spki' });
    } catch (cause) {
      throw new OpenSSLError("making a KeyObject: node's own OpenSSL does not take such a key", [], {
        code: 'ERR_NODE_CRYPTO',
        cause,
      });
    } finally {
      key.fill(0);
    }
  }

  /**
   * Takes over a key of node:crypto.
   * @throws {TypeError} not a KeyObject, or a secret one
   * @throws {OpenSSLError} this OpenSSL does not know that kind of key
   */
  static fromKeyObject(keyObject: KeyObject): PKey {
    if (!(keyObject instanceof nodeCrypto().KeyObject) || keyObject.type === 'secret')
      throw wrongArgument('a private or public KeyObject', 'keyObject', keyObject, false);
    if (keyObject.type === 'public')
      return create(native.loadPublicKey(FILETYPE_ASN1, keyObject.export({ format: 'der', type: 'spki' })));
    const der = keyObject.export({ format: 'der', type: 'pkcs8' });
    try {
      return create(native.loadPrivateKey(FILETYPE_ASN1, der, undefined));
    } finally {
      der.fill(0);
    }
  }

  /** What may be shown of it: never a part of the key. */
  toJSON(): { readonly type: KeyType; readonly bits: number; readonly isPrivate: boolean } | null {
    if (this.#handle === undefined) return null;
    return { type: this.type(), bits: this.bits(), isPrivate: this.isPrivate() };
  }

  [inspect.custom](): string {
    if (this.#handle === undefined) return 'PKey { empty }';
    const kind = native.keyType(this.#handle);
    return `PKey { ${this.isPrivate() ? 'private' : 'public'} ${kind}, ${this.bits()} bits }`;
  }
}

/** @internal */
export function createPKey(handle: KeyHandle): PKey {
  return create(handle);
}

/** @internal The handle of a key that is not empty. */
export function keyHandle(key: unknown, name: string): KeyHandle {
  return handleOf(key, name);
}
