import test from 'ava';
import type { DistributionVersion } from '../../addon/lib/distribution-version.ts';
import {
  decodeDistributionVersion,
  encodeDistributionVersion,
} from '../../addon/lib/distribution-version.ts';

const vectors: readonly [string, DistributionVersion][] = [
  ['0.13.1.1.0.1.5', { apiVersion: '0.13.1', opensslVersion: '1.0.1e' }],
  ['0.13.1.1.0.1.5.1', { apiVersion: '0.13.1', opensslVersion: '1.0.1e', update: 1 }],
  ['0.13.4.1.0.1.9', { apiVersion: '0.13.4', opensslVersion: '1.0.1i' }],
  ['1.0.0.3.5.7', { apiVersion: '1.0.0', opensslVersion: '3.5.7' }],
  ['1.0.0.3.5.7.1', { apiVersion: '1.0.0', opensslVersion: '3.5.7', update: 1 }],
  ['1.0.0.1.1.1.23.2', { apiVersion: '1.0.0', opensslVersion: '1.1.1w', update: 2 }],
  ['1.0.0.1.0.2.0', { apiVersion: '1.0.0', opensslVersion: '1.0.2' }],
  ['1.0.0.1.0.2.0.3', { apiVersion: '1.0.0', opensslVersion: '1.0.2', update: 3 }],
  ['1.0.0.1.0.2.26', { apiVersion: '1.0.0', opensslVersion: '1.0.2z' }],
  ['1.0.0.1.0.2.27', { apiVersion: '1.0.0', opensslVersion: '1.0.2za' }],
  ['1.0.0.0.9.8.34', { apiVersion: '1.0.0', opensslVersion: '0.9.8zh' }],
  ['1.0.0.0.9.8.52', { apiVersion: '1.0.0', opensslVersion: '0.9.8zz' }],
  ['0.0.0.3.0.0', { apiVersion: '0.0.0', opensslVersion: '3.0.0' }],
  ['10.20.30.12.0.40.500', { apiVersion: '10.20.30', opensslVersion: '12.0.40', update: 500 }],
];

test('encodes and decodes the documented versions', (t) => {
  for (const [text, versions] of vectors) {
    t.is(encodeDistributionVersion(versions), text);
    t.deepEqual(decodeDistributionVersion(text), versions);
  }
});

test('accepts an update that is present and undefined, as a caller with an optional value writes it', (t) => {
  t.is(
    encodeDistributionVersion({ apiVersion: '1.0.0', opensslVersion: '3.5.7', update: undefined as never }),
    '1.0.0.3.5.7',
  );
});

test('decodes what it encoded, for every letter, either numbering and random numbers', (t) => {
  const random = seededRandom(20261123);
  const number = (below: number) => Math.floor(random() * below);
  const letters = [
    '',
    ...'abcdefghijklmnopqrstuvwxyz',
    ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `z${letter}`),
  ];
  const seen = new Map<string, string>();
  for (let index = 0; index < 5000; index++) {
    const old = random() < 0.5;
    const openssl = old
      ? `${number(2)}.${number(12)}.${number(10)}${letters[number(letters.length)]}`
      : `${3 + number(20)}.${number(100)}.${number(100)}`;
    const versions = {
      apiVersion: `${number(30)}.${number(30)}.${number(300)}`,
      opensslVersion: openssl,
      ...(random() < 0.5 ? {} : { update: 1 + number(1000) }),
    };
    const text = encodeDistributionVersion(versions);
    t.deepEqual(decodeDistributionVersion(text), versions);
    const same = JSON.stringify(versions);
    t.is(seen.get(text) ?? same, same, `${text} stands for two versions`);
    seen.set(text, same);
  }
  t.deepEqual(
    letters.map((letter) =>
      encodeDistributionVersion({ apiVersion: '1.0.0', opensslVersion: `1.0.2${letter}` }),
    ),
    letters.map((_, index) => `1.0.0.1.0.2.${index}`),
  );
});

const badTexts: readonly [string, string][] = [
  ['', 'Expected numbers joined by dots for the distribution version, got an empty text'],
  [
    '1',
    'Expected an OpenSSL version after the three numbers of the API version for the distribution version, got "1"',
  ],
  [
    '1.0.0',
    'Expected an OpenSSL version after the three numbers of the API version for the distribution version, got "1.0.0"',
  ],
  ['1.0.0.3', 'Expected 3 numbers for OpenSSL 3.x for the OpenSSL version, got "3" in "1.0.0.3"'],
  ['1.0.0.3.5', 'Expected 3 numbers for OpenSSL 3.x for the OpenSSL version, got "3.5" in "1.0.0.3.5"'],
  ['1.0.0.1.1.1', 'Expected 4 numbers for OpenSSL 1.x for the OpenSSL version, got "1.1.1" in "1.0.0.1.1.1"'],
  [
    '1.0.0.2.0.0',
    'Expected 0, 1 or at least 3 for the first number of the OpenSSL version, got 2: there was no OpenSSL 2',
  ],
  ['1.0.0.3.5.7.0', 'Expected an integer of at least 1 for the update, got 0 in "1.0.0.3.5.7.0"'],
  ['1.0.0.1.1.1.23.0', 'Expected an integer of at least 1 for the update, got 0 in "1.0.0.1.1.1.23.0"'],
  ['1.0.0.1.1.1.53', 'Expected 0 to 52 (no letter, a to zz) for the letter of the OpenSSL version, got 53'],
  [
    '1.0.0.3.5.7.1.1',
    'Expected at most one number, the update, after the OpenSSL version for the distribution version, got "1.0.0.3.5.7.1.1"',
  ],
  [
    '1.0.0.1.1.1.23.1.1',
    'Expected at most one number, the update, after the OpenSSL version for the distribution version, got "1.0.0.1.1.1.23.1.1"',
  ],
  [
    '01.0.0.3.5.7',
    'Expected no leading zero for number 1 of the distribution version, got "01" in "01.0.0.3.5.7"',
  ],
  [
    '1.0.0.3.5.07',
    'Expected no leading zero for number 6 of the distribution version, got "07" in "1.0.0.3.5.07"',
  ],
  ['1.0.0.3.5.7.', 'Expected digits for number 7 of the distribution version, got "" in "1.0.0.3.5.7."'],
  ['1..0.3.5.7', 'Expected digits for number 2 of the distribution version, got "" in "1..0.3.5.7"'],
  ['1.0.0.1.1.1w', 'Expected digits for number 6 of the distribution version, got "1w" in "1.0.0.1.1.1w"'],
  [' 1.0.0.3.5.7', 'Expected digits for number 1 of the distribution version, got " 1" in " 1.0.0.3.5.7"'],
  [
    '1.0.0.3.5.7\n',
    'Expected digits for number 6 of the distribution version, got "7\\n" in "1.0.0.3.5.7\\n"',
  ],
  ['1.0.0.3.5.-7', 'Expected digits for number 6 of the distribution version, got "-7" in "1.0.0.3.5.-7"'],
  ['1.0.0.3.5.٧', 'Expected digits for number 6 of the distribution version, got "٧" in "1.0.0.3.5.٧"'],
  [
    '1.0.0.3.5.9007199254740993',
    'Expected digits for number 6 of the distribution version, got "9007199254740993" in "1.0.0.3.5.9007199254740993"',
  ],
];

