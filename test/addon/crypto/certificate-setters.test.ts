// Certificates that are made and changed, compared with what the packaged command line and node:crypto read out of them.

import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative, runProgram } from '../../support/addon.ts';
import { distribution } from '../../support/openssl.ts';
import { stepResult } from '../../support/step-result.ts';

const { openssl } = await distribution();
const certs = path.join(await stepResult('extract'), 'test/certs');
const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { dumpCertificate, dumpCertificates, loadCertificate, loadCertificates } = crypto;
const { FILETYPE_ASN1, FILETYPE_PEM, FILETYPE_TEXT, PKey, TYPE_RSA, X509, X509Extension, X509Name } = crypto;

const rsa = newKey(TYPE_RSA, 2048);
const loadedPem = await readFile(path.join(certs, 'ee-cert.pem'), 'utf8');

function newKey(
  kind: Tsopenssl.crypto.KeyType,
  options?: Tsopenssl.crypto.KeyOptions | number,
): Tsopenssl.crypto.PKey {
  const key = new PKey();
  key.generateKey(kind, options);
  return key;
}

/** One that signs with SHA-384 alone. */
function restrictedKey(): Tsopenssl.crypto.PKey {
  // node's types want text for the length of the salt, node itself a number
  const digests = { hashAlgorithm: 'sha384', mgf1HashAlgorithm: 'sha384', saltLength: 48 as never };
  return PKey.fromKeyObject(generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...digests }).privateKey);
}

/** A certificate that only lacks its signature. */
function unsigned(key = rsa): Tsopenssl.crypto.X509 {
  const certificate = new X509();
  certificate.setVersion(2);
  certificate.setSerialNumber(77n);
  certificate.getSubject().CN = 'example.org';
  certificate.setIssuer(certificate.getSubject());
  certificate.setNotBefore('20250101000000Z');
  certificate.setNotAfter('20600101000000Z');
  certificate.setPubkey(key);
  return certificate;
}

const der = (certificate: Tsopenssl.crypto.X509) => dumpCertificate(FILETYPE_ASN1, certificate);

/** What the command line says of a certificate that it reads from its standard input. */
async function opensslSays(certificate: Tsopenssl.crypto.X509, ...words: string[]): Promise<string> {
  const input = dumpCertificate(FILETYPE_PEM, certificate).toString();
  const { stdout } = await run([openssl, 'x509', '-noout', ...words], {
    env: { OPENSSL_CONF: '/dev/null' },
    input,
  });
  return stdout;
}

test('makes a certificate that the command line and node read as it was made', async (t) => {
  const certificate = unsigned();
  certificate.addExtensions([new X509Extension('basicConstraints', true, 'CA:TRUE,pathlen:0')]);
  certificate.sign(rsa, 'sha256');
  const said = await opensslSays(
    certificate,
    '-subject',
    '-issuer',
    '-serial',
    '-dates',
    '-ext',
    'basicConstraints',
  );
  t.is(
    said,
    [
      'subject=CN=example.org',
      'issuer=CN=example.org',
      'serial=4D',
      'notBefore=Jan  1 00:00:00 2025 GMT',
      'notAfter=Jan  1 00:00:00 2060 GMT',
      'X509v3 Basic Constraints: critical',
      '    CA:TRUE, pathlen:0',
      '',
    ].join('\n'),
  );
  const node = certificate.toX509Certificate();
  t.true(node.verify(node.publicKey));
  t.true(node.ca);
  t.is(node.fingerprint256, certificate.digest('sha256'));
});

test('is empty when it is new, says so, and dumps as text alone', (t) => {
  const certificate = new X509();
  t.is(certificate.getVersion(), 0);
  t.is(certificate.getSerialNumber(), 0n);
  t.is(certificate.getSignatureAlgorithm(), undefined);
  t.is(certificate.getExtensionCount(), 0);
  t.is(`${certificate.getSubject()}`, '');
  t.is(inspect(certificate), 'X509 { subject: , issuer: , serial: 0x0 }');
  t.throws(() => certificate.getPubkey(), { name: 'OpenSSLError' });
  t.throws(() => certificate.getNotAfter(), { name: 'OpenSSLError' });
  t.throws(() => der(certificate), {
    name: 'OpenSSLError',
    message: /^dumping a certificate: illegal zero content/,
  });
  t.regex(dumpCertificate(FILETYPE_TEXT, certificate).toString(), /Bad time value/);
  t.deepEqual(loadNative().drainErrors(), []);
});

