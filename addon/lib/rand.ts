// The namespace `rand`: OpenSSL's generator of random numbers, under pyOpenSSL's names.

import { bytesOrText, requireInteger, requireText, wrongArgument } from './crypto/arguments.ts';
import { native } from './native.ts';
import { OpenSSLError } from './openssl-error.ts';

const maxInteger = 2 ** 31 - 1;

/**
 * Random bytes that are fit for keys.
 * @param count - 0 to 2147483647
 * @throws {TypeError} not a number
 * @throws {RangeError} out of range, or more than a Buffer can hold
 * @throws {OpenSSLError} the generator is not in working order
 * @see RAND_bytes(3)
 */
export function bytes(count: number): Buffer {
  return native.randBytes(requireInteger(count, 'count', 0, maxInteger));
}

/**
 * Mixes bytes into the state of the generator. Never needed: it is seeded by the operating system, and again after a fork.
 * Whatever is mixed in cannot make it worse.
 * @param buffer - text as UTF-8
 * @param entropy - how many bytes of it nobody else knows, at least. OpenSSL no longer counts on it
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} a negative number, or one that is not finite
 * @see RAND_add(3)
 */
export function add(buffer: string | Uint8Array, entropy: number): void {
  const data = bytesOrText(buffer, 'buffer');
  const isNumber = typeof entropy === 'number';
  if (!isNumber || !Number.isFinite(entropy) || entropy < 0)
    throw wrongArgument('a number of bytes', 'entropy', entropy, isNumber);
  native.randAdd(data, entropy);
}

/**
 * The same as {@link add} with an entropy of all bytes.
 * @throws {TypeError} neither a string nor a Uint8Array
 * @see RAND_seed(3)
 */
export function seed(buffer: string | Uint8Array): void {
  native.randSeed(bytesOrText(buffer, 'buffer'));
}

/**
 * Whether the generator is seeded and in working order. (pyOpenSSL answers 1 or 0.)
 * @see RAND_status(3)
 */
export function status(): boolean {
  return native.randStatus();
}

/**
 * Mixes a file into the state of the generator; see {@link add}.
 * @param path - of the file
 * @param maxBytes - how much of it, -1 for all (default)
 * @returns how many bytes were read
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} NUL in the path, or a number out of range
 * @throws {OpenSSLError} the file cannot be read
 * @see RAND_load_file(3)
 */
export function loadFile(path: string, maxBytes = -1): number {
  return native.randLoadFile(requireText(path, 'path'), requireInteger(maxBytes, 'maxBytes', -1, maxInteger));
}

/**
 * Writes 1024 random bytes to a file for a later {@link loadFile}, with the mode 0600. A file that is there already is
 * overwritten in its place.
 * @returns how many bytes were written
 * @throws {TypeError} not a string
 * @throws {RangeError} NUL in the path
 * @throws {OpenSSLError} the file cannot be written, or is no regular one
 * @see RAND_write_file(3)
 */
export function writeFile(path: string): number {
  return native.randWriteFile(requireText(path, 'path'));
}

/**
 * Asked an entropy gathering daemon. OpenSSL has no longer a client for it.
 * @throws {OpenSSLError} always, with the code ERR_REMOVED
 */
export function egd(_path?: string, _count?: number): never {
  throw removed('egd', 'the operating system seeds the generator; add() mixes in more');
}

/**
 * Mixed in the content of the screen, on Windows. OpenSSL no longer does so.
 * @throws {OpenSSLError} always, with the code ERR_REMOVED
 */
export function screen(): never {
  throw removed('screen', 'the operating system seeds the generator; add() mixes in more');
}

/**
 * Erased the state of the generator. OpenSSL does so by itself.
 * @throws {OpenSSLError} always, with the code ERR_REMOVED
 */
export function cleanup(): never {
  throw removed('cleanup', 'OpenSSL erases the state of the generator by itself');
}

function removed(name: string, instead: string): OpenSSLError {
  return new OpenSSLError(`rand.${name}() no longer exists in OpenSSL: ${instead}`, [], {
    code: 'ERR_REMOVED',
  });
}
