// Entries of revocation lists.

import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';

const { crypto, OpenSSLError } = (await import(entry)) as typeof Tsopenssl;
const { Revoked } = crypto;

test('is empty when it is new', (t) => {
  const revoked = new Revoked();
  t.is(revoked.getSerial(), 0n);
  t.is(revoked.getReason(), undefined);
  t.is(revoked.getRevDate(), undefined);
  t.is(revoked.getRevDateText(), undefined);
  t.is(inspect(revoked), 'Revoked { serial: 0x0, date: none, reason: none }');
  t.deepEqual(JSON.parse(JSON.stringify(revoked)), { serial: '0', date: null, reason: null });
});

test('keeps serial numbers of any size', (t) => {
  const revoked = new Revoked();
  for (const serial of [
    1n,
    127n,
    128n,
    255n,
    2n ** 64n - 1n,
    2n ** 64n,
    2n ** 159n + 12345n,
    -1n,
    -(2n ** 80n),
    0n,
  ]) {
    revoked.setSerial(serial);
    t.is(revoked.getSerial(), serial);
  }
});

test('keeps every reason under the name that it was given, and removes it', (t) => {
  const revoked = new Revoked();
  t.deepEqual(revoked.allReasons(), [
    'unspecified',
    'keyCompromise',
    'CACompromise',
    'affiliationChanged',
    'superseded',
    'cessationOfOperation',
    'certificateHold',
    'removeFromCRL',
    'privilegeWithdrawn',
    'AACompromise',
  ]);
  for (const reason of revoked.allReasons()) {
    revoked.setReason(reason);
    t.is(revoked.getReason(), reason);
  }
  revoked.setReason('Cessation Of Operation' as never);
  t.is(revoked.getReason(), 'cessationOfOperation');
  revoked.setReason(undefined);
  t.is(revoked.getReason(), undefined);
  revoked.allReasons().pop();
  t.is(revoked.allReasons().length, 10);
});

test('keeps dates as moments and as text, and cuts off milliseconds', (t) => {
  const revoked = new Revoked();
  const dates = {
    '19500101000000Z': '1950-01-01T00:00:00.000Z',
    '20491231235959Z': '2049-12-31T23:59:59.000Z',
    '20500101000000Z': '2050-01-01T00:00:00.000Z',
    '99991231235959Z': '9999-12-31T23:59:59.000Z',
  };
  for (const [text, iso] of Object.entries(dates)) {
    revoked.setRevDate(text);
    t.is(revoked.getRevDateText(), text);
    t.is(revoked.getRevDate()?.toISOString(), iso);
    revoked.setRevDate(new Date(iso));
    t.is(revoked.getRevDateText(), text);
  }
  revoked.setRevDate('200229120000Z');
  t.is(revoked.getRevDateText(), '20200229120000Z');
  revoked.setRevDate(new Date('2020-01-01T00:00:00.999Z'));
  t.is(revoked.getRevDateText(), '20200101000000Z');
});

/** What is refused, and how. */
const refused: Readonly<Record<string, readonly [() => unknown, unknown, string | RegExp]>> = {
  'a serial number as a number': [
    () => new Revoked().setSerial(1 as never),
    TypeError,
    'Expected a bigint for serial, got a number',
  ],
  'a serial number in hex': [
    () => new Revoked().setSerial('ff' as never),
    TypeError,
    'Expected a bigint for serial, got a string',
  ],
  'a serial number of more than 64 KiB': [
    () => new Revoked().setSerial(1n << 600_000n),
    RangeError,
    'Expected at most 64 KiB for serial',
  ],
  'a reason that there is not': [
    () => new Revoked().setReason('keyCompromised' as never),
    RangeError,
    /^Expected one of unspecified, .*, AACompromise for reason, got "keyCompromised"; did you mean keyCompromise\?$/,
  ],
  'a reason by its number': [
    () => new Revoked().setReason(1 as never),
    TypeError,
    'Expected a string for reason, got a number',
  ],
  'no reason as null': [
    () => new Revoked().setReason(null as never),
    TypeError,
    'Expected a string for reason, got null',
  ],
  'a date as a number': [
    () => new Revoked().setRevDate(0 as never),
    TypeError,
    'Expected a Date or a string for when, got a number',
  ],
  'an invalid Date': [
    () => new Revoked().setRevDate(new Date(Number.NaN)),
    RangeError,
    'Expected a valid Date for when, got an invalid one',
  ],
  'a year of five digits': [
    () => new Revoked().setRevDate(new Date('+010000-01-01T00:00:00Z')),
    RangeError,
    'Expected a Date of the years 0 to 9999 for when, got +010000-01-01T00:00:00.000Z',
  ],
  'text that is no date': [
    () => new Revoked().setRevDate('20201301000000Z'),
    OpenSSLError,
    /^reading a time in the form YYYYMMDDhhmmssZ: /,
  ],
  'a date with NUL': [
    () => new Revoked().setRevDate('20200101000000Z\0'),
    RangeError,
    /^Expected a string without NUL for when, got /,
  ],
};

for (const [title, [call, instanceOf, message]] of Object.entries(refused)) {
  test(`refuses ${title}`, (t) => {
    t.throws(call, { instanceOf: instanceOf as never, message });
  });
}

test('what is refused leaves it as it was', (t) => {
  const revoked = new Revoked();
  revoked.setSerial(5n);
  revoked.setReason('superseded');
  revoked.setRevDate('20200101000000Z');
  const before = inspect(revoked);
  t.throws(() => revoked.setRevDate('x'));
  t.throws(() => revoked.setReason('x' as never));
  t.throws(() => revoked.setSerial(5 as never));
  t.is(inspect(revoked), before);
});

test('does not take another object for itself', (t) => {
  const message = /Cannot read private member|Receiver must be/;
  t.throws(() => Revoked.prototype.getSerial.call({} as never), { instanceOf: TypeError, message });
});