/** Kinds of keys that sign, with the digest that they take and the name of the algorithm. */
const signers: Readonly<Record<string, readonly [() => Tsopenssl.crypto.PKey, string | undefined, string]>> =
  {
    RSA: [() => rsa, 'sha384', 'sha384WithRSAEncryption'],
    'RSA-PSS': [() => newKey('rsa-pss', { bits: 2048 }), 'sha256', 'rsassaPss'],
    DSA: [() => newKey('dsa', 1024), 'sha256', 'dsa_with_SHA256'],
    EC: [() => newKey('ec', { group: 'prime256v1' }), 'sha512', 'ecdsa-with-SHA512'],
    ed25519: [() => newKey('ed25519'), undefined, 'ED25519'],
    ed448: [() => newKey('ed448'), undefined, 'ED448'],
    'ML-DSA': [() => newKey('ml-dsa-44'), undefined, 'ML-DSA-44'],
    'SLH-DSA': [() => newKey('slh-dsa-sha2-128f'), undefined, 'SLH-DSA-SHA2-128f'],
  };

for (const [name, [make, digest, algorithm]] of Object.entries(signers)) {
  test(`is signed and verified with ${name}, and with no other key`, (t) => {
    const key = make();
    const certificate = unsigned(key);
    certificate.sign(key, digest);
    t.is(certificate.getSignatureAlgorithm(), algorithm);
    const read = loadCertificate(FILETYPE_ASN1, der(certificate));
    t.true(read.verifySignature(read.getPubkey()));
    t.true(read.getPubkey().equals(key));

    const bytes = der(certificate);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const broken = loadCertificate(FILETYPE_ASN1, bytes);
    t.throws(() => broken.verifySignature(key), {
      name: 'OpenSSLError',
      code: 'ERR_SIGNATURE',
      message: 'verifying a certificate: its signature is not right',
    });
    const other = name === 'ed25519' ? newKey('ed448') : newKey('ed25519');
    t.throws(() => read.verifySignature(other), { name: 'OpenSSLError', message: /wrong public key type/ });
    t.deepEqual(loadNative().drainErrors(), []);
  });
}

test('keeps the restrictions of an RSA-PSS key in its public key', (t) => {
  const key = restrictedKey();
  const certificate = unsigned(key);
  t.deepEqual(
    crypto.dumpPublickey(FILETYPE_ASN1, certificate.getPubkey()),
    crypto.dumpPublickey(FILETYPE_ASN1, key),
  );
  t.throws(() => certificate.sign(key, 'sha256'), { name: 'OpenSSLError', message: /digest not allowed/ });
  certificate.sign(key, 'sha384');
  t.true(certificate.verifySignature(key));
});

test('takes the public part of a key alone: the private one does not come back', (t) => {
  const certificate = unsigned();
  t.true(rsa.isPrivate());
  t.false(certificate.getPubkey().isPrivate());
  t.throws(() => crypto.dumpPrivatekey(FILETYPE_PEM, certificate.getPubkey()), { name: 'OpenSSLError' });
});

