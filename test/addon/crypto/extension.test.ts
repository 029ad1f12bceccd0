// Extensions, compared with what the packaged command line makes out of the same openssl.cnf.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { distribution } from '../../support/openssl.ts';

const { openssl } = await distribution();
const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, PKey, X509, X509Extension } = crypto;

const key = new PKey();
key.generateKey('ed25519');

/** A certificate of its own issuer. */
function selfSigned(...extensions: Tsopenssl.crypto.X509Extension[]): Tsopenssl.crypto.X509 {
  const certificate = new X509();
  certificate.setSerialNumber(0x1234n);
  certificate.getSubject().CN = 'Test CA';
  certificate.getSubject().emailAddress = 'ca@example.org';
  certificate.setIssuer(certificate.getSubject());
  certificate.setNotBefore('20250101000000Z');
  certificate.setNotAfter('20350101000000Z');
  certificate.setPubkey(key);
  certificate.addExtensions(extensions);
  certificate.sign(key);
  return certificate;
}

const sections = `
[alternatives]
DNS.1 = a.example
DNS.2 = *.b.example
IP.1 = 192.0.2.1
IP.2 = 2001:db8::1
email = x@example.org
URI = https://example.org/
RID = 1.2.3.4
dirName = directory
otherName = 1.3.6.1.4.1.311.20.2.3;UTF8:user@example.org
[directory]
C = DE
O = Example
[policy]
policyIdentifier = 1.3.5.8
CPS.1 = https://example.org/cps
userNotice.1 = @notice
[notice]
explicitText = "UTF8:Grüße"
organization = Example
noticeNumbers = 1,2
[point]
fullname = URI:https://example.org/crl
CRLissuer = dirName:directory
reasons = keyCompromise, CACompromise
[proxy]
language = 1.2.3.4
pathlen = 3
policy = text:Hello
[sequence]
first = BOOL:TRUE
second = OID:1.2.3
third = SEQUENCE:inner
[inner]
one = INTEGER:0x42
`;

/** Name and value of an extension of each kind of syntax. */
const values: readonly (readonly [name: string, value: string])[] = [
  ['basicConstraints', 'CA:TRUE'],
  ['basicConstraints', 'CA:TRUE,pathlen:3'],
  ['keyUsage', 'digitalSignature,keyCertSign,cRLSign'],
  ['extendedKeyUsage', 'serverAuth,clientAuth,1.2.3.4'],
  ['subjectAltName', '@alternatives'],
  ['subjectAltName', 'DNS:example.org,IP:192.0.2.7'],
  ['issuerAltName', 'URI:https://example.org'],
  ['nameConstraints', 'permitted;DNS:.example.org,excluded;IP:192.0.2.0/255.255.255.0'],
  ['certificatePolicies', '1.2.3.4,@policy'],
  ['policyConstraints', 'requireExplicitPolicy:3'],
  ['policyMappings', '1.2.3:1.2.4'],
  ['inhibitAnyPolicy', '2'],
  ['crlDistributionPoints', 'URI:https://example.org/ca.crl'],
  ['crlDistributionPoints', 'point'],
  ['issuingDistributionPoint', 'onlyuser:TRUE,indirectCRL:TRUE'],
  ['authorityInfoAccess', 'OCSP;URI:http://ocsp.example.org,caIssuers;URI:http://example.org/ca.der'],
  ['tlsfeature', 'status_request,status_request_v2'],
  ['noCheck', 'ignored'],
  ['nsComment', 'a comment'],
  ['nsCertType', 'server,email'],
  ['proxyCertInfo', '@proxy'],
  ['subjectKeyIdentifier', '0102030405'],
  ['1.2.3.4.5', 'DER:04:02:05:00'],
  ['1.2.3.4.5', 'ASN1:UTF8String:text'],
  ['1.2.3.4.5', 'ASN1:SEQUENCE:sequence'],
  ['sbgp-ipAddrBlock', 'IPv4:10.0.0.0/8,IPv6:2001:db8::/32'],
  ['sbgp-autonomousSysNum', 'AS:64496-64511'],
];

const caseNames = values.map(([name, value], index) => ({ name, value, section: `case${index}` }));

