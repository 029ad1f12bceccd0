import { readFileSync } from 'node:fs';
import test from 'ava';
import { fingerprint } from '../../../addon/lib/ca-bundle/embedded-roots.ts';
import { CABundleError } from '../../../addon/lib/ca-bundle/errors.ts';
import { parseBundle } from '../../../addon/lib/ca-bundle/parse-bundle.ts';

const read = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const bare = read('bare.pem');
const [alpha = '', bravo = ''] = bare.split(/(?<=-----END CERTIFICATE-----\n)/);
/** As `openssl x509 -fingerprint -sha256` says. */
const fingerprints = [
  '30:9B:90:31:D0:85:A7:24:66:D6:F2:80:63:37:5E:FF:04:98:B9:4D:44:04:D3:C7:41:1E:6D:4A:7A:05:E1:B1',
  'C4:43:D9:79:37:33:51:B5:62:D4:5C:11:27:9E:11:2C:91:69:2C:5E:A4:26:7B:7B:75:28:CD:6B:27:79:C0:4F',
];

/** A text, and the names and descriptions that its two certificates must get. */
interface Writer {
  readonly text: string;
  readonly names: readonly (string | undefined)[];
  readonly descriptions?: readonly (string | undefined)[];
}

const subjectLines = (name: string, head: string) =>
  `${head}subject=C=XX, O=Example Trust, Inc., CN=${name} Root CA\nissuer=C=XX, O=Example Trust, Inc., CN=${name} Root CA`;

const writers: Readonly<Record<string, Writer>> = {
  'nothing but the certificates': {
    text: bare,
    names: [undefined, undefined],
    descriptions: [undefined, undefined],
  },
  'openssl x509 -text': { text: read('openssl-x509-text.pem'), names: [undefined, undefined] },
  'openssl pkcs7 -print_certs': {
    text: read('openssl-pkcs7-print-certs.pem'),
    names: [undefined, undefined],
    descriptions: [subjectLines('Alpha', ''), subjectLines('Bravo', '')],
  },
  'openssl pkcs12': {
    text: read('openssl-pkcs12.pem'),
    names: ['alpha in a bag', 'bravo in a bag'],
  },
  'openssl x509 -trustout': {
    text: read('openssl-x509-trustout.pem'),
    names: ['alpha alias', 'bravo alias'],
  },
  'keytool -list -rfc': {
    text: read('keytool-list-rfc.pem'),
    names: ['alpha alias', 'bravo alias'],
    descriptions: ['alpha', 'bravo'].map(
      (name) => `Alias name: ${name} alias\nCreation date: Nov 23, 2026\nEntry type: trustedCertEntry`,
    ),
  },
  'mk-ca-bundle of curl, with prose at the top': {
    text: `##\n## Bundle of CA Root Certificates\n##\n## Certificate data as of: today\n##\n\n\nAlpha\n=====\n${alpha}\nÜber Bravo – é\n==============\n${bravo}`,
    names: ['Alpha', 'Über Bravo – é'],
    descriptions: [undefined, undefined],
  },
  certifi: {
    text: ['Alpha', 'Bravo']
      .map(
        (name, index) =>
          `\n# Issuer: CN=${name}\n# Subject: CN=${name}\n# Label: "${name} = the: label"\n# Serial: 1\n${[alpha, bravo][index]}`,
      )
      .join(''),
    names: ['Alpha = the: label', 'Bravo = the: label'],
    descriptions: [
      'Issuer: CN=Alpha\nSubject: CN=Alpha\nLabel: "Alpha = the: label"\nSerial: 1',
      'Issuer: CN=Bravo\nSubject: CN=Bravo\nLabel: "Bravo = the: label"\nSerial: 1',
    ],
  },
  certdata2pem: {
    text: `# alias="Alpha"\n# trust=CKA_TRUST_SERVER_AUTH\n${alpha}# alias="Bravo"\n${bravo}`,
    names: ['Alpha', 'Bravo'],
  },
  'one comment line a certificate, prose at the top': {
    text: `# This is a bundle.\n#\n# It was made\n\n# Alpha\n${alpha}\n# Bravo\n${bravo}`,
    names: ['Alpha', 'Bravo'],
    descriptions: [undefined, undefined],
  },
  'comments that are prose or fields, not names': {
    text: `# Two lines that\n# explain something\n${alpha}# expires: soon\n${bravo}`,
    names: [undefined, undefined],
    descriptions: ['Two lines that\nexplain something', 'expires: soon'],
  },
  'our own bundles': {
    text: `# x: y\n\nAlpha\n=====\nDescription: CN=A; valid\nSHA-1: AA\nPurposes: p\n${alpha}\nBravo\n=====\nDescription: CN=B\n${bravo}`,
    names: ['Alpha', 'Bravo'],
    descriptions: ['CN=A; valid', 'CN=B'],
  },
  'openssl s_client -showcerts': {
    text: `CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN=a\n   i:CN=b\n${alpha}---\nServer certificate\n${bravo}subject=CN=a\n`,
    names: [undefined, undefined],
  },
  CRLF: { text: bare.replaceAll('\n', '\r\n'), names: [undefined, undefined] },
  'CR alone': { text: bare.replaceAll('\n', '\r'), names: [undefined, undefined] },
  'a blank line after each line': { text: bare.replaceAll('\n', '\r\r\n'), names: [undefined, undefined] },
  'a byte order mark': { text: `\uFEFF${bare}`, names: [undefined, undefined] },
  'leading blanks, as in YAML': { text: bare.replaceAll(/^/gm, ' \t '), names: [undefined, undefined] },
  'trailing blanks': { text: bare.replaceAll('\n', ' \t\n'), names: [undefined, undefined] },
  'no line end at the end': { text: bare.trimEnd(), names: [undefined, undefined] },
  'lines of 76 characters': { text: rewrap(alpha, 76) + rewrap(bravo, 76), names: [undefined, undefined] },
  'one long line': { text: rewrap(alpha, 10_000) + rewrap(bravo, 10_000), names: [undefined, undefined] },
  'X509 CERTIFICATE': {
    text: bare.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE'),
    names: [undefined, undefined],
  },
  'a key, parameters and a CRL between them': {
    text: `${alpha}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n-----BEGIN X509 CRL-----\nnot read\n-----END X509 CRL-----\n# Bravo\n${bravo}`,
    names: [undefined, 'Bravo'],
  },
  'a certificate that is commented out': {
    text: `${alpha.replaceAll(/^/gm, '# ')}\n${bare}`,
    names: [undefined, undefined],
  },
};