test('changes with its names, which change with it', (t) => {
  const certificate = loadCertificate(FILETYPE_PEM, loadedPem);
  const [subject, before] = [certificate.getSubject(), der(certificate)];
  subject.CN = 'other.example';
  subject.addAttribute('O', 'Example');
  t.is(`${loadCertificate(FILETYPE_ASN1, der(certificate)).getSubject()}`, 'O=Example,CN=other.example');
  t.notDeepEqual(der(certificate), before);

  certificate.setSubject(certificate.getIssuer());
  t.is(`${subject}`, 'CN=CA');
  t.is(certificate.subjectNameHash(), certificate.getIssuer().hash());
  certificate.getIssuer().CN = 'Issuer';
  t.deepEqual([`${subject}`, `${certificate.getIssuer()}`], ['CN=CA', 'CN=Issuer']);

  const copied = new X509Name();
  copied.CN = 'copied';
  certificate.setSubject(copied);
  copied.CN = 'changed later';
  t.is(`${certificate.getSubject()}`, 'CN=copied');
  t.throws(
    () => {
      certificate.getSubject().C = 'three';
    },
    { name: 'OpenSSLError' },
  );
  t.is(`${certificate.getSubject()}`, 'CN=copied');
  t.throws(
    () => {
      certificate.getSubject().CN = 'a\0b';
    },
    { name: 'RangeError' },
  );
});

const big = 2n ** (8n * 65_536n) - 1n;

for (const serial of [
  0n,
  1n,
  -1n,
  127n,
  128n,
  255n,
  256n,
  -128n,
  -129n,
  2n ** 64n,
  -(2n ** 159n),
  2n ** 512n + 5n,
  big,
]) {
  const name = serial === big ? 'of 64 KiB' : `${serial.toString(16)} (hex)`;
  test(`keeps the serial number ${name}`, (t) => {
    const certificate = unsigned();
    certificate.setSerialNumber(serial);
    t.is(certificate.getSerialNumber(), serial);
    certificate.sign(rsa, 'sha256');
    t.is(loadCertificate(FILETYPE_ASN1, der(certificate)).getSerialNumber(), serial);
  });
}

test('refuses a serial number of more than 64 KiB, and keeps the old one', (t) => {
  const certificate = unsigned();
  t.throws(() => certificate.setSerialNumber(big + 1n), { name: 'RangeError' });
  t.throws(() => certificate.setSerialNumber(-big - 1n), { name: 'RangeError' });
  t.is(certificate.getSerialNumber(), 77n);
});

/** Times, and how RFC 5280 section 4.1.2.5 has them encoded. */
const times: readonly (readonly [when: string | Date, text: string, encoded: string])[] = [
  ['19491231235959Z', '19491231235959Z', '19491231235959Z'],
  ['19500101000000Z', '19500101000000Z', '500101000000Z'],
  ['20491231235959Z', '20491231235959Z', '491231235959Z'],
  ['20500101000000Z', '20500101000000Z', '20500101000000Z'],
  ['99991231235959Z', '99991231235959Z', '99991231235959Z'],
  [new Date('2024-02-29T12:34:56.999Z'), '20240229123456Z', '240229123456Z'],
  [new Date(-1), '19691231235959Z', '691231235959Z'],
  [new Date('0000-01-01T00:00:00Z'), '00000101000000Z', '00000101000000Z'],
];

for (const [when, text, encoded] of times) {
  test(`keeps the time ${typeof when === 'string' ? when : when.toISOString()}`, (t) => {
    const certificate = unsigned();
    certificate.setNotBefore(when);
    certificate.setNotAfter(when);
    certificate.sign(rsa, 'sha256');
    const read = loadCertificate(FILETYPE_ASN1, der(certificate));
    t.deepEqual([read.getNotBeforeText(), read.getNotAfterText()], [text, text]);
    if (when instanceof Date) t.is(read.getNotBefore().getTime(), Math.floor(when.getTime() / 1000) * 1000);
    const tag = encoded.length === 13 ? 0x17 : 0x18;
    const value = Buffer.concat([Buffer.from([tag, encoded.length]), Buffer.from(encoded)]);
    t.true(der(certificate).includes(Buffer.concat([value, value])));
  });
}