test('makes the same bytes as the command line out of every syntax of openssl.cnf', async (t) => {
  const dir = await temporaryFolder(t);
  const keyFile = path.join(dir, 'key.pem');
  await writeFile(keyFile, crypto.dumpPrivatekey(FILETYPE_PEM, key));
  for (const { name, value } of caseNames) {
    for (const critical of [false, true]) {
      const config = path.join(dir, 'openssl.cnf');
      const line = `${name} = ${critical ? 'critical,' : ''}${value}`;
      await writeFile(
        config,
        `[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = x\n${sections}\n[case]\n${line}\n`,
      );
      const argv = [
        openssl,
        'req',
        '-x509',
        '-new',
        '-key',
        keyFile,
        '-config',
        config,
        '-extensions',
        'case',
      ];
      const { stdout } = await run([...argv, '-set_serial', '1'], { env: { OPENSSL_CONF: '/dev/null' } });
      const theirs = crypto.loadCertificate(FILETYPE_PEM, stdout);
      const wanted = Array.from({ length: theirs.getExtensionCount() }, (_, index) =>
        theirs.getExtension(index),
      );
      const ours = new X509Extension(name, critical, value, undefined, undefined, { config: sections });
      t.true(
        wanted.some((each) => each.equals(ours)),
        `${line}: ${inspect(ours)} is not in ${inspect(wanted)}`,
      );
      t.false(X509Extension.fromDer(ours.getOid(), !critical, ours.getData()).equals(ours));
      t.true(X509Extension.fromDer(ours.getOid(), critical, ours.getData()).equals(ours));
      const [fromSection] = X509Extension.fromConfig(`${sections}\n[case]\n${line}\n`, 'case');
      t.true(fromSection?.equals(ours));
    }
  }
});

test('takes identifiers, names and e-mail addresses out of certificates', (t) => {
  const identifier = new X509Extension('subjectKeyIdentifier', false, 'hash', selfSigned());
  const hash = identifier.getData().subarray(2).toString('hex').toUpperCase();
  t.is(`${identifier}`, hash.replaceAll(/(..)(?=.)/g, '$1:'));
  const ca = selfSigned(identifier);
  const leaf = selfSigned();
  const authority = new X509Extension(
    'authorityKeyIdentifier',
    false,
    'keyid:always,issuer:always',
    leaf,
    ca,
  );
  t.is(`${authority}`, `keyid:${identifier}\nDirName:/CN=Test CA/emailAddress=ca@example.org\nserial:12:34`);
  t.is(`${new X509Extension('subjectAltName', false, 'email:copy', ca)}`, 'email:ca@example.org');
  t.is(
    `${new X509Extension('issuerAltName', false, 'issuer:copy', leaf, selfSigned(new X509Extension('subjectAltName', false, 'DNS:ca.example')))}`,
    'DNS:ca.example',
  );
  for (const [name, value] of [
    ['subjectKeyIdentifier', 'hash'],
    ['authorityKeyIdentifier', 'keyid:always'],
    ['subjectAltName', 'email:copy'],
  ] as const) {
    t.throws(() => new X509Extension(name, false, value), { name: 'OpenSSLError' }, name);
  }
});

test('makes all extensions of a section, the identifier of the subject before that of the authority', (t) => {
  const certificate = selfSigned();
  const config = `[ca]\nauthorityKeyIdentifier = keyid:always\nbasicConstraints = critical,CA:TRUE\nsubjectKeyIdentifier = hash\n`;
  const made = X509Extension.fromConfig(config, 'ca', {
    subject: certificate,
    issuer: certificate,
    issuerKey: key,
  });
  t.deepEqual(
    made.map((each) => [each.getShortName(), each.getCritical()]),
    [
      ['subjectKeyIdentifier', false],
      ['basicConstraints', true],
      ['authorityKeyIdentifier', false],
    ],
  );
  t.is(`${made[2]}`, `${made[0]}`);
  t.throws(() => X509Extension.fromConfig(config, 'cb'), {
    name: 'OpenSSLError',
    message: /^looking for the section cb: no such section|^looking for the section cb: /,
  });
});

test('tells what it is, in words that a terminal can show', (t) => {
  const extension = new X509Extension('basicConstraints', true, 'CA:TRUE,pathlen:0');
  t.is(extension.getShortName(), 'basicConstraints');
  t.is(extension.getOid(), '2.5.29.19');
  t.true(extension.getCritical());
  t.is(extension.getData().toString('hex'), '30060101ff020100');
  t.is(`${extension}`, 'CA:TRUE, pathlen:0');
  t.is(inspect(extension), 'X509Extension { basicConstraints: critical, CA:TRUE, pathlen:0 }');
  t.is(JSON.stringify(extension), '{"name":"basicConstraints","critical":true,"value":"CA:TRUE, pathlen:0"}');

  const unknown = X509Extension.fromDer('1.2.3.4', false, Buffer.from('04020500', 'hex'));
  t.is(unknown.getShortName(), '1.2.3.4');
  t.is(`${unknown}`, '04:02:05:00');
  t.is(`${X509Extension.fromDer('basicConstraints', false, Buffer.from('ff', 'hex'))}`, 'FF');
  t.is(`${X509Extension.fromDer('1.2.3.4', false, Buffer.alloc(0))}`, '');
  const comment = new X509Extension('nsComment', false, 'a\u001b[31m\nb');
  t.notRegex(inspect(comment), /\p{Cc}/u);
  t.true(`${comment}`.includes('\u001b'));
});

