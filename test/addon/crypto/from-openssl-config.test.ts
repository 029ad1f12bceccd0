// What an openssl.cnf describes, made here and by the packaged command line out of the same text: the same bytes.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { freshKey } from '../../support/fresh-keys.ts';
import { distribution } from '../../support/openssl.ts';

const { openssl } = await distribution();
const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { CRL, FILETYPE_ASN1, FILETYPE_PEM, FILETYPE_TEXT, Revoked, X509, X509Req } = crypto;
const { dumpCertificate, dumpCertificateRequest, dumpCrl, loadPrivatekey } = crypto;

// RSA with PKCS #1 padding and Ed25519 sign the same bytes in the same way each time
const keys = { rsa: freshKey('rsa'), ed25519: freshKey('ed25519'), ca: freshKey('rsa') } as const;
const keyOf = (kind: keyof typeof keys) => loadPrivatekey(FILETYPE_PEM, keys[kind]);

const times = { notBefore: '20250101000000Z', notAfter: '20350101000000Z' } as const;

interface Folder {
  /** Runs the command line; answers what it wrote to the file `out`. */
  readonly command: (...words: readonly string[]) => Promise<Buffer>;
  readonly write: (name: string, text: string | Uint8Array) => Promise<string>;
}

async function folderWith(t: ExecutionContext, config: string): Promise<Folder> {
  const dir = await temporaryFolder(t);
  const write = async (name: string, text: string | Uint8Array) => {
    await writeFile(path.join(dir, name), text);
    return path.join(dir, name);
  };
  await write('openssl.cnf', config);
  for (const [kind, pem] of Object.entries(keys)) await write(`${kind}.key`, pem);
  return {
    write,
    command: async (first = '', ...words) => {
      const argv = [openssl, first, '-config', 'openssl.cnf', ...words, '-batch', '-out', 'out'];
      await run(argv, { cwd: dir, env: { OPENSSL_CONF: '/dev/null' } });
      return await readFile(path.join(dir, 'out'));
    },
  };
}

/** Sections that the tests below take parts of. */
const extensions = `
[v3_req]
basicConstraints = CA:FALSE
keyUsage = nonRepudiation, digitalSignature, keyEncipherment
subjectAltName = @names
subjectKeyIdentifier = hash
[names]
DNS.1 = www.example.org
IP.1 = 192.0.2.7
[v3_ca]
authorityKeyIdentifier = keyid:always,issuer:always
subjectKeyIdentifier = hash
basicConstraints = critical, CA:true
nameConstraints = permitted;DNS:.example.org
[v3_twice]
2.5.29.15 = DER:03020780
keyUsage = cRLSign
[v3_none]
subjectKeyIdentifier = none
authorityKeyIdentifier = none
`;

const questions = `
oid_section = own_oids
where = Berlin
[req]
default_bits = 2048
default_keyfile = privkey.pem
default_md = sha384
distinguished_name = req_dn
attributes = req_attributes
x509_extensions = v3_ca
req_extensions = v3_req
string_mask = utf8only
utf8 = yes
[own_oids]
ownName = 1.2.3.4.5
[req_dn]
countryName = Country
countryName_default = DE
countryName_min = 2
countryName_max = 2
localityName = City
localityName_default = $where
0.organizationName = Organization
0.organizationName_default = Grüße GmbH
1.organizationName = Second
unknownAttribute = what nobody knows
commonName = Name
commonName_max = 64
ownName = Ours
ownName_default = eigen
surname = fixed
surname_value = Fix
[req_attributes]
challengePassword = A password
challengePassword_min = 4
challengePassword_default = geheim
unstructuredName = Another
${extensions}`;

const values = (mask: string, extra = '') => `
[req]
prompt = no
distinguished_name = dn
attributes = attributes
string_mask = ${mask}
utf8 = yes
${extra}
[dn]
C = DE
0.OU = first
1.OU = zweite Größe
+UID = joined
CN = Name
emailAddress = a@example.org
1.2.3.4 = unknown to all
[attributes]
challengePassword = secret
unstructuredName = Größe
${extensions}`;

type RequestOptions = Tsopenssl.crypto.RequestConfigOptions;
type CertificateOptions = Tsopenssl.crypto.X509ConfigOptions;

const requests: Readonly<
  Record<string, readonly [config: string, kind: 'rsa' | 'ed25519', RequestOptions, string[]]>