test('counts times from now, to the second', (t) => {
  const certificate = unsigned();
  for (const seconds of [0, 1, -1, 86_400 * 365, -86_400 * 365 * 100, 2 ** 32]) {
    const from = Math.floor(Date.now() / 1000) + seconds;
    certificate.gmtimeAdjNotBefore(seconds);
    certificate.gmtimeAdjNotAfter(seconds);
    const to = Math.floor(Date.now() / 1000) + seconds;
    for (const time of [certificate.getNotBefore(), certificate.getNotAfter()]) {
      t.true(time.getTime() / 1000 >= from && time.getTime() / 1000 <= to, `${seconds}: ${time}`);
    }
    if (seconds !== 0) t.is(certificate.hasExpired(), seconds < 0, `${seconds}`);
  }
});

test('adds extensions in their order, several times, and gives copies of them', (t) => {
  const certificate = unsigned();
  const [first, second] = [
    new X509Extension('keyUsage', true, 'keyCertSign'),
    X509Extension.fromDer('1.2.3.4', false, Buffer.from('0500', 'hex')),
  ];
  certificate.addExtensions([first, second]);
  certificate.addExtensions(new Set([first]));
  certificate.addExtensions([]);
  t.is(certificate.getExtensionCount(), 3);
  t.true(certificate.getExtension(0).equals(first));
  t.true(certificate.getExtension(1).equals(second));
  t.true(certificate.getExtension(2).equals(first));
  t.false(certificate.getExtension(0).equals(second));
});

test('writes and verifies a certificate that was read with the extensions that were added', (t) => {
  const key = newKey('ec');
  const made = unsigned(key);
  made.sign(key, 'sha256');
  const read = loadCertificate(FILETYPE_ASN1, der(made));
  read.addExtensions([]);
  t.deepEqual(der(read), der(made));
  t.true(read.verifySignature(key));
  read.addExtensions([new X509Extension('keyUsage', true, 'keyCertSign')]);
  t.is(loadCertificate(FILETYPE_ASN1, der(read)).getExtensionCount(), made.getExtensionCount() + 1);
  t.throws(() => read.verifySignature(key), { name: 'OpenSSLError' });
  read.sign(key, 'sha256');
  t.true(read.verifySignature(key));
});

test('adds no extension where one of them is none, or the list breaks off', (t) => {
  const certificate = unsigned();
  const good = new X509Extension('keyUsage', true, 'keyCertSign');
  const error = {
    name: 'TypeError',
    message: 'Expected an X509Extension for extensions, got an instance of X509',
  };
  t.throws(() => certificate.addExtensions([good, certificate as never]), error);
  function* breaking() {
    yield good;
    throw new Error('broken off');
  }
  t.throws(() => certificate.addExtensions(breaking()), { message: 'broken off' });
  t.throws(() => loadNative().certificateAddExtensions({} as never, []), { name: 'TypeError' });
  t.is(certificate.getExtensionCount(), 0);
});

test('what cannot be signed stays as it was: version, algorithms and signature', (t) => {
  const certificate = unsigned();
  certificate.sign(rsa, 'sha256');
  const before = der(certificate);
  const restricted = restrictedKey();
  for (const [sign, name] of [
    [() => certificate.sign(restricted, 'sha256'), 'OpenSSLError'],
    [() => certificate.sign(newKey('x25519')), 'OpenSSLError'],
    [() => certificate.sign(certificate.getPubkey(), 'sha512'), 'OpenSSLError'],
    [() => certificate.sign(rsa, 'nonsense'), 'OpenSSLError'],
    [() => certificate.sign(rsa), 'RangeError'],
    [() => certificate.sign(newKey('ed25519'), 'sha256'), 'RangeError'],
    [() => certificate.sign(new PKey(), 'sha256'), 'TypeError'],
  ] as const) {
    t.throws(sign, { name });
    t.deepEqual(der(certificate), before);
    t.deepEqual(loadNative().drainErrors(), []);
  }

  const unfinished = new X509();
  unfinished.addExtensions([new X509Extension('keyUsage', true, 'keyCertSign')]);
  const without = (part: string) => ({
    name: 'TypeError',
    message: `Expected a certificate with a validity to sign, got one without its ${part}`,
  });
  t.throws(() => unfinished.sign(rsa, 'sha256'), without('start'));
  unfinished.setNotBefore('20250101000000Z');
  t.throws(() => unfinished.sign(rsa, 'sha256'), without('end'));
  unfinished.setNotAfter('20350101000000Z');
  t.throws(() => unfinished.sign(rsa, 'sha256'), { name: 'OpenSSLError' });
  t.deepEqual([unfinished.getVersion(), unfinished.getSignatureAlgorithm()], [0, undefined]);

  certificate.addExtensions([new X509Extension('keyUsage', true, 'keyCertSign')]);
  certificate.setVersion(0);
  certificate.sign(rsa, 'sha512');
  t.deepEqual(
    [certificate.getVersion(), certificate.getSignatureAlgorithm()],
    [2, 'sha512WithRSAEncryption'],
  );
});