/** A DNS name in a subjectAltName of its own, whatever its bytes. */
function alternative(value: Buffer | string, tag = 0x82): Tsopenssl.crypto.X509Extension {
  const bytes = Buffer.from(value as string, 'latin1');
  const name = Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  return X509Extension.fromDer(
    'subjectAltName',
    false,
    Buffer.concat([Buffer.from([0x30, name.length]), name]),
  );
}

test('quotes an alternative name that could be taken for several', (t) => {
  t.is(`${alternative('a.example')}`, 'DNS:a.example');
  t.is(`${alternative('a.example, DNS:b.example')}`, 'DNS:"a.example, DNS:b.example"');
  t.is(`${alternative('a.example\0.b.example')}`, 'DNS:"a.example\\x00.b.example"');
  t.is(`${alternative('a"b\\c')}`, 'DNS:"a\\"b\\\\c"');
  t.is(`${alternative('\u001b[31m\n\xe9')}`, 'DNS:"\\x1B[31m\\x0A\\xE9"');
  t.is(`${alternative('mailto:x,y', 0x86)}`, 'URI:"mailto:x,y"');
  t.is(`${alternative('')}`, 'DNS:');
  t.is(`${X509Extension.fromDer('subjectAltName', false, Buffer.from('3000', 'hex'))}`, '');
  t.is(`${alternative(Buffer.from([192, 0, 2]), 0x87)}`, 'IP Address:<invalid length=3>');
});

test('takes values as bytes, and long values', (t) => {
  const bytes = new X509Extension('nsComment', false, Buffer.from('comment'));
  t.true(bytes.equals(new X509Extension('nsComment', false, 'comment')));
  const names = Array.from({ length: 2000 }, (_, index) => `DNS:${index}.example`);
  t.is(`${new X509Extension('subjectAltName', false, names.join(','))}`, names.join(', '));
});

/** Configurations that would open a file or tell the environment, and the message of the error. */
const dangerous: Readonly<Record<string, readonly [config: string, message: RegExp]>> = {
  'includes a file': ['.include /etc/passwd\n', /without \.include for config/],
  'includes a file in a section': ['[a]\nx::.include = /etc/passwd\n', /without \.include for config/],
  'includes a file in a continued line': ['.inc\\\nlude /etc/passwd\n', /without \.include for config/],
  'includes a file at the edge of the buffer': [
    `a = ${'x'.repeat(505)}\r.include /etc/passwd\n`,
    /without \.include/,
  ],
  'asks for the environment': [
    'a = $ENV::HOME\n',
    /Expected HOME in environment for \$ENV::HOME in config, got none/,
  ],
  'asks for it in braces': [`a = \${ENV::HOME}\n`, /Expected HOME in environment/],
  'asks for it in parentheses': ['a = $(ENV::HOME)\n', /Expected HOME in environment/],
  'asks for it in a continued line': ['a = $EN\\\nV::HOME\n', /Expected HOME in environment/],
  'asks for it in a section of that name': ['[ENV]\na = $HOME\n', /Expected no section ENV in config/],
  'asks for it under that name': ['ENV::a = $HOME\n', /Expected no section ENV in config/],
  'makes the name of that section': ['[E\\NV]\na = $HOME\n', /Expected no section ENV in config/],
  'has a NUL': ['a = b\0\n', /Expected a string without NUL for config/],
};

for (const [title, [config, message]] of Object.entries(dangerous)) {
  test(`refuses a configuration that ${title}`, (t) => {
    const make = () => new X509Extension('nsComment', false, 'x', undefined, undefined, { config });
    t.throws(make, { name: 'RangeError', message });
    t.throws(() => X509Extension.fromConfig(config, 'default'), { name: 'RangeError', message });
  });
}

test('the configurations that are refused would have told something', (t) => {
  process.env.TSOPENSSL_TEST_SECRET = 'told';
  const parsed = loadNative().parseConfiguration(Buffer.from('[E\\NV]\na = $TSOPENSSL_TEST_SECRET\n'));
  const sections = 'sections' in parsed ? Object.fromEntries(parsed.sections) : {};
  t.deepEqual(sections.ENV, [['a', 'told']]);
});

test('takes comments and quotes for what they are, and the environment that it is given', (t) => {
  const config = `# .include /etc/passwd and $ENV::HOME\n[names]\nDNS.1 = "$ENV::HOST"\nDNS.2 = $ENV::HOST # $ENV::HOME\nDNS.3 = \${ENV::OTHER}\n`;
  const environment = { HOST: 'a"b\\c $d #e ', OTHER: 'x' };
  t.throws(() => new X509Extension('subjectAltName', false, '@names', undefined, undefined, { config }), {
    name: 'RangeError',
  });
  const made = new X509Extension('subjectAltName', false, '@names', undefined, undefined, {
    config,
    environment,
  });
  t.is(`${made}`, 'DNS:$ENV::HOST, DNS:"a\\"b\\\\c $d #e ", DNS:x');
});

