// What callers pass, checked before it reaches the binary.

import { describeKind, describeValue } from '../describe-value.ts';
import { didYouMean } from '../nearest.ts';

/** Text between BEGIN and END lines, RFC 7468. */
export const FILETYPE_PEM = 1;
/** DER. */
export const FILETYPE_ASN1 = 2;
/** Readable text, for output only. */
export const FILETYPE_TEXT = 65535;

/** One of the FILETYPE constants. */
export type FileType = typeof FILETYPE_PEM | typeof FILETYPE_ASN1 | typeof FILETYPE_TEXT;

/**
 * The secret that something is encrypted with: UTF-8 text, bytes, or a function that is called when it is needed, with
 * true where it is to encrypt. At most 1024 bytes.
 */
export type Passphrase = string | Uint8Array | ((writing: boolean) => string | Uint8Array);

const fileTypeNames: Readonly<Record<number, string>> = {
  [FILETYPE_PEM]: 'FILETYPE_PEM',
  [FILETYPE_ASN1]: 'FILETYPE_ASN1',
  [FILETYPE_TEXT]: 'FILETYPE_TEXT',
};

/** A TypeError where the kind of a value is wrong, a RangeError where only the value is. */
export function wrongArgument(
  what: string,
  name: string,
  value: unknown,
  isRightKind: boolean,
): TypeError | RangeError {
  const shown = isRightKind ? describeValue(value) : describeKind(value);
  const message = `Expected ${what} for ${name}, got ${shown}`;
  return isRightKind ? new RangeError(message) : new TypeError(message);
}

/** @throws {TypeError | RangeError} `type` is none of the allowed ones */
export function requireFileType(type: unknown, allowed: readonly FileType[]): void {
  if (allowed.includes(type as FileType)) return;
  const names = allowed.map((each) => fileTypeNames[each]);
  const what = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  const message = `Expected ${what} for type, got ${describeValue(type)}`;
  throw typeof type === 'number' ? new RangeError(message) : new TypeError(message);
}

const readableTypes: readonly FileType[] = [FILETYPE_PEM, FILETYPE_ASN1];
export const writableTypes: readonly FileType[] = [FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT];

/** The bytes of something that is to be read; PEM may be a string as well. */
export function encodedBytes(type: FileType, buffer: unknown): Uint8Array {
  requireFileType(type, readableTypes);
  if (typeof buffer === 'string') {
    if (type === FILETYPE_PEM) return Buffer.from(buffer);
    throw new TypeError('Expected a Uint8Array for buffer with FILETYPE_ASN1, got a string');
  }
  if (buffer instanceof Uint8Array) return buffer;
  throw wrongArgument('a string or a Uint8Array', 'buffer', buffer, false);
}

/** Text without NUL, which a C string would end at. */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrongArgument('a string', name, value, false);
  if (value.includes('\0')) throw wrongArgument('a string without NUL', name, value, true);
  return value;
}

export function requireBytes(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw wrongArgument('a Uint8Array', name, value, false);
}

/** Bytes, or text as UTF-8. */
export function bytesOrText(value: unknown, name: string): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return value;
  throw wrongArgument('a string or a Uint8Array', name, value, false);
}

/** An integer from `from` to `to`, both included. */
export function requireInteger(value: unknown, name: string, from: number, to: number): number {
  if (typeof value !== 'number') throw wrongArgument(`an integer from ${from} to ${to}`, name, value, false);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw wrongArgument(`an integer from ${from} to ${to}`, name, value, true);
}

/** A bigint of at least `from`, or of any size where there is none. */
export function requireBigInt(value: unknown, name: string, from?: bigint): bigint {
  const what = from === undefined ? 'a bigint' : `a bigint of at least ${from}`;
  if (typeof value !== 'bigint') throw wrongArgument(what, name, value, false);
  if (from === undefined || value >= from) return value;
  throw new RangeError(`Expected ${what} for ${name}, got ${value.toString().slice(0, 32)}`);
}

export function requireBoolean(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongArgument('a boolean', name, value, false);
}

/** Anything but a string that `for` runs over. */
export function requireIterable(value: unknown, what: string, name: string): Iterable<unknown> {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value)
    return value as Iterable<unknown>;
  throw wrongArgument(what, name, value, false);
}

/** One word of a list. */
export function requireWord<Word extends string>(value: unknown, name: string, words: readonly Word[]): Word {
  if (words.includes(value as Word)) return value as Word;
  const hint = typeof value === 'string' ? didYouMean(value, words) : '';
  const error = wrongArgument(`one of ${words.join(', ')}`, name, value, typeof value === 'string');
  error.message += hint;
  throw error;
}

/**
 * Reads an object of options: its own properties, each once, into an object without a prototype. What is inherited is not an option:
 * `Object.prototype` may have been polluted. A misspelled name is an error, not a setting that has no effect.
 * @throws {TypeError} not an object, or an unknown name
 */
export function requireOptions<Options extends object>(
  value: unknown,
  name: string,
  known: readonly (keyof Options & string)[],
): Options {
  if (typeof value !== 'object' || value === null) throw wrongArgument('an object', name, value, false);
  const own = Object.assign(Object.create(null), value) as Options;
  for (const key of Object.keys(own)) {
    if (known.includes(key as keyof Options & string)) continue;
    throw new TypeError(
      `Expected ${known.join(', ') || 'nothing'} in ${name}, got ${key}${didYouMean(key, known)}`,
    );
  }
  return own;
}

/** What the binary takes: bytes, or a function that answers bytes. */
export function passphraseSource(
  passphrase: Passphrase | undefined,
): Uint8Array | ((writing: boolean) => Uint8Array) | undefined {
  if (passphrase === undefined) return undefined;
  if (typeof passphrase === 'function')
    return (writing) => passphraseBytes(passphrase(writing), 'what the passphrase function returns');
  return passphraseBytes(passphrase, 'passphrase');
}

/** OpenSSL reads PEM with at most 1024 bytes (PEM_BUFSIZE): what is written with more, nobody could read again. */
function passphraseBytes(passphrase: unknown, name: string): Uint8Array {
  const bytes = bytesOrText(passphrase, name);
  if (bytes.length <= 1024) return bytes;
  throw new RangeError(`Expected at most 1024 bytes for ${name}, got ${bytes.length}`);
}