for (const [title, { text, names, descriptions }] of Object.entries(writers)) {
  test(`reads a bundle with ${title}`, (t) => {
    const certificates = parseBundle(text);
    t.deepEqual(
      certificates.map(({ der }) => fingerprint(der, 'sha256')),
      fingerprints,
    );
    t.deepEqual(
      certificates.map(({ name }) => name),
      names,
    );
    if (descriptions !== undefined)
      t.deepEqual(
        certificates.map((it) => it.description),
        descriptions,
      );
    t.deepEqual(
      certificates.map(({ position }) => position),
      [1, 2],
    );
    const lines = text.split(/\r\n|\r|\n/);
    for (const { line } of certificates)
      t.regex(lines[line - 1] ?? '', /^\s*\uFEFF?\s*-----BEGIN .*CERTIFICATE-----\s*$/);
  });
}

test('reads what a TRUSTED CERTIFICATE is trusted for, as OpenSSL decides it', (t) => {
  const [first, second] = parseBundle(read('openssl-x509-trustout.pem'));
  t.deepEqual(first?.trust, { purposes: ['serverAuthentication'], alias: 'alpha alias' });
  t.deepEqual(second?.trust, { purposes: [], alias: 'bravo alias' });
  const [plain] = parseBundle(alpha.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE'));
  t.deepEqual(plain?.trust, {}, 'without settings there is nothing to say');
});

test('answers an empty list for a text of comments alone', (t) => {
  for (const text of ['', '\n', '\uFEFF', '# nothing\r\n\r\n  # here\r\n', '#'])
    t.deepEqual(parseBundle(text), []);
});

test('says of a broken certificate which one it is, its name, its line and why', (t) => {
  const lines = bravo.split('\n');
  const broken = (edit: (lines: string[]) => void): string => {
    const copy = [...lines];
    edit(copy);
    return `${alpha}\n# The second\n${copy.join('\n')}`;
  };
  const begin = alpha.split('\n').length + 2;
  const end = begin + lines.length - 2;
  const where = `Certificate 2 ("The second") at line ${begin} of the bundle is broken: `;
  t.is(parseBundle(broken(() => {})).length, 2, 'unbroken');
  const table: readonly [string, string, number, string][] = [
    [
      'a letter that is not base64',
      broken((it) => it.splice(3, 1, 'MII*')),
      begin + 3,
      'expected base64, got "MII*"',
    ],
    ['base64url', broken((it) => it.splice(3, 1, 'MI-_')), begin + 3, 'expected base64, got "MI-_"'],
    [
      'a pad in the middle',
      broken((it) => it.splice(2, 0, 'MII=')),
      begin + 3,
      `expected base64, got "${lines[2]}"`,
    ],
    [
      'a line cut short',
      broken((it) => it.splice(3, 1, (it[3] ?? '').slice(0, -1))),
      end,
      'the base64 ends in the middle, after 595 characters',
    ],
    ['a line gone', broken((it) => it.splice(3, 1)), begin, 'expected 445 bytes, got 397'],
    [
      'no END',
      broken((it) => it.splice(-2, 2)),
      end - 1,
      'expected -----END CERTIFICATE----- alone on a line, got the end of the text',
    ],
    [
      'the next BEGIN instead of END',
      `${broken((it) => it.splice(-2, 2))}\n${alpha}`,
      end,
      'expected -----END CERTIFICATE----- alone on a line, got "-----BEGIN CERTIFICATE-----"',
    ],
    [
      'another END',
      broken((it) => it.splice(-2, 2, '-----END X509 CRL-----')),
      end,
      'expected -----END CERTIFICATE----- alone on a line, got "-----END X509 CRL-----"',
    ],
    [
      'text behind END',
      broken((it) => it.splice(-2, 2, '-----END CERTIFICATE----- x')),
      end,
      'expected -----END CERTIFICATE----- alone on a line, got "-----END CERTIFICATE----- x"',
    ],
    [
      'four hyphens',
      broken((it) => it.splice(0, 1, '----BEGIN CERTIFICATE----')),
      begin,
      'expected -----BEGIN CERTIFICATE----- alone on a line, got "----BEGIN CERTIFICATE----"',
    ],
    [
      'all in one line',
      `${alpha}\n# The second\n${bravo.replaceAll('\n', '\\n')}`,
      begin,
      'expected -----BEGIN CERTIFICATE----- alone on a line, got "-----BEGIN CERTIFICATE-----\\\\nMIIBuTCCAWCgAwIBAgIUR7yPasC0cOzCRcuYTMbmi…"',
    ],
    [
      'nothing between the lines',
      broken((it) => it.splice(1, it.length - 3)),
      begin,
      'expected a DER element, got no length that DER allows',
    ],
    [
      'no SEQUENCE',
      broken((it) => it.splice(1, it.length - 3, 'BAIAAA==')),
      begin,
      'expected a SEQUENCE (tag 0x30), got tag 0x04',
    ],
    [
      'an indefinite length',
      broken((it) => it.splice(1, it.length - 3, 'MIAAAA==')),
      begin,
      'expected a DER element, got no length that DER allows',
    ],
    [
      'something behind the certificate',
      broken((it) => it.splice(1, it.length - 3, 'MAAAAAA=')),
      begin,
      '3 bytes follow the certificate',
    ],
  ];
  for (const [title, text, line, why] of table) {
    const at = line === begin ? '' : `line ${line}: `;
    const error = t.throws(
      () => parseBundle(text),
      { instanceOf: CABundleError, message: where + at + why },
      title,
    );
    t.is(error?.code, 'ERR_CA_BUNDLE_CERTIFICATE');
    t.deepEqual([error?.position, error?.line, error?.certificateName], [2, line, 'The second'], title);
  }
});

test('says that the trust settings of a certificate are broken', (t) => {
  const trusted = read('openssl-x509-trustout.pem');
  t.is(parseBundle(trusted).length, 2);
  const cut = trusted.replace('MwwLYWxwaGEgYWxpYXM=', '').replace('AwMMC2FscGhhIGFsaWFz', 'AwMM');
  t.not(cut, trusted);
  t.throws(() => parseBundle(cut), {
    instanceOf: CABundleError,
    message: 'Certificate 1 at line 1 of the bundle is broken: expected 49 bytes, got 37',
  });
});

test('rejects a text that holds no certificate at all, and says what to do about a path', (t) => {
  const table: readonly [string, string][] = [
    [
      '/etc/ssl/certs/ca-certificates.crt',
      'Expected PEM text for bundle, got text without a BEGIN CERTIFICATE line: "/etc/ssl/certs/ca-certificates.crt"; if it is a path, read the file first: getCaBundle(path)',
    ],
    ['# x\n<html>\n', 'Expected PEM text for bundle, got text without a BEGIN CERTIFICATE line: "<html>"'],
    [
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      'Expected certificates, got a PRIVATE KEY block and none',
    ],
    [
      `${alpha}-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n`,
      'Expected certificates, got the PKCS7 block at line 13, which may hold some; unpack it with: openssl pkcs7 -print_certs -in FILE',
    ],
    [
      `${alpha}-----BEGIN PRIVATE KEY-----\nAAAA\n`,
      'Expected whole PEM blocks, but the PRIVATE KEY block at line 13 is not: expected -----END PRIVATE KEY----- alone on a line, got the end of the text',
    ],
  ];
  for (const [text, message] of table) {
    const error = t.throws(() => parseBundle(text), { instanceOf: CABundleError, message });
    t.is(error?.code, 'ERR_CA_BUNDLE_TEXT');
  }
});

test('rejects what is no string and names its type', (t) => {
  const table: readonly [unknown, string][] = [
    [Buffer.from(bare), 'Expected PEM text for bundle, got bytes; decode them first'],
    [null, 'Expected PEM text for bundle, got null'],
    [42, 'Expected PEM text for bundle, got number'],
  ];
  for (const [value, message] of table) {
    t.throws(() => parseBundle(value as never), { instanceOf: TypeError, message });
  }
});

test('answers certificates or its own error, whatever is spoilt', (t) => {
  const text = read('openssl-x509-trustout.pem');
  let state = 20261123;
  const number = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; round < 3000; round++) {
    const place = number(text.length);
    const length = number(round % 2 === 0 ? 2 : 200);
    const spoilt = text.slice(0, place) + (text[number(text.length)] ?? '') + text.slice(place + length);
    try {
      t.true(parseBundle(spoilt).every(({ der }) => der.length > 0));
      outcomes.read++;
    } catch (error) {
      t.true(error instanceof CABundleError, String(error));
      outcomes.refused++;
    }
  }
  t.true(outcomes.read > 100 && outcomes.refused > 100, JSON.stringify(outcomes));
});

test('takes time in proportion to the length, whatever the lines are', (t) => {
  const long = 200_000;
  const texts = [
    '#'.repeat(long),
    '-'.repeat(long),
    ' '.repeat(long),
    `-----BEGIN A${'-'.repeat(long)}`,
    '=\n'.repeat(long),
    `-----BEGIN A${' -'.repeat(long)}`,
  ];
  const started = process.hrtime.bigint();
  for (const text of texts) t.deepEqual(parseBundle(`# x\n${text.replaceAll(/^/gm, '#')}`), []);
  for (const text of texts) t.is(parseBundle(`${text}\n${alpha}`).length, 1);
  t.true(process.hrtime.bigint() - started < 10_000_000_000n);
});

function rewrap(pem: string, width: number): string {
  const lines = pem.trim().split('\n');
  const base64 = lines.slice(1, -1).join('');
  return [lines[0], ...(base64.match(new RegExp(`.{1,${width}}`, 'g')) ?? []), lines.at(-1), ''].join('\n');
}