> = {
  'questions with their defaults': [questions, 'rsa', {}, []],
  'a key whose algorithm has its digest': [questions, 'ed25519', {}, []],
  'other extensions': [questions, 'rsa', { extensions: 'v3_none' }, ['-reqexts', 'v3_none']],
  'an extension that comes twice': [questions, 'rsa', { extensions: 'v3_twice' }, ['-reqexts', 'v3_twice']],
  'another digest': [questions, 'rsa', { digest: 'sha512' }, ['-sha512']],
  'values, utf8only': [values('utf8only'), 'rsa', {}, []],
  'values, pkix': [values('pkix'), 'rsa', {}, []],
  'values, nombstr': [values('nombstr'), 'rsa', {}, []],
  'values, default': [values('default'), 'rsa', {}, []],
  'values, a mask in hex': [values('MASK:0x2802'), 'rsa', {}, []],
  'another section': [
    values('utf8only').replace('[req]', '[mine]'),
    'rsa',
    { section: 'mine' },
    ['-section', 'mine'],
  ],
};

for (const [title, [config, kind, options, words]] of Object.entries(requests)) {
  test(`makes the request that openssl req makes: ${title}`, async (t) => {
    const { command } = await folderWith(t, config);
    const theirs = await command('req', '-new', '-key', `${kind}.key`, '-outform', 'DER', ...words);
    const ours = X509Req.fromOpenSSLConfig(config, keyOf(kind), options);
    t.true(ours.verify(ours.getPubkey()));
    t.deepEqual(dumpCertificateRequest(FILETYPE_ASN1, ours), theirs);
    // another text gives another request, so that the comparison means something
    const changed = X509Req.fromOpenSSLConfig(config.replace('DE', 'AT'), keyOf(kind), options);
    t.notDeepEqual(dumpCertificateRequest(FILETYPE_ASN1, changed), theirs);
  });
}

test('answers take the place of what is typed at the prompts', async (t) => {
  const { write, command } = await folderWith(t, questions);
  const answers = { localityName: 'Ulm', '0.organizationName': '.', commonName: 'Ä', unstructuredName: 'x' };
  const ours = X509Req.fromOpenSSLConfig(questions, keyOf('rsa'), { answers });
  const fixed = questions
    .replace('localityName_default = $where', 'localityName_default = Ulm')
    .replace('0.organizationName_default = Grüße GmbH', '')
    .replace('commonName_max = 64', 'commonName_default = Ä')
    .replace('unstructuredName = Another', 'unstructuredName = Another\nunstructuredName_default = x');
  await write('openssl.cnf', fixed);
  const theirs = await command('req', '-new', '-key', 'rsa.key', '-outform', 'DER');
  t.deepEqual(dumpCertificateRequest(FILETYPE_ASN1, ours), theirs);
  t.is(`${ours.getSubject()}`, 'SN=Fix,1.2.3.4.5=#0C05656967656E,CN=Ä,L=Ulm,C=DE');
});

test('a subject of the caller comes without the attributes of the section', async (t) => {
  const { command } = await folderWith(t, questions);
  const subject = new crypto.X509Name();
  subject.CN = 'mine';
  const ours = X509Req.fromOpenSSLConfig(questions, keyOf('rsa'), { subject });
  const theirs = await command('req', '-new', '-key', 'rsa.key', '-subj', '/CN=mine', '-outform', 'DER');
  t.deepEqual(dumpCertificateRequest(FILETYPE_ASN1, ours), theirs);
});

const timeWords = ['-not_before', times.notBefore, '-not_after', times.notAfter];

const certificates: Readonly<
  Record<string, readonly [config: string, kind: 'rsa' | 'ed25519', CertificateOptions, string[]]>
> = {
  'an authority': [questions, 'rsa', {}, []],
  'a key whose algorithm has its digest': [questions, 'ed25519', {}, []],
  'no section of extensions': [values('utf8only'), 'rsa', {}, []],
  'other extensions': [questions, 'rsa', { extensions: 'v3_req' }, ['-extensions', 'v3_req']],
  'no key identifiers': [questions, 'rsa', { extensions: 'v3_none' }, ['-extensions', 'v3_none']],
  'an extension that comes twice': [
    questions,
    'rsa',
    { extensions: 'v3_twice' },
    ['-extensions', 'v3_twice'],
  ],
};

