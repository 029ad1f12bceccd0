// The distribution version: the API version and the OpenSSL version in one line of numbers, as file names carry it.
// Imports nothing, because the builder uses it as well.
//
//   1.0.0.3.5.7          API 1.0.0, OpenSSL 3.5.7
//   1.0.0.1.1.1.23.2     API 1.0.0, OpenSSL 1.1.1w (w is letter 23), distribution update 2

/** The versions that a distribution version is made of. */
export interface DistributionVersion {
  /** tsopenssl's own version, always three numbers: `1.0.0`. */
  readonly apiVersion: string;
  /** OpenSSL's, as OpenSSL writes it: `3.5.7`, `1.1.1w`, `1.0.2`. */
  readonly opensslVersion: string;
  /** 1 or more where the distribution alone changed since; absent otherwise. */
  readonly update?: number;
}

/** `zz`: OpenSSL went on after `z` with `za`, `zb` and so on. */
const HIGHEST_LETTER = 52;

/**
 * Joins an API version and an OpenSSL version, and an update number if there is one.
 * @returns such as `1.0.0.3.5.7`; {@link decodeDistributionVersion} is its exact inverse
 * @throws {TypeError} a part has the wrong type
 * @throws {RangeError} a part is no version of its kind; the message names the part
 */
export function encodeDistributionVersion(version: DistributionVersion): string {
  const { apiVersion, opensslVersion, update } = requireKnownKeys(version);
  const api = splitNumbers(requireString(apiVersion, 'apiVersion'), 'apiVersion');
  if (api.length !== 3) throw wrong('three numbers', 'apiVersion', quote(apiVersion));
  const parts = [...api, ...encodeOpenSSL(requireString(opensslVersion, 'opensslVersion'))];
  if (update === undefined) return parts.join('.');
  if (typeof update !== 'number') throw new TypeError(`Expected a number for update, got ${quote(update)}`);
  if (!Number.isSafeInteger(update) || update < 1)
    throw wrong('an integer of at least 1', 'update', `${update}`);
  return [...parts, update].join('.');
}

/**
 * Takes a distribution version apart. The API version is always three numbers, so the fourth number decides how many
 * belong to OpenSSL: four below 3, three from 3 on. What is left is the update.
 * @throws {TypeError} not a string
 * @throws {RangeError} not a distribution version; the message names the part that is wrong
 */
export function decodeDistributionVersion(text: string): DistributionVersion {
  const numbers = splitNumbers(requireString(text, 'the distribution version'), 'the distribution version');
  const major = numbers[3];
  if (major === undefined) {
    throw wrong(
      'an OpenSSL version after the three numbers of the API version',
      'the distribution version',
      quote(text),
    );
  }
  const count = opensslPartCount(major);
  const openssl = numbers.slice(3, 3 + count);
  if (openssl.length < count) {
    throw wrong(
      `${count} numbers for OpenSSL ${major}.x`,
      'the OpenSSL version',
      `${quote(openssl.join('.'))} in ${quote(text)}`,
    );
  }
  const rest = numbers.slice(3 + count);
  if (rest.length > 1) {
    throw wrong(
      'at most one number, the update, after the OpenSSL version',
      'the distribution version',
      quote(text),
    );
  }
  const versions = { apiVersion: numbers.slice(0, 3).join('.'), opensslVersion: decodeOpenSSL(openssl) };
  const update = rest[0];
  if (update === undefined) return versions;
  if (update < 1) throw wrong('an integer of at least 1', 'the update', `${update} in ${quote(text)}`);
  return { ...versions, update };
}

/** Below 3 the letter is a number of its own. There was a 0.9.8 and a 1.1.1, and never a 2. */
function opensslPartCount(major: number): 3 | 4 {
  if (major === 2)
    throw wrong('0, 1 or at least 3', 'the first number of the OpenSSL version', '2: there was no OpenSSL 2');
  return major < 3 ? 4 : 3;
}

function encodeOpenSSL(text: string): number[] {
  const [, digits = text, letters = ''] = /^([\d.]*\d)([A-Za-z]+)$/.exec(text) ?? [];
  const numbers = splitNumbers(digits, 'opensslVersion');
  if (numbers.length !== 3) throw wrong('three numbers', 'opensslVersion', quote(text));
  if (opensslPartCount(numbers[0] as number) === 4) return [...numbers, letterNumber(letters, text)];
  if (letters !== '') throw wrong('no letter since OpenSSL 3', 'opensslVersion', quote(text));
  return numbers;
}

function decodeOpenSSL(parts: readonly number[]): string {
  const [letter = 0] = parts.slice(3);
  if (letter > HIGHEST_LETTER) {
    throw wrong(
      `0 to ${HIGHEST_LETTER} (no letter, a to zz)`,
      'the letter of the OpenSSL version',
      `${letter}`,
    );
  }
  return parts.slice(0, 3).join('.') + letterText(letter);
}

function letterNumber(letters: string, text: string): number {
  if (letters === '') return 0;
  if (!/^z?[a-z]$/.test(letters)) {
    throw wrong('a to z or za to zz', 'the letter of opensslVersion', `${quote(letters)} in ${quote(text)}`);
  }
  return (letters.length - 1) * 26 + letters.charCodeAt(letters.length - 1) - 96;
}

function letterText(letter: number): string {
  if (letter === 0) return '';
  return letter > 26 ? `z${letterText(letter - 26)}` : String.fromCharCode(96 + letter);
}

function splitNumbers(text: string, name: string): number[] {
  if (text === '') throw wrong('numbers joined by dots', name, 'an empty text');
  return text.split('.').map((part, index) => {
    const where = `number ${index + 1} of ${name}`;
    if (/^0\d/.test(part)) throw wrong('no leading zero', where, `${quote(part)} in ${quote(text)}`);
    if (!/^\d+$/.test(part) || !Number.isSafeInteger(Number(part))) {
      throw wrong('digits', where, `${quote(part)} in ${quote(text)}`);
    }
    return Number(part);
  });
}

function requireKnownKeys(version: DistributionVersion): DistributionVersion {
  if (typeof version !== 'object' || version === null) {
    throw new TypeError(`Expected an object for the versions, got ${quote(version)}`);
  }
  const unknown = Object.keys(version).find(
    (key) => !['apiVersion', 'opensslVersion', 'update'].includes(key),
  );
  if (unknown === undefined) return version;
  throw new TypeError(
    `Expected apiVersion, opensslVersion or update for a key of the versions, got ${quote(unknown)}`,
  );
}

function requireString(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`Expected a string for ${name}, got ${quote(value)}`);
}

function wrong(what: string, name: string, got: string): RangeError {
  return new RangeError(`Expected ${what} for ${name}, got ${got}`);
}

function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
