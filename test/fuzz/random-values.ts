// Values of each kind, ordinary and borderline, out of seeded chance. What a hostile caller makes of them is in
// hostile-values.ts.

import { mutate } from '../support/random.ts';

export type Random = (limit: number) => number;

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

/** Small ones often, so that valid values come up; large ones that a computation could take for a size or a count. */
const smallNumbers = [0, 1, 2, 3, 4, 5, 7, 8, 16, 20, 30, 100, 128, 256, 512, 1024, 2048, 65_537];
const largeNumbers = [
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  1e9,
  2 ** 53 - 1,
  2 ** 53,
  1e100,
  86_400 * 365,
];
const strangeNumbers = [
  -0,
  -1,
  -2,
  -(2 ** 31),
  -(2 ** 31) - 1,
  -(2 ** 53),
  0.5,
  Number.NaN,
  Infinity,
  -Infinity,
];

export function randomNumber(random: Random): number {
  const kind = random(8);
  if (kind < 6) return pick(random, smallNumbers);
  return pick(random, kind === 6 ? largeNumbers : strangeNumbers);
}

const bigints = [
  0n,
  1n,
  -1n,
  2n ** 63n,
  -(2n ** 63n),
  2n ** 64n,
  2n ** 159n,
  -(2n ** 160n),
  2n ** 4096n,
  2n ** 600_000n,
];

export function randomBigint(random: Random): bigint {
  return random(3) === 0 ? BigInt(random(2 ** 31)) : pick(random, bigints);
}

const times = [0, -1, 1e12, 2 ** 31 * 1000, 253_402_300_799_000, 253_402_300_800_000, -62_135_596_800_000];
const strangeTimes = [8.64e15, -8.64e15, Number.NaN, 0.5];

export function randomDate(random: Random): Date {
  return new Date(random(4) === 0 ? pick(random, strangeTimes) : pick(random, times));
}

/** Words that some function or other takes; more are learnt from the messages of errors. */
const words = [
  ...[
    'sha256',
    'SHA1',
    'md5',
    'sha512',
    'shake256',
    'ed25519',
    'x25519',
    'rsa',
    'ec',
    'ml-dsa-44',
    'ml-kem-768',
  ],
  ...['prime256v1', 'secp384r1', 'aes-256-cbc', 'aes128', 'des-ede3-cbc', 'hmacWithSHA256', 'hmacWithSHA1'],
  ...['CN', 'commonName', 'O', 'C', '2.5.4.3', '1.2.3.4', 'emailAddress', 'example.org', 'DE'],
  ...['basicConstraints', 'CA:TRUE,pathlen:0', 'keyUsage', 'critical,digitalSignature', 'subjectAltName'],
  ...[
    'DNS:example.org,IP:127.0.0.1',
    'subjectKeyIdentifier',
    'hash',
    'authorityKeyIdentifier',
    'keyid:always',
  ],
  ...[
    '20300101000000Z',
    '20500101000000Z',
    'keyCompromise',
    'unspecified',
    'default',
    'password',
    'changeit',
  ],
  ...['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', '127.0.0.1', '::1', 'a@example.org'],
];
const strangeTexts = [
  '',
  '\0',
  'sha256\0',
  'a\0b',
  '\ud800',
  'é',
  '\u{1f600}',
  '%s%n',
  '@section',
  'ASN1:NULL',
  '\n',
];

export function randomText(random: Random): string {
  const kind = random(10);
  if (kind < 7) return pick(random, words);
  if (kind === 7) return pick(random, strangeTexts);
  if (kind === 8) return 'x'.repeat(pick(random, [63, 64, 65, 255, 256, 1024, 1025, 65_536]));
  return mutate(Buffer.from(pick(random, words)), random).toString(random(2) === 0 ? 'latin1' : 'utf8');
}

export function randomBytes(random: Random): Buffer {
  const bytes = Buffer.alloc(pick(random, [0, 1, 2, 8, 16, 20, 32, 56, 57, 64, 100, 1024, 1025, 4096]));
  for (let at = 0; at < bytes.length; at++) bytes[at] = random(256);
  return bytes;
}