test('rejects a malformed distribution version and names the part that is wrong', (t) => {
  for (const [text, message] of badTexts) {
    t.throws(() => decodeDistributionVersion(text), { instanceOf: RangeError, message });
  }
  t.throws(() => decodeDistributionVersion(undefined as never), {
    instanceOf: TypeError,
    message: 'Expected a string for the distribution version, got undefined',
  });
});

const badVersions: readonly [Record<string, unknown>, string][] = [
  [{ apiVersion: '1.0' }, 'Expected three numbers for apiVersion, got "1.0"'],
  [{ apiVersion: '1.0.0.0' }, 'Expected three numbers for apiVersion, got "1.0.0.0"'],
  [{ apiVersion: '' }, 'Expected numbers joined by dots for apiVersion, got an empty text'],
  [{ apiVersion: '1.00.0' }, 'Expected no leading zero for number 2 of apiVersion, got "00" in "1.00.0"'],
  [{ opensslVersion: '' }, 'Expected numbers joined by dots for opensslVersion, got an empty text'],
  [{ opensslVersion: '3.5' }, 'Expected three numbers for opensslVersion, got "3.5"'],
  [{ opensslVersion: '3.5.7.1' }, 'Expected three numbers for opensslVersion, got "3.5.7.1"'],
  [
    { opensslVersion: '2.0.0' },
    'Expected 0, 1 or at least 3 for the first number of the OpenSSL version, got 2: there was no OpenSSL 2',
  ],
  [{ opensslVersion: '3.5.7a' }, 'Expected no letter since OpenSSL 3 for opensslVersion, got "3.5.7a"'],
  [
    { opensslVersion: '1.1.1W' },
    'Expected a to z or za to zz for the letter of opensslVersion, got "W" in "1.1.1W"',
  ],
  [
    { opensslVersion: '1.1.1ab' },
    'Expected a to z or za to zz for the letter of opensslVersion, got "ab" in "1.1.1ab"',
  ],
  [
    { opensslVersion: '1.1.1zza' },
    'Expected a to z or za to zz for the letter of opensslVersion, got "zza" in "1.1.1zza"',
  ],
  [
    { opensslVersion: '3.5.0-beta1' },
    'Expected digits for number 3 of opensslVersion, got "0-beta1" in "3.5.0-beta1"',
  ],
  [{ update: 0 }, 'Expected an integer of at least 1 for update, got 0'],
  [{ update: -1 }, 'Expected an integer of at least 1 for update, got -1'],
  [{ update: 1.5 }, 'Expected an integer of at least 1 for update, got 1.5'],
  [{ update: Number.NaN }, 'Expected an integer of at least 1 for update, got NaN'],
];

test('rejects versions that cannot be joined and names the part that is wrong', (t) => {
  const good = { apiVersion: '1.0.0', opensslVersion: '3.5.7' };
  t.is(encodeDistributionVersion(good), '1.0.0.3.5.7');
  for (const [change, message] of badVersions) {
    t.throws(() => encodeDistributionVersion({ ...good, ...change }), { instanceOf: RangeError, message });
  }
});

test('rejects versions of a wrong type or under a wrong key', (t) => {
  const good = { apiVersion: '1.0.0', opensslVersion: '3.5.7' };
  const table: readonly [unknown, string][] = [
    [null, 'Expected an object for the versions, got null'],
    ['1.0.0', 'Expected an object for the versions, got "1.0.0"'],
    [{ opensslVersion: '3.5.7' }, 'Expected a string for apiVersion, got undefined'],
    [{ ...good, opensslVersion: {} }, 'Expected a string for opensslVersion, got an object'],
    [{ ...good, update: '1' }, 'Expected a number for update, got "1"'],
    [
      { ...good, updates: 1 },
      'Expected apiVersion, opensslVersion or update for a key of the versions, got "updates"',
    ],
  ];
  for (const [versions, message] of table) {
    t.throws(() => encodeDistributionVersion(versions as never), { instanceOf: TypeError, message });
  }
});

/** Mulberry32: the same numbers on every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