test('says so where node cannot read a certificate', async (t) => {
  const cross = (before: string) =>
    runProgram(`
      import nodeCrypto from 'node:crypto';
      const { caBundle, crypto } = await import(entry);
      const certificate = crypto.loadCertificate(crypto.FILETYPE_PEM, caBundle.getCaBundle());
      ${before}
      try {
        certificate.toX509Certificate();
        console.log('read');
      } catch (error) {
        console.log(error.name, error.code, error.cause.message);
      }`);
  t.is((await cross('')).stdout, 'read\n');
  // both OpenSSLs read whatever could be made here: a node that does not is played
  const strict = "nodeCrypto.X509Certificate = class { constructor() { throw new Error('too new'); } };";
  t.is((await cross(strict)).stdout, 'OpenSSLError ERR_NODE_CRYPTO too new\n');
});

test('crosses to node and back', (t) => {
  const certificate = loadCertificate(FILETYPE_PEM, loadedPem);
  const node = certificate.toX509Certificate();
  t.true(node instanceof X509Certificate);
  t.is(node.fingerprint256, certificate.digest('sha256'));
  t.deepEqual(der(X509.fromX509Certificate(node)), der(certificate));
  t.throws(() => X509.fromX509Certificate(certificate as never), {
    name: 'TypeError',
    message: 'Expected an X509Certificate for certificate, got an instance of X509',
  });
});

test('reads and writes many at once, as PEM with prose and keys around them and as DER', async (t) => {
  const other = await readFile(path.join(certs, 'root-cert.pem'), 'utf8');
  const key = crypto.dumpPrivatekey(FILETYPE_PEM, rsa).toString();
  const text = `prose\n${loadedPem}${key}more\r\n${other.replaceAll('\n', '\r\n')}\nend`;
  const both = loadCertificates(FILETYPE_PEM, text);
  t.deepEqual(
    both.map((each) => `${each.getSubject()}`),
    ['CN=server.example', 'CN=Root CA'],
  );
  for (const type of [FILETYPE_PEM, FILETYPE_ASN1] as const) {
    const read = loadCertificates(type, dumpCertificates(type, both));
    t.deepEqual(read.map(der), both.map(der));
    t.is(loadCertificates(type, dumpCertificates(type, both.slice(0, 1))).length, 1);
  }
  t.is(dumpCertificates(FILETYPE_PEM, []).length, 0);
});

test('reads many only if all can be read, and at least one', (t) => {
  const one = loadCertificate(FILETYPE_PEM, loadedPem);
  const broken = loadedPem.replace('MII', 'MIJ');
  for (const [type, bytes] of [
    [FILETYPE_PEM, ''],
    [FILETYPE_PEM, 'prose'],
    [FILETYPE_PEM, loadedPem + broken],
    [FILETYPE_PEM, `${loadedPem}-----BEGIN CERTIFICATE-----\nMIIB`],
    [FILETYPE_ASN1, Buffer.alloc(0)],
    [FILETYPE_ASN1, Buffer.concat([der(one), Buffer.from([0])])],
    [FILETYPE_ASN1, Buffer.concat([der(one), der(one).subarray(0, -1)])],
  ] as const) {
    t.throws(() => loadCertificates(type, bytes), {
      name: 'OpenSSLError',
      message: /^loading certificates: /,
    });
    t.deepEqual(loadNative().drainErrors(), []);
  }
  t.is(loadCertificates(FILETYPE_PEM, loadedPem + loadedPem).length, 2);
});