for (const [title, [config, kind, options, words]] of Object.entries(certificates)) {
  test(`makes the certificate that openssl req -x509 makes: ${title}`, async (t) => {
    const { command } = await folderWith(t, config);
    const theirs = await command(
      ...(['req', '-x509', '-key', `${kind}.key`, '-set_serial', '0x4711', ...timeWords] as const),
      ...['-outform', 'DER', ...words],
    );
    const given = { serial: 0x4711n, ...times, ...options };
    const ours = X509.fromOpenSSLConfig(config, keyOf(kind), given);
    t.deepEqual(dumpCertificate(FILETYPE_ASN1, ours), theirs);
    const changed = X509.fromOpenSSLConfig(config, keyOf(kind), { ...given, serial: 0x4712n });
    t.notDeepEqual(dumpCertificate(FILETYPE_ASN1, changed), theirs);
  });
}

for (const copyExtensions of ['none', 'copy', 'copyall'] as const) {
  test(`makes the certificate that openssl req -x509 -CA makes of a request, with its extensions: ${copyExtensions}`, async (t) => {
    const { write, command } = await folderWith(t, questions);
    const request = X509Req.fromOpenSSLConfig(questions, keyOf('ed25519'), {
      answers: { commonName: 'leaf' },
    });
    const issuer = X509.fromOpenSSLConfig(questions, keyOf('ca'), times);
    await write('request.pem', dumpCertificateRequest(FILETYPE_PEM, request));
    await write('ca.pem', dumpCertificate(FILETYPE_PEM, issuer));
    const theirs = await command(
      ...(['req', '-x509', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key'] as const),
      ...['-set_serial', '7', ...timeWords, '-copy_extensions', copyExtensions],
      ...['-extensions', 'v3_twice', '-outform', 'DER'],
    );
    const options = { request, issuer, serial: 7n, ...times, extensions: 'v3_twice' } as const;
    const ours = X509.fromOpenSSLConfig(questions, keyOf('ca'), { ...options, copyExtensions });
    t.deepEqual(dumpCertificate(FILETYPE_ASN1, ours), theirs);
    t.true(ours.verifySignature(issuer.getPubkey()));
    const others = ['none', 'copy'].filter((each) => each !== copyExtensions) as ('none' | 'copy')[];
    for (const other of others.slice(0, 1)) {
      const changed = X509.fromOpenSSLConfig(questions, keyOf('ca'), { ...options, copyExtensions: other });
      t.notDeepEqual(dumpCertificate(FILETYPE_ASN1, changed), theirs);
    }
  });
}

test('a certificate is valid from now on for 30 days, or as many as are wanted, under a random number', (t) => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  for (const days of [undefined, 0, 400]) {
    const options = days === undefined ? {} : { days };
    const made = X509.fromOpenSSLConfig(questions, keyOf('rsa'), options);
    const start = made.getNotBefore().getTime();
    t.true(start >= before && start <= Date.now());
    t.is(made.getNotAfter().getTime() - start, (days ?? 30) * 86_400_000);
    t.true(made.getSerialNumber() > 0n && made.getSerialNumber() < 2n ** 159n);
    t.is(made.getVersion(), 2);
  }
  const [first, second] = [0, 1].map(() => X509.fromOpenSSLConfig(questions, keyOf('rsa')));
  t.not(first?.getSerialNumber(), second?.getSerialNumber());
});

const authority = `${questions}
[ca]
default_ca = CA_default
[CA_default]
database = index.txt
certificate = ca.pem
private_key = ca.key
crlnumber = crlnumber
serial = serial
default_md = sha256
default_days = 1
default_crl_days = 30
policy = policy
crl_extensions = crl_ext
[policy]
commonName = supplied
[crl_ext]
authorityKeyIdentifier = keyid:always
issuerAltName = DNS:ca.example.org
[crl_twice]
authorityKeyIdentifier = keyid:always,issuer:always
`;

test('makes the list that openssl ca -gencrl makes', async (t) => {
  const { write, command } = await folderWith(t, authority);
  const issuer = X509.fromOpenSSLConfig(authority, keyOf('ca'), times);
  await write('ca.pem', dumpCertificate(FILETYPE_PEM, issuer));
  const entry = (revoked: string, serial: string) =>
    ['R', '350101000000Z', revoked, serial, 'unknown', `/CN=${serial}`].join('\t');
  await write(
    'index.txt',
    `${entry('250301000000Z,keyCompromise', '0A')}\n${entry('250201000000Z', '05')}\n`,
  );
  const revoked = (
    [
      [10n, '250301000000Z', 'keyCompromise'],
      [5n, '250201000000Z', undefined],
    ] as const
  ).map(([serial, date, reason]) => {
    const made = new Revoked();
    made.setSerial(serial);
    made.setRevDate(date);
    made.setReason(reason);
    return made;
  });
  const updates = { lastUpdate: '20250401000000Z', nextUpdate: '20250501000000Z' };
  for (const extensions of [undefined, 'crl_twice']) {
    await write('crlnumber', '10A0\n');
    const pem = await command(
      ...(['ca', '-gencrl', '-crl_lastupdate', updates.lastUpdate] as const),
      ...['-crl_nextupdate', updates.nextUpdate],
      ...(extensions === undefined ? [] : ['-crlexts', extensions]),
    );
    const options = {
      revoked,
      crlNumber: 0x10a0n,
      ...updates,
      ...(extensions === undefined ? {} : { extensions }),
    };
    const ours = CRL.fromOpenSSLConfig(authority, issuer, keyOf('ca'), options);
    t.is(dumpCrl(FILETYPE_PEM, ours).toString(), pem.toString());
    const changed = CRL.fromOpenSSLConfig(authority, issuer, keyOf('ca'), { ...options, crlNumber: 1n });
    t.not(dumpCrl(FILETYPE_PEM, changed).toString(), pem.toString());
  }
});

test('the next list is due when the section says', (t) => {
  const issuer = X509.fromOpenSSLConfig(authority, keyOf('ca'), times);
  const due = (config: string) => {
    const list = CRL.fromOpenSSLConfig(config, issuer, keyOf('ca'), { crlNumber: 1n });
    return ((list.getNextUpdate()?.getTime() ?? 0) - (list.getLastUpdate()?.getTime() ?? 0)) / 3_600_000;
  };
  t.is(due(authority), 30 * 24);
  t.is(due(authority.replace('default_crl_days = 30', 'default_crl_days = 2\ndefault_crl_hours = 5')), 53);
  t.is(due(authority.replace('default_crl_days = 30', 'default_crl_hours = 6')), 6);
});

const refused: readonly (readonly [title: string, make: () => unknown, error: object])[] = [
  [
    'a file that is included',
    () => X509Req.fromOpenSSLConfig(`.include /etc/passwd\n${questions}`, keyOf('rsa')),
    { instanceOf: RangeError, message: /without \.include/ },
  ],
  [
    'the environment',
    () => X509Req.fromOpenSSLConfig(questions.replace('$where', '$ENV::HOME'), keyOf('rsa')),
    { instanceOf: RangeError, message: /Expected HOME in environment/ },
  ],
  [
    'a section that is not there',
    () => X509Req.fromOpenSSLConfig(questions, keyOf('rsa'), { section: 'rek' }),
    { instanceOf: RangeError, message: 'Expected a section [ rek ] in config, got none; did you mean req?' },
  ],
  [
    'no distinguished name',
    () => X509Req.fromOpenSSLConfig('[req]\n', keyOf('rsa')),
    { instanceOf: RangeError, message: /Expected distinguished_name in \[ req \]/ },
  ],
  [
    'nothing in the name',
    () => X509Req.fromOpenSSLConfig('[req]\ndistinguished_name = d\n[d]\nCN = Name\n', keyOf('rsa')),
    { instanceOf: RangeError, message: /Expected a value for one of the attributes in \[ d \]/ },
  ],
  [
    'an answer to no question',
    () => X509Req.fromOpenSSLConfig(questions, keyOf('rsa'), { answers: { comonName: 'x' } }),
    { instanceOf: TypeError, message: /got comonName; did you mean commonName\?/ },
  ],
  [
    'answers where nothing is asked',
    () => X509Req.fromOpenSSLConfig(values('pkix'), keyOf('rsa'), { answers: { CN: 'x' } }),
    { instanceOf: TypeError, message: /Expected nothing in options\.answers, got CN/ },
  ],
  [
    'an answer where the section has the value',
    () => X509Req.fromOpenSSLConfig(questions, keyOf('rsa'), { answers: { surname: 'x' } }),
    { instanceOf: RangeError, message: /Expected no answer for surname/ },
  ],
  [
    'an answer of a wrong length',
    () => X509Req.fromOpenSSLConfig(questions, keyOf('rsa'), { answers: { countryName: 'DEU' } }),
    { instanceOf: RangeError, message: 'Expected 2 to 2 bytes for countryName, got 3' },
  ],
  [
    'an attribute that nobody knows',
    () => X509Req.fromOpenSSLConfig(values('pkix').replace('UID', 'UIDD'), keyOf('rsa')),
    { instanceOf: RangeError, message: /Expected the name or OID of an attribute, got UIDD/ },
  ],
  [
    'a value that the attribute cannot have',
    () => X509Req.fromOpenSSLConfig(values('pkix').replace('C = DE', 'C = DEU'), keyOf('rsa')),
    { instanceOf: crypto.Error, message: /string too long/ },
  ],
  [
    'a mask that there is not',
    () => X509Req.fromOpenSSLConfig(values('utf8onli'), keyOf('rsa')),
    { instanceOf: RangeError, message: /string_mask in config, got utf8onli; did you mean utf8only\?/ },
  ],
  [
    'an unknown digest',
    () => X509Req.fromOpenSSLConfig(questions.replace('sha384', 'sha999'), keyOf('rsa')),
    { instanceOf: crypto.Error, message: /sha999/ },
  ],
  [
    'no configuration',
    () => X509Req.fromOpenSSLConfig('[req\n', keyOf('rsa')),
    { instanceOf: crypto.Error, message: /missing close square bracket/ },
  ],
  [
    'an issuer without a key to certify',
    () =>
      X509.fromOpenSSLConfig(questions, keyOf('ca'), {
        issuer: X509.fromOpenSSLConfig(questions, keyOf('ca')),
      }),
    { instanceOf: TypeError, message: /Expected options\.request or options\.publicKey/ },
  ],
  [
    'an end before the start',
    () => X509.fromOpenSSLConfig(questions, keyOf('rsa'), { notBefore: times.notAfter, days: 1 }),
    { instanceOf: RangeError, message: /Expected an end of the validity at or after 20350101000000Z/ },
  ],
  [
    'two ends',
    () => X509.fromOpenSSLConfig(questions, keyOf('rsa'), { ...times, days: 1 }),
    { instanceOf: TypeError, message: /one of notAfter and days/ },
  ],
  [
    'a list without its number',
    () => CRL.fromOpenSSLConfig(authority, X509.fromOpenSSLConfig(authority, keyOf('ca')), keyOf('ca')),
    { instanceOf: RangeError, message: /Expected options\.crlNumber for the file that crlnumber/ },
  ],
  [
    'a list that is never due',
    () =>
      CRL.fromOpenSSLConfig(
        authority.replace('default_crl_days = 30', ''),
        X509.fromOpenSSLConfig(authority, keyOf('ca')),
        keyOf('ca'),
        { crlNumber: 1n },
      ),
    { instanceOf: RangeError, message: /Expected default_crl_days or default_crl_hours in \[ CA_default \]/ },
  ],
  [
    'an authority that is not named',
    () => CRL.fromOpenSSLConfig(questions, X509.fromOpenSSLConfig(questions, keyOf('ca')), keyOf('ca')),
    { instanceOf: RangeError, message: /Expected default_ca in \[ ca \]/ },
  ],
];

for (const [title, make, error] of refused) {
  test(`refuses ${title}`, (t) => {
    t.throws(make, error);
  });
}

test('nothing of a text stays in the process: masks and OIDs of one do not change the next', (t) => {
  X509Req.fromOpenSSLConfig(values('nombstr'), keyOf('rsa'));
  X509Req.fromOpenSSLConfig(questions, keyOf('rsa'));
  const name = new crypto.X509Name();
  t.throws(() => name.addAttribute('ownName', 'x'), { instanceOf: RangeError });
  name.CN = 'ü';
  t.true(name.der().includes(Buffer.from([0x0c, 2, 0xc3, 0xbc])), 'UTF8String');
});

test('a certificate of a section works as an authority', (t) => {
  const issuer = X509.fromOpenSSLConfig(questions, keyOf('ca'), { extensions: 'v3_ca' });
  const request = X509Req.fromOpenSSLConfig(questions, keyOf('ed25519'));
  const options = { issuer, request, extensions: 'v3_req' };
  const leaf = X509.fromOpenSSLConfig(questions, keyOf('ca'), options);
  const store = new crypto.X509Store();
  store.addCert(issuer);
  const verify = (hostname: string) =>
    new crypto.X509StoreContext(store, leaf, [], { hostname }).verifyCertificate();
  t.notThrows(() => verify('www.example.org'));
  t.throws(() => verify('www.example.com'), { instanceOf: crypto.X509StoreContextError });
  t.regex(dumpCertificate(FILETYPE_TEXT, leaf).toString(), /IP Address:192\.0\.2\.7/);
});
