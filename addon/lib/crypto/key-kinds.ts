// The kinds of keys: pyOpenSSL's numbers, the names of the newer ones, and what is told to OpenSSL to make one.

import { describeValue } from '../describe-value.ts';
import type { KeyParameters } from '../native/key-binding.ts';
import { didYouMean } from '../nearest.ts';
import { requireInteger, requireOptions, requireText, wrongArgument } from './arguments.ts';

/** RSA, as pyOpenSSL numbers it. */
export const TYPE_RSA = 6;
/** DSA, as pyOpenSSL numbers it. */
export const TYPE_DSA = 116;
/** Diffie-Hellman, as pyOpenSSL numbers it. */
export const TYPE_DH = 28;
/** Elliptic curves, as pyOpenSSL numbers them. */
export const TYPE_EC = 408;

/** A kind of key: one of the TYPE constants, or a name. */
export type KeyType = number | KeyTypeName;

/** Names of kinds of keys, as OpenSSL has them, in lower case. */
export type KeyTypeName =
  | ('rsa' | 'rsa-pss' | 'dsa' | 'dh' | 'ec' | 'sm2')
  | ('ed25519' | 'ed448' | 'x25519' | 'x448')
  | `ml-kem-${512 | 768 | 1024}`
  | `ml-dsa-${44 | 65 | 87}`
  | `slh-dsa-${'sha2' | 'shake'}-${128 | 192 | 256}${'s' | 'f'}`;

/** What a key is to be like. Each kind takes its own; others are an error. */
export interface KeyOptions {
  /** RSA: 512 to 16384 (default 3072); DSA: 1024 to 3072 (default 2048); DH: 2048, 3072, 4096, 6144 or 8192 (default 3072). */
  readonly bits?: number;
  /** RSA: the public exponent, odd, 3 to 2147483647 (default 65537). */
  readonly exponent?: number;
  /** EC: name of the curve (default `prime256v1`, which is P-256). DH: name of a group, such as `ffdhe4096` or `modp_3072`. */
  readonly group?: string;
}

/** What the binary is told. */
export interface KeyRequest {
  readonly algorithm: string;
  readonly parameters: KeyParameters;
  readonly domain: KeyParameters | undefined;
}

interface Kind {
  readonly number?: number;
  readonly options: readonly (keyof KeyOptions)[];
  readonly request: (options: KeyOptions) => Omit<KeyRequest, 'algorithm'>;
}

const maxRsaBits = 16384; // OPENSSL_RSA_MAX_MODULUS_BITS
const groupBits = [2048, 3072, 4096, 6144, 8192]; // RFC 7919

const plain: Kind = { options: [], request: () => ({ parameters: [], domain: undefined }) };

const rsa: Kind = {
  options: ['bits', 'exponent'],
  request({ bits = 3072, exponent = 65537 }) {
    requireInteger(bits, 'bits', 512, maxRsaBits);
    requireInteger(exponent, 'exponent', 3, 2 ** 31 - 1);
    if (exponent % 2 === 0) throw new RangeError(`Expected an odd number for exponent, got ${exponent}`);
    return {
      parameters: [
        ['bits', bits],
        ['e', exponent],
      ],
      domain: undefined,
    };
  },
};

const dsa: Kind = {
  options: ['bits'],
  request({ bits = 2048 }) {
    requireInteger(bits, 'bits', 1024, 3072);
    // FIPS 186-4 knows 2048 and 3072; what is smaller is made as FIPS 186-2 made it
    const isOld = bits < 2048;
    const domain: KeyParameters = [
      ['type', isOld ? 'fips186_2' : 'fips186_4'],
      ['pbits', bits],
      ['qbits', isOld ? 160 : 256],
    ];
    return { parameters: [], domain };
  },
};

const dh: Kind = {
  options: ['bits', 'group'],
  request({ bits = 3072, group }) {
    if (group !== undefined)
      return { parameters: [['group', requireText(group, 'group')]], domain: undefined };
    if (!groupBits.includes(bits))
      throw wrongArgument(`one of ${groupBits.join(', ')}`, 'bits', bits, typeof bits === 'number');
    return { parameters: [['group', `ffdhe${bits}`]], domain: undefined };
  },
};

const ec: Kind = {
  options: ['group'],
  request: ({ group = 'prime256v1' }) => ({
    parameters: [['group', requireText(group, 'group')]],
    domain: undefined,
  }),
};

const kinds = new Map<string, Kind>([
  ['rsa', { ...rsa, number: TYPE_RSA }],
  ['rsa-pss', rsa],
  ['dsa', { ...dsa, number: TYPE_DSA }],
  ['dh', { ...dh, number: TYPE_DH }],
  ['ec', { ...ec, number: TYPE_EC }],
]);
const plainNames = [
  ...['sm2', 'ed25519', 'ed448', 'x25519', 'x448'],
  ...['ml-kem-512', 'ml-kem-768', 'ml-kem-1024', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87'],
  ...['sha2', 'shake'].flatMap((hash) =>
    ['128s', '128f', '192s', '192f', '256s', '256f'].map((size) => `slh-dsa-${hash}-${size}`),
  ),
];
for (const name of plainNames) kinds.set(name, plain);

/**
 * The name of a kind of key.
 * @throws {TypeError} neither a number nor a string
 * @throws {RangeError} no such kind
 */
export function keyTypeName(type: unknown): KeyTypeName {
  for (const [name, { number }] of kinds)
    if (type === name || (number !== undefined && type === number)) return name as KeyTypeName;
  const names = [...kinds.keys()];
  const hint = typeof type === 'string' ? didYouMean(type, names) : '';
  const message = `Expected a TYPE constant or one of ${names.join(', ')} for type, got ${describeValue(type)}${hint}`;
  throw typeof type === 'number' || typeof type === 'string'
    ? new RangeError(message)
    : new TypeError(message);
}

/**
 * Turns what a caller wants into what the binary is told.
 * @param options - the options of the kind, or the number of bits
 */
export function keyRequest(type: unknown, options: unknown): KeyRequest {
  const name = keyTypeName(type);
  const kind = kinds.get(name) ?? plain;
  const given = typeof options === 'number' ? { bits: options } : (options ?? {});
  return {
    algorithm: name.toUpperCase(),
    ...kind.request(requireOptions<KeyOptions>(given, 'options', kind.options)),
  };
}

/** pyOpenSSL's number where there is one, otherwise the name. */
export function keyTypeOf(providerName: string): KeyType {
  const name = providerName === 'id-ecPublicKey' ? 'ec' : providerName.toLowerCase();
  return kinds.get(name)?.number ?? (name as KeyTypeName);
}