const certificate = unsigned();
/** Calls with wrong arguments: the error's name and message. */
const wrong: Readonly<Record<string, readonly [call: () => unknown, name: string, message: string]>> = {
  'a number as serial': [
    () => certificate.setSerialNumber(5 as never),
    'TypeError',
    'Expected a bigint for serial, got a number',
  ],
  'a negative version': [
    () => certificate.setVersion(-1),
    'RangeError',
    'Expected an integer from 0 to 2147483647 for version, got -1',
  ],
  'an index before the first': [
    () => certificate.getExtension(-1),
    'RangeError',
    'Expected the index of one of 0 extensions for index, got -1',
  ],
  'an index behind the last': [
    () => certificate.getExtension(2 ** 40),
    'RangeError',
    'Expected the index of one of 0 extensions for index, got 1099511627776',
  ],
  'an index that is a string': [
    () => certificate.getExtension('0' as never),
    'TypeError',
    'Expected an integer for index, got a string',
  ],
  'a time of another form': [
    () => certificate.setNotAfter('2025'),
    'OpenSSLError',
    'reading a time in the form YYYYMMDDhhmmssZ: OpenSSL gave no reason',
  ],
  'a day that there is not': [
    () => certificate.setNotBefore('20250229000000Z'),
    'OpenSSLError',
    'reading a time in the form YYYYMMDDhhmmssZ: OpenSSL gave no reason',
  ],
  'an invalid Date': [
    () => certificate.setNotAfter(new Date(Number.NaN)),
    'RangeError',
    'Expected a valid Date for when, got an invalid one',
  ],
  'a Date of year 10000': [
    () => certificate.setNotAfter(new Date('+010000-01-01T00:00:00Z')),
    'RangeError',
    'Expected a Date of the years 0 to 9999 for when, got +010000-01-01T00:00:00.000Z',
  ],
  'an object that pretends to be a Date': [
    () => certificate.setNotAfter(Object.create(Date.prototype)),
    'TypeError',
    'this is not a Date object.',
  ],
  'a time of a number': [
    () => certificate.setNotBefore(0 as never),
    'TypeError',
    'Expected a Date or a string for when, got a number',
  ],
  'seconds that overflow': [
    () => certificate.gmtimeAdjNotAfter(Number.MAX_SAFE_INTEGER),
    'RangeError',
    'Expected seconds to a time of the years 0 to 9999 for seconds, got 9007199254740991',
  ],
  'seconds that are no integer': [
    () => certificate.gmtimeAdjNotBefore(0.5),
    'RangeError',
    'Expected an integer from -9007199254740991 to 9007199254740991 for seconds, got 0.5',
  ],
  'a name that is none': [
    () => certificate.setSubject('CN=x' as never),
    'TypeError',
    'Expected an X509Name for subject, got a string',
  ],
  'a key that is none': [
    () => certificate.setPubkey({} as never),
    'TypeError',
    'Expected a PKey for pkey, got an instance of Object',
  ],
  'an empty key': [
    () => certificate.setPubkey(new PKey()),
    'TypeError',
    'Expected a PKey that holds a key for pkey, got an empty one',
  ],
  'extensions that are no list': [
    () => certificate.addExtensions(5 as never),
    'TypeError',
    'Expected an iterable of X509Extension for extensions, got a number',
  ],
  'certificates that are no list': [
    () => dumpCertificates(FILETYPE_PEM, certificate as never),
    'TypeError',
    'Expected an iterable of X509 for certificates, got an instance of X509',
  ],
};

for (const [title, [call, name, message]] of Object.entries(wrong)) {
  test(`refuses ${title}, and nothing changes`, (t: ExecutionContext) => {
    const before = inspect(certificate) + certificate.getNotBeforeText() + certificate.getNotAfterText();
    t.throws(call, { name, message });
    t.is(inspect(certificate) + certificate.getNotBeforeText() + certificate.getNotAfterText(), before);
  });
}
