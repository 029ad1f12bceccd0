// Revoked: serial numbers, dates and reasons of revocations.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { Revoked } = crypto;

const reasons = [
  'unspecified',
  'keyCompromise',
  'CACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
];

const { same, sameForEach, bothRefuse, differ, control } = await differential();

same('a new revocation has the serial number 0, no reason and no date', {
  python: `
    revoked = crypto.Revoked()
    [int(revoked.get_serial(), 16), revoked.get_reason(), revoked.get_rev_date()]`,
  ours: () => {
    const revoked = new Revoked();
    return [revoked.getSerial(), revoked.getReason(), revoked.getRevDateText()];
  },
});

differ('lists the reasons that there are', differences.allReasons, {
  python: '[reason.decode() for reason in crypto.Revoked().all_reasons()]',
  ours: () => new Revoked().allReasons(),
  pythonGives: { answer: reasons },
  oursGive: { answer: [...reasons, 'removeFromCRL', 'privilegeWithdrawn', 'AACompromise'] },
});

differ('a reason is there that pyOpenSSL has not', differences.allReasons, {
  python: "crypto.Revoked().set_reason(b'privilegeWithdrawn')",
  ours: () => {
    const revoked = new Revoked();
    revoked.setReason('privilegeWithdrawn');
    return revoked.getReason();
  },
  pythonGives: { refusal: 'RangeError' },
  oursGive: { answer: 'privilegeWithdrawn' },
});

differ('a reason is told by the name that it was set by', differences.reasonNames, {
  python: `
    revoked = crypto.Revoked()
    revoked.set_reason(b'keyCompromise')
    revoked.get_reason().decode()`,
  ours: () => {
    const revoked = new Revoked();
    revoked.setReason('keyCompromise');
    return revoked.getReason();
  },
  pythonGives: { answer: 'Key Compromise' },
  oursGive: { answer: 'keyCompromise' },
});

sameForEach(
  'a reason may be set in words, and in letters of either case',
  {
    words: { reason: 'Key Compromise' },
    capital: { reason: 'SUPERSEDED' },
    small: { reason: 'cacompromise' },
  },
  {
    python: `
      revoked = crypto.Revoked()
      revoked.set_reason(reason.encode())
      revoked.get_reason().decode().replace(' ', '').lower()`,
    ours: ({ reason }) => {
      const revoked = new Revoked();
      revoked.setReason(reason as 'superseded');
      return revoked.getReason()?.toLowerCase();
    },
  },
);

same('the list of reasons is a copy', {
  python: `
    revoked = crypto.Revoked()
    revoked.all_reasons().append(b'whim')
    len(revoked.all_reasons())`,
  ours: () => {
    const revoked = new Revoked();
    revoked.allReasons().push('unspecified');
    return revoked.allReasons().length - 3;
  },
});

sameForEach(
  'a serial number is kept',
  {
    zero: { serial: 0n },
    one: { serial: 1n },
    'one byte': { serial: 255n },
    '64 bits': { serial: 2n ** 64n },
    '160 bits': { serial: 2n ** 160n - 1n },
    'a negative one': { serial: -5n },
  },
  {
    python: `
      revoked = crypto.Revoked()
      revoked.set_serial(b'%x' % serial)
      int(revoked.get_serial(), 16)`,
    ours: ({ serial }) => {
      const revoked = new Revoked();
      revoked.setSerial(serial);
      return revoked.getSerial();
    },
  },
);

differ('a serial number is a bigint, and not hex', differences.bigintSerial, {
  python: `
    revoked = crypto.Revoked()
    revoked.set_serial(b'0abc')
    revoked.get_serial().decode()`,
  ours: () => new Revoked().setSerial('0abc' as never),
  pythonGives: { answer: '0ABC' },
  oursGive: { refusal: 'TypeError' },
});

differ('a long serial number is on one line', differences.bigintSerial, {
  python: `
    revoked = crypto.Revoked()
    revoked.set_serial(b'1' * 72)
    revoked.get_serial().decode()`,
  ours: () => {
    const revoked = new Revoked();
    revoked.setSerial(BigInt(`0x${'1'.repeat(72)}`));
    return revoked.getSerial().toString(16);
  },
  pythonGives: { answer: `${'1'.repeat(70)}\\\n11` },
  oursGive: { answer: '1'.repeat(72) },
});

