// The functions of tsopenssl.node for keys and signatures.

import type { QueuedError } from '../openssl-error.ts';

declare const keyBrand: unique symbol;

/** An EVP_PKEY of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface KeyHandle {
  readonly [keyBrand]: true;
}

/** A passphrase, or who is asked for it; `writing` says that it is to encrypt. */
export type PassphraseSource = Uint8Array | ((writing: boolean) => Uint8Array) | undefined;

/** Names and values of OpenSSL's provider parameters. */
export type KeyParameters = readonly (readonly [name: string, value: number | string])[];

/** How a private key is encrypted: PBES2 with PBKDF2, or with scrypt where that is given. */
export interface EncryptionScheme {
  readonly cipher: string;
  readonly passphrase: PassphraseSource;
  readonly iterations: number;
  /** OpenSSL's name of an HMAC: `hmacWithSHA256`. */
  readonly prf: string;
  readonly scrypt?: readonly [n: number, r: number, p: number];
}

export interface KeyBinding {
  /** With `domain`, parameters of the algorithm are made first, and the key out of them. */
  generateKey(algorithm: string, parameters: KeyParameters, domain: KeyParameters | undefined): KeyHandle;
  /** Calls `done` once, later. Answers a function that ends the work soon, with an error. */
  generateKeyAsync(
    algorithm: string,
    parameters: KeyParameters,
    domain: KeyParameters | undefined,
    done: (error: Error | undefined, key: KeyHandle | undefined) => void,
  ): () => void;
  curveNames(): readonly string[];
  /** The algorithm as its provider names it. */
  keyType(key: KeyHandle): string;
  /** The algorithm's NID, or 0 where it has none. */
  keyNumber(key: KeyHandle): number;
  keyBits(key: KeyHandle): number;
  keySecurityBits(key: KeyHandle): number;
  keyIsPrivate(key: KeyHandle): boolean;
  keyGroup(key: KeyHandle): string | undefined;
  keyCheck(key: KeyHandle): void;
  keyEqual(key: KeyHandle, other: KeyHandle): boolean;
  keyFromRaw(algorithm: string, isPrivate: boolean, bytes: Uint8Array): KeyHandle;
  keyRaw(key: KeyHandle, isPrivate: boolean): Buffer;
  loadPrivateKey(type: number, bytes: Uint8Array, passphrase: PassphraseSource): KeyHandle;
  loadPublicKey(type: number, bytes: Uint8Array): KeyHandle;
  dumpPublicKey(type: number, key: KeyHandle): Buffer;
  dumpPrivateKey(type: number, key: KeyHandle, isTraditional: boolean): Buffer;
  dumpTraditionalKey(key: KeyHandle, cipher: string, passphrase: PassphraseSource): Buffer;
  dumpEncryptedKey(type: number, key: KeyHandle, scheme: EncryptionScheme): Buffer;
  /** An empty digest is for algorithms that have their own. */
  /** Empty where the algorithm has its own. */
  keyDefaultDigest(key: KeyHandle): string;
  sign(key: KeyHandle, data: Uint8Array, digest: string): Buffer;
  /** Undefined where the signature is right, otherwise what OpenSSL said, which may be nothing. */
  verify(
    key: KeyHandle,
    signature: Uint8Array,
    data: Uint8Array,
    digest: string,
  ): readonly QueuedError[] | undefined;
}
