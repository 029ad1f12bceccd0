import { createHash } from 'node:crypto';
import test from 'ava';
import { parseCertdata } from '../../bundles/parse-certdata.ts';
import { certdata } from '../../recipes/certdata.ts';
import { certdataText, excerpt, lineOf, splitRecords } from '../support/certdata.ts';

const whole = await certdataText();
const small = excerpt(whole, ['GlobalSign Root CA', 'Entrust.net Premium 2048 Secure Server CA']);
const { head, records } = splitRecords(small);
const [[certificate, trust], [entrustCertificate, entrustTrust]] = [split(records[0]), split(records[1])];
const entrust = entrustCertificate + entrustTrust;

/** The certificate and the trust record of one record. */
function split(record = ''): [string, string] {
  const [one = '', other = ''] = record.split(/^(?=# Trust for )/m);
  return [one, other];
}

/** A text with one edit, which must have had an effect. */
function edit(text: string, from: string | RegExp, to: string): string {
  const edited = text.replace(from, () => to);
  if (edited === text) throw new Error(`the text does not hold ${from}`);
  return edited;
}

/** A trust record with other constants, in the order server, e-mail, code. */
function withTrust(text: string, ...constants: readonly string[]): string {
  const left = [...constants];
  return text.replaceAll(/(?<= CK_TRUST )CKT_\w+/g, () => `CKT_NSS_${left.shift() ?? ''}`);
}

test('reads every certificate of the pinned file and what Mozilla trusts it for', (t) => {
  t.is(createHash('sha256').update(whole).digest('hex'), certdata.memberSha256);
  const roots = parseCertdata(whole);
  const trustedFor = (purpose: string) => roots.filter((root) => root.trusted.some((it) => it === purpose));

  t.is(roots.length, 176);
  t.is(trustedFor('serverAuthentication').length, 150);
  t.is(trustedFor('emailProtection').length, 103);
  t.is(trustedFor('codeSigning').length, 0);
  t.is(roots.filter((root) => root.trusted.length > 0).length, 175);
  t.deepEqual(
    roots.filter((root) => root.distrusted.length > 0).map((root) => [root.name, root.trusted]),
    [['Explicitly Distrust DigiNotar Root CA', []]],
  );
  t.true(roots.some((root) => root.name === 'NetLock Arany (Class Gold) Főtanúsítvány'));
});

test('reads the distrust-after dates that Mozilla announced', (t) => {
  const dates = new Map(
    parseCertdata(whole)
      .filter((root) => Object.keys(root.distrustAfter).length > 0)
      .map((root) => [root.name, root.distrustAfter]),
  );
  t.is(dates.size, 9);
  // Entrust was announced for the end of November 2024, GLOBALTRUST for the end of June 2024
  t.deepEqual(dates.get('Entrust Root Certification Authority - G2'), {
    serverAuthentication: '2024-11-30T23:59:59Z',
  });
  t.deepEqual(dates.get('GLOBALTRUST 2020'), {
    serverAuthentication: '2024-06-30T00:00:00Z',
    emailProtection: '2024-06-30T00:00:00Z',
  });
});

test('trusts a root only where it is a trusted delegator, and knows where it is distrusted', (t) => {
  const root = (...constants: readonly string[]) => {
    const [first] = parseCertdata(head + certificate + withTrust(trust, ...constants) + entrust);
    return [first?.trusted, first?.distrusted];
  };
  t.deepEqual(root('TRUSTED_DELEGATOR', 'TRUSTED_DELEGATOR', 'TRUSTED_DELEGATOR'), [
    ['serverAuthentication', 'emailProtection', 'codeSigning'],
    [],
  ]);
  t.deepEqual(root('NOT_TRUSTED', 'TRUSTED_DELEGATOR', 'MUST_VERIFY_TRUST'), [
    ['emailProtection'],
    ['serverAuthentication'],
  ]);
  t.deepEqual(root('TRUSTED', 'VALID_DELEGATOR', 'TRUST_UNKNOWN'), [[], []]);
});

test('accepts a record that only distrusts a certificate which is not in the file', (t) => {
  const lone = withTrust(trust, 'NOT_TRUSTED', 'NOT_TRUSTED', 'MUST_VERIFY_TRUST');
  // Mozilla's records of this kind have no digests
  const withoutDigests = lone.replaceAll(/^CKA_CERT_\w+ MULTILINE_OCTAL\n(\\.*\n)+END\n/gm, '');
  for (const text of [lone, withoutDigests]) {
    t.deepEqual(
      parseCertdata(head + text + entrust).map((root) => root.name),
      ['Entrust.net Premium 2048 Secure Server CA'],
    );
  }
  t.notRegex(withoutDigests, /HASH/);
});

test('resolves the escapes of a label', (t) => {
  const named = (label: string) =>
    parseCertdata(edit(small, '"GlobalSign Root CA"\nCKA_CERTIFICATE', `"${label}"\nCKA_CERTIFICATE`))[0]
      ?.name;
  t.is(named('F\\xC5\\x91tan\\xc3\\xBAs\\xC3\\xADtv\\xC3\\xA1ny'), 'Főtanúsítvány');
  t.is(named('Főtanúsítvány'), 'Főtanúsítvány');
  t.is(named('a \\"b\\" \\\\ c'), 'a "b" \\ c');
});

interface Rule {
  readonly title: string;
  readonly text: string;
  /** What stands on the line that the error must name, and which one of several. */
  readonly at: readonly [part: string, which?: 'first' | 'last'];
  readonly message: string;
}

const classLine = 'CKA_CLASS CK_OBJECT_CLASS ';
const labels: readonly (readonly [title: string, label: string])[] = [
  ['has no quotes', 'GlobalSign'],
  ['is empty', '""'],
  ['holds an escape that it does not know', '"a\\nb"'],
  ['holds broken UTF-8', '"F\\xC5tan"'],
  ['would end its line in a bundle', '"a\\x0Ab"'],
  ['would read as a PEM boundary in a bundle', '"-----BEGIN CERTIFICATE-----"'],
];
const dates: readonly (readonly [title: string, octal: string, digits: string])[] = [
  ['is no time', '\\060\\061', '01'],
  [
    'is a day that no calendar has',
    '\\062\\065\\060\\062\\063\\060\\060\\060\\060\\060\\060\\060\\132',
    '250230000000Z',
  ],
  ['has no zone', '\\062\\064\\061\\061\\063\\060\\062\\063\\065\\071\\065\\071', '241130235959'],
];
const rules: readonly Rule[] = [
  {
    title: 'a file without certificates',
    text: `${head.trimEnd()}\n`,
    at: ['CKA_LABEL UTF8 "Mozilla Builtin Roots"'],
    message: 'the file holds no certificate: it has been cut',
  },
  {
    title: 'a class that it does not know',
    text: edit(small, 'CKO_NSS_BUILTIN_ROOT_LIST', 'CKO_NSS_CRL'),
    at: ['CKO_NSS_CRL'],
    message: 'wanted a class that this parser knows, got CKO_NSS_CRL',
  },
  {
    title: 'a certificate without a value',
    text: edit(small, 'CKA_VALUE', 'CKA_OTHER'),
    at: [`${classLine}CKO_CERTIFICATE`],
    message: 'certificate "GlobalSign Root CA" lacks CKA_VALUE',
  },
  {
    title: 'an attribute of another type than it must have',
    text: edit(small, 'CKA_TRUST_CODE_SIGNING CK_TRUST', 'CKA_TRUST_CODE_SIGNING CK_BBOOL'),
    at: ['CKA_TRUST_CODE_SIGNING'],
    message: 'wanted CK_TRUST for CKA_TRUST_CODE_SIGNING, got CK_BBOOL',
  },
  {
    title: 'a certificate that is no DER',
    text: edit(small, '\\060\\202\\003\\165', '\\061\\202\\003\\165'),
    at: ['CKA_VALUE'],
    message: 'CKA_VALUE of certificate "GlobalSign Root CA" is not one DER certificate',
  },
  {
    title: 'bytes after a certificate',
    text: edit(small, '\\151\\340\nEND', '\\151\\340\\000\nEND'),
    at: ['CKA_VALUE'],
    message: 'CKA_VALUE of certificate "GlobalSign Root CA" is not one DER certificate',
  },
  {
    title: 'a certificate with the subject of another',
    text: edit(small, '\\060\\127\\061\\013', '\\060\\127\\061\\014'),
    at: ['CKA_SUBJECT'],
    message: 'CKA_SUBJECT of certificate "GlobalSign Root CA" is not in its CKA_VALUE',
  },
  {
    title:
      'a certificate and a trust record that agree on a serial number which the certificate does not have',
    text: small.replaceAll('\\002\\013\\004\\000\\000\\000', '\\002\\013\\004\\000\\000\\007'),
    at: ['CKA_SERIAL_NUMBER'],
    message: 'CKA_SERIAL_NUMBER of certificate "GlobalSign Root CA" is not in its CKA_VALUE',
  },
  {
    title: 'a trust record whose certificate is missing',
    text: head + trust + entrust,
    at: [`${classLine}CKO_NSS_TRUST`],
    message: 'trust record "GlobalSign Root CA" has no certificate, and does not only distrust',
  },
  {
    title: 'a trust record without a certificate that distrusts for one purpose and trusts for another',
    text: head + withTrust(trust, 'NOT_TRUSTED', 'TRUSTED_DELEGATOR', 'NOT_TRUSTED') + entrust,
    at: [`${classLine}CKO_NSS_TRUST`],
    message: 'trust record "GlobalSign Root CA" has no certificate, and does not only distrust',
  },
  {
    title: 'a trust record without a certificate that says nothing',
    text: head + withTrust(trust, 'TRUST_UNKNOWN', 'MUST_VERIFY_TRUST', 'MUST_VERIFY_TRUST') + entrust,
    at: [`${classLine}CKO_NSS_TRUST`],
    message: 'trust record "GlobalSign Root CA" has no certificate, and does not only distrust',
  },
  {
    title: 'a certificate without a trust record',
    text: head + certificate + entrust,
    at: [`${classLine}CKO_CERTIFICATE`],
    message: 'certificate "GlobalSign Root CA" has no trust record',
  },
  {
    title: 'a trust record without a purpose',
    text: edit(small, /CKA_TRUST_EMAIL_PROTECTION .*\n/, ''),
    at: [`${classLine}CKO_NSS_TRUST`],
    message: 'trust record "GlobalSign Root CA" lacks CKA_TRUST_EMAIL_PROTECTION',
  },
  {
    title: 'a trust record without its last attribute',
    text: edit(small, /CKA_TRUST_STEP_UP_APPROVED .*\n/, ''),
    at: [`${classLine}CKO_NSS_TRUST`],
    message: 'trust record "GlobalSign Root CA" lacks CKA_TRUST_STEP_UP_APPROVED',
  },
  {
    title: 'a trust constant that it does not know',
    text: edit(small, 'CKT_NSS_MUST_VERIFY_TRUST', 'CKT_NSS_TRUSTED_DELEGATORS'),
    at: ['CKT_NSS_TRUSTED_DELEGATORS'],
    message: 'wanted a trust constant of NSS for CKA_TRUST_CODE_SIGNING, got CKT_NSS_TRUSTED_DELEGATORS',
  },
  {
    title: 'a trust constant that is the name of a property of every object',
    text: edit(small, 'CKT_NSS_MUST_VERIFY_TRUST', 'constructor'),
    at: ['CK_TRUST constructor'],
    message: 'wanted a trust constant of NSS for CKA_TRUST_CODE_SIGNING, got constructor',
  },
  {
    title: 'a digest of another certificate',
    text: edit(small, '\\261\\274\\226\\213', '\\261\\274\\226\\214'),
    at: ['CKA_CERT_SHA1_HASH'],
    message: `CKA_CERT_SHA1_HASH is not the SHA-1 of the certificate in line ${lineOf(small, `${classLine}CKO_CERT`)}`,
  },
  {
    title: 'two trust records for one certificate',
    text: `${small}\n${trust.trimEnd()}\n`,
    at: [`${classLine}CKO_NSS_TRUST`, 'last'],
    message:
      'trust record "GlobalSign Root CA" has the same CKA_ISSUER and CKA_SERIAL_NUMBER ' +
      `as the one in line ${lineOf(small, `${classLine}CKO_NSS_TRUST`)}`,
  },
  {
    title: 'a certificate that stands twice',
    text: `${small}\n${certificate.trimEnd()}\n`,
    at: [`${classLine}CKO_CERTIFICATE`, 'last'],
    message: `certificate "GlobalSign Root CA" has the same CKA_VALUE as the one in line ${lineOf(small, `${classLine}CKO_CERT`)}`,
  },
  {
    title: 'two certificates with one issuer and serial number',
    text: `${small}\n${edit(certificate, '\\060\\202\\003\\165', '\\060\\202\\003\\164').trimEnd()}\n`,
    at: [`${classLine}CKO_CERTIFICATE`, 'last'],
    message:
      'certificate "GlobalSign Root CA" has the same CKA_ISSUER and CKA_SERIAL_NUMBER ' +
      `as the one in line ${lineOf(small, `${classLine}CKO_CERT`)}`,
  },
  ...labels.map(([title, label]) => ({
    title: `a label that ${title}`,
    text: edit(small, '"GlobalSign Root CA"\nCKA_CERTIFICATE', `${label}\nCKA_CERTIFICATE`),
    at: [`CKA_LABEL UTF8 ${label}`] as const,
    message: `wanted a label in quotes, on one line, got ${JSON.stringify(label)}`,
  })),
  ...dates.map(([title, octal, digits]) => ({
    title: `a distrust-after date that ${title}`,
    text: edit(small, /(?<=CKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL\n).*/, octal),
    at: ['CKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL'] as const,
    message: `wanted CK_FALSE or a date as YYMMDDhhmmssZ in CKA_NSS_SERVER_DISTRUST_AFTER, got "${digits}"`,
  })),
  {
    title: 'a distrust-after date that is CK_TRUE',
    text: edit(
      small,
      'CKA_NSS_EMAIL_DISTRUST_AFTER CK_BBOOL CK_FALSE',
      'CKA_NSS_EMAIL_DISTRUST_AFTER CK_BBOOL CK_TRUE',
    ),
    at: ['CKA_NSS_EMAIL_DISTRUST_AFTER CK_BBOOL CK_TRUE'],
    message: 'wanted CK_FALSE or a date as YYMMDDhhmmssZ in CKA_NSS_EMAIL_DISTRUST_AFTER, got "CK_TRUE"',
  },
];

test('accepts the small file that every rejected one is made from', (t) => {
  t.deepEqual(
    parseCertdata(small).map((root) => root.name),
    ['GlobalSign Root CA', 'Entrust.net Premium 2048 Secure Server CA'],
  );
});

for (const rule of rules) {
  test(`rejects ${rule.title}`, (t) => {
    t.throws(() => parseCertdata(rule.text), {
      name: 'BuildError',
      code: 'ERR_CERTDATA',
      message: `certdata.txt line ${lineOf(rule.text, ...rule.at)}: ${rule.message}`,
    });
  });
}