bothRefuse('a serial number that is nothing', {
  python: 'crypto.Revoked().set_serial(None)',
  ours: () => new Revoked().setSerial(null as never),
});

sameForEach('a reason is kept', Object.fromEntries(reasons.map((reason) => [reason, { reason }])), {
  python: `
      revoked = crypto.Revoked()
      revoked.set_reason(reason.encode())
      revoked.get_reason().decode().replace(' ', '').lower()`,
  ours: ({ reason }) => {
    const revoked = new Revoked();
    revoked.setReason(reason as never);
    return revoked.getReason()?.replaceAll(' ', '').toLowerCase();
  },
});

same('a reason may be taken away', {
  python: `
    revoked = crypto.Revoked()
    revoked.set_reason(b'superseded')
    revoked.set_reason(None)
    revoked.get_reason()`,
  ours: () => {
    const revoked = new Revoked();
    revoked.setReason('superseded');
    revoked.setReason(undefined);
    return revoked.getReason();
  },
});

same('a reason that is taken away where there is none is nothing', {
  python: `
    revoked = crypto.Revoked()
    revoked.set_reason(None)
    revoked.get_reason()`,
  ours: () => {
    const revoked = new Revoked();
    revoked.setReason(undefined);
    return revoked.getReason();
  },
});

same('a reason takes the place of another', {
  python: `
    revoked = crypto.Revoked()
    revoked.set_reason(b'superseded')
    revoked.set_reason(b'keyCompromise')
    revoked.get_reason().decode().replace(' ', '').lower()`,
  ours: () => {
    const revoked = new Revoked();
    revoked.setReason('superseded');
    revoked.setReason('keyCompromise');
    return revoked.getReason()?.replaceAll(' ', '').toLowerCase();
  },
});

bothRefuse('a reason that there is not', {
  python: "crypto.Revoked().set_reason(b'whim')",
  ours: () => new Revoked().setReason('whim' as never),
});

bothRefuse('a reason that is a number', {
  python: 'crypto.Revoked().set_reason(1)',
  ours: () => new Revoked().setReason(1 as never),
});

sameForEach(
  'a date is kept',
  {
    'in UTCTime': { when: '20200101000000Z' },
    'in GeneralizedTime': { when: '20500101000000Z' },
    'with two digits for the year': { when: '200101000000Z' },
    'the last that there is': { when: '99991231235959Z' },
  },
  {
    python: `
      revoked = crypto.Revoked()
      revoked.set_rev_date(when.encode())
      revoked.get_rev_date().decode()`,
    ours: ({ when }) => {
      const revoked = new Revoked();
      revoked.setRevDate(when);
      return revoked.getRevDateText();
    },
  },
);

same('a date is kept as the moment that it is', {
  values: { date: new Date('2051-02-03T04:05:06Z') },
  python: `
    revoked = crypto.Revoked()
    revoked.set_rev_date(date.strftime('%Y%m%d%H%M%SZ').encode())
    datetime.datetime.strptime(revoked.get_rev_date().decode(), '%Y%m%d%H%M%SZ')`,
  ours: ({ date }) => {
    const revoked = new Revoked();
    revoked.setRevDate(date);
    return revoked.getRevDate();
  },
});

differ('a date that there is not is refused in the words of OpenSSL', differences.invalidTimes, {
  python: "crypto.Revoked().set_rev_date(b'20201301000000Z')",
  ours: () => new Revoked().setRevDate('20201301000000Z'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError' },
});

bothRefuse('a date that is a number', {
  python: 'crypto.Revoked().set_rev_date(20200101)',
  ours: () => new Revoked().setRevDate(20200101 as never),
});

control('another serial number is told apart', {
  python: `
    revoked = crypto.Revoked()
    revoked.set_serial(b'10')
    int(revoked.get_serial(), 16)`,
  ours: () => {
    const revoked = new Revoked();
    revoked.setSerial(10n);
    return revoked.getSerial();
  },
});

control('another second of the date is told apart', {
  python: `
    revoked = crypto.Revoked()
    revoked.set_rev_date(b'20200101000000Z')
    revoked.get_rev_date().decode()`,
  ours: () => {
    const revoked = new Revoked();
    revoked.setRevDate('20200101000001Z');
    return revoked.getRevDateText();
  },
});