test('opens no file for the policy of a proxy certificate', (t) => {
  const message = 'Expected policy:text: or policy:hex: in the value of proxyCertInfo, got policy:file:';
  const value = 'language:1.2.3,policy:file:/etc/passwd';
  t.throws(() => new X509Extension('proxyCertInfo', false, value), { name: 'RangeError', message });
  const config = '[a]\nproxyCertInfo = critical,language:1.2.3, @b\n[b]\npolicy = file:/etc/passwd\n';
  t.throws(() => X509Extension.fromConfig(config, 'a'), { name: 'RangeError', message });
  t.is(
    `${new X509Extension('proxyCertInfo', true, 'language:1.2.3,policy:text:file:x')}`,
    'Path Length Constraint: infinite\nPolicy Language: 1.2.3\nPolicy Text: file:x',
  );
});

const wrong: Readonly<Record<string, readonly [call: () => unknown, name: string, message: RegExp]>> = {
  'an unknown name': [
    () => new X509Extension('nonsense', false, 'x'),
    'OpenSSLError',
    /^making an extension: unknown extension name/,
  ],
  'a value that does not fit': [
    () => new X509Extension('basicConstraints', false, 'CA:MAYBE'),
    'OpenSSLError',
    /^making an extension: /,
  ],
  'a section that there is not': [
    () => new X509Extension('subjectAltName', false, '@nowhere'),
    'OpenSSLError',
    /^making an extension: /,
  ],
  'a NUL in the value': [
    () => new X509Extension('nsComment', false, 'a\0b'),
    'RangeError',
    /^Expected text without NUL for value$/,
  ],
  'a NUL in the name': [
    () => new X509Extension('nsComment\0', false, 'a'),
    'RangeError',
    /^Expected a string without NUL for typeName/,
  ],
  'a name that is no string': [
    () => new X509Extension(5 as never, false, 'a'),
    'TypeError',
    /^Expected a string for typeName, got a number$/,
  ],
  'critical that is no boolean': [
    () => new X509Extension('nsComment', 1 as never, 'a'),
    'TypeError',
    /^Expected a boolean for critical, got a number$/,
  ],
  'a value of a number': [
    () => new X509Extension('nsComment', false, 5 as never),
    'TypeError',
    /^Expected a string or a Uint8Array for value, got a number$/,
  ],
  'a subject that is no certificate': [
    () => new X509Extension('nsComment', false, 'a', {} as never),
    'TypeError',
    /^Expected an X509 for subject, got an instance of Object$/,
  ],
  'an issuer that is no certificate': [
    () => new X509Extension('nsComment', false, 'a', undefined, key as never),
    'TypeError',
    /^Expected an X509 for issuer, got an instance of PKey$/,
  ],
  'a misspelled option': [
    () => new X509Extension('nsComment', false, 'a', undefined, undefined, { confg: '' } as never),
    'TypeError',
    /^Expected config, environment in options, got confg; did you mean config\?$|confg/,
  ],
  'a broken configuration': [
    () => new X509Extension('nsComment', false, 'a', undefined, undefined, { config: 'a = b\n[c\n' }),
    'OpenSSLError',
    /^reading a configuration: .*line 2/,
  ],
  'an environment of several lines': [
    () => X509Extension.fromConfig('', 'a', { environment: { A: 'b\n[c]' } }),
    'RangeError',
    /^Expected one line for environment\.A, got several$/,
  ],
  'an environment with a name of its own syntax': [
    () => X509Extension.fromConfig('', 'a', { environment: { 'A = b\n': 'c' } }),
    'RangeError',
    /^Expected letters, digits and _ in a name of environment$/,
  ],
  'an OID that is none': [
    () => X509Extension.fromDer('1.2.x', false, Buffer.alloc(1)),
    'RangeError',
    /^Expected the name or OID of an extension, got 1\.2\.x$/,
  ],
  'data in a string': [
    () => X509Extension.fromDer('1.2.3', false, 'x' as never),
    'TypeError',
    /^Expected a Uint8Array for data, got a string$/,
  ],
  'a comparison with something else': [
    () => new X509Extension('nsComment', false, 'a').equals({} as never),
    'TypeError',
    /^Expected an X509Extension for other, got an instance of Object$/,
  ],
};

for (const [title, [call, name, message]] of Object.entries(wrong)) {
  test(`refuses ${title}`, (t) => {
    t.throws(call, { name, message });
    t.deepEqual(loadNative().drainErrors(), []);
  });
}
