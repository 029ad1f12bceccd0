// Verification: what can be asked of a certificate, what comes back, and what is refused before OpenSSL is asked.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative, runProgram } from '../../support/addon.ts';
import { authority, endEntity, makeCertificate } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { distribution } from '../../support/openssl.ts';
import { pemBlocks } from '../../support/pem-blocks.ts';
import { stepResult } from '../../support/step-result.ts';

const { openssl } = await distribution();
const certs = path.join(await stepResult('extract'), 'test/certs');
const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { CRL, FILETYPE_ASN1, FILETYPE_PEM, loadCertificate, loadPrivatekey, Revoked } = crypto;
const { X509CheckFlags, X509Store, X509StoreContext, X509StoreContextError, X509StoreFlags } = crypto;

type Certificate = Tsopenssl.crypto.X509;
type Options = Tsopenssl.crypto.X509VerifyOptions;

const fileOf = (name: string) => path.join(certs, `${name}.pem`);
const read = async (name: string) => loadCertificate(FILETYPE_PEM, await readFile(fileOf(name)));
const [root, ca, leaf] = [await read('root-cert'), await read('ca-cert'), await read('ee-cert')];
const store = new X509Store();
store.addCert(root);

/** `ok`, or the name of what was found. */
function verdict(
  certificate: Certificate,
  chain: readonly Certificate[],
  options: Options = {},
  trusted = store,
) {
  try {
    new X509StoreContext(trusted, certificate, chain, options).verifyCertificate();
    return 'ok';
  } catch (error) {
    if (error instanceof X509StoreContextError) return error.code;
    throw error;
  }
}

test('answers copies of the chain from the leaf to the root', (t) => {
  const context = new X509StoreContext(store, leaf, [ca]);
  t.is(context.verifyCertificate(), undefined);
  const digests = (chain: readonly Certificate[]) => chain.map((each) => each.digest('sha256'));
  t.deepEqual(digests(context.getVerifiedChain()), digests([leaf, ca, root]));
  t.deepEqual(digests(context.getVerifiedChain()), digests([leaf, ca, root]), 'once more');
  t.deepEqual(context.getVerifiedPolicies(), []);
});

test('says what it found, where, and in which certificate', async (t) => {
  const expired = await read('ee-expired');
  const context = new X509StoreContext(store, expired, [ca]);
  const error = t.throws(() => context.verifyCertificate(), { instanceOf: X509StoreContextError });
  t.like(error, {
    name: 'X509StoreContextError',
    message: 'certificate has expired at depth 0: CN=server.example',
    code: 'ERR_CERT_HAS_EXPIRED',
    errorNumber: crypto.X509VerificationCodes.ERR_CERT_HAS_EXPIRED,
    depth: 0,
    errors: [10, 0, 'certificate has expired'],
  });
  t.is(error?.certificate?.digest('sha256'), expired.digest('sha256'));
  t.throws(() => context.getVerifiedChain(), { message: error?.message });
  t.throws(() => context.getVerifiedPolicies(), { message: error?.message });
  const above = t.throws(
    () => new X509StoreContext(store, leaf, [ca], { securityLevel: 5 }).verifyCertificate(),
    { instanceOf: X509StoreContextError },
  );
  t.is(above?.code, 'ERR_EE_KEY_TOO_SMALL');
  const unknown = new X509StoreContextError('made by hand', [4711, 2, 'x']);
  t.like(unknown, { code: 'ERR_UNSPECIFIED', errorNumber: 4711, depth: 2, certificate: undefined });
  t.deepEqual(loadNative().drainErrors(), []);
});

test('takes the chain in any order, from two places, with certificates that are not needed', async (t) => {
  const other = await read('ee-client');
  t.is(verdict(leaf, []), 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  t.is(verdict(leaf, [other, root, ca, leaf]), 'ok');
  t.is(verdict(leaf, [], { untrusted: [other, ca] }), 'ok');
  t.is(verdict(leaf, [other], { untrusted: [ca, ca] }), 'ok');
  t.notThrows(() => new X509StoreContext(store, root, null).verifyCertificate());
});

test('takes another store, and sees what is added to its own', (t) => {
  const empty = new X509Store();
  const context = new X509StoreContext(empty, leaf, [ca]);
  t.throws(() => context.verifyCertificate(), { instanceOf: X509StoreContextError });
  context.setStore(store);
  t.notThrows(() => context.verifyCertificate());
  context.setStore(empty);
  t.throws(() => context.verifyCertificate(), { instanceOf: X509StoreContextError });
  empty.addCert(root);
  t.notThrows(() => context.verifyCertificate());
  t.throws(() => context.setStore({} as never), { name: 'TypeError' });
});

/** A leaf with names, and a store that trusts its issuer. */
async function named(t: ExecutionContext, ...extensions: string[]) {
  const folder = await temporaryFolder(t);
  const issuer = await makeCertificate(folder, { subject: '/CN=Root' });
  const made = await makeCertificate(folder, {
    subject: '/CN=common.example/emailAddress=subject@example.org',
    issuer,
    extensions: [...endEntity, ...extensions],
  });
  const trusted = new X509Store();
  trusted.addCert(loadCertificate(FILETYPE_PEM, issuer.pem));
  const certificate = loadCertificate(FILETYPE_PEM, made.pem);
  return { file: made.file, found: (options: Options) => verdict(certificate, [], options, trusted) };
}

const mismatch = 'ERR_HOSTNAME_MISMATCH';

test('compares host names', async (t) => {
  const names =
    'subjectAltName=DNS:www.example.org,DNS:*.wild.example,DNS:f*.part.example,DNS:xn--bcher-kva.example';
  const { found } = await named(t, names);
  const rows: readonly (readonly [Options['hostname'], string, number?])[] = [
    ['www.example.org', 'ok'],
    ['WWW.Example.ORG', 'ok'],
    ['www.example.org.', 'ok'],
    ['example.org', mismatch],
    ['common.example', mismatch],
    ['common.example', 'ok', X509CheckFlags.ALWAYS_CHECK_SUBJECT],
    ['a.wild.example', 'ok'],
    ['a.wild.example', mismatch, X509CheckFlags.NO_WILDCARDS],
    ['a.b.wild.example', mismatch],
    ['foo.part.example', 'ok'],
    ['foo.part.example', mismatch, X509CheckFlags.NO_PARTIAL_WILDCARDS],
    ['.example.org', 'ok'],
    ['.org', 'ok'],
    ['.org', mismatch, X509CheckFlags.SINGLE_LABEL_SUBDOMAINS],
    ['bücher.example', 'ok'],
    ['bucher.example', mismatch],
    [['other.example', 'www.example.org'], 'ok'],
    [['other.example', 'another.example'], mismatch],
  ];
  for (const [hostname, expected, hostFlags] of rows) {
    const options = { hostname: hostname as string, ...(hostFlags === undefined ? {} : { hostFlags }) };
    t.is(found(options), expected, `${String(hostname)} ${hostFlags ?? ''}`);
  }
  const without = await named(t);
  t.is(without.found({ hostname: 'common.example' }), 'ok', 'the common name, where there is no other name');
  t.is(
    without.found({ hostname: 'common.example', hostFlags: X509CheckFlags.NEVER_CHECK_SUBJECT }),
    mismatch,
  );
});

test('compares addresses and e-mail addresses, as the command line does', async (t) => {
  const names = 'subjectAltName=IP:192.0.2.1,IP:2001:db8::1,email:user@example.org,DNS:192.0.2.9';
  const { file, found } = await named(t, names);
  const rows: readonly (readonly ['ip' | 'email', string, string])[] = [
    ['ip', '192.0.2.1', 'ok'],
    ['ip', '192.0.2.2', 'ERR_IP_ADDRESS_MISMATCH'],
    ['ip', '192.0.2.9', 'ERR_IP_ADDRESS_MISMATCH'],
    ['ip', '2001:db8::1', 'ok'],
    ['ip', '2001:0DB8:0:0:0:0:0:1', 'ok'],
    ['ip', '2001:db8::2', 'ERR_IP_ADDRESS_MISMATCH'],
    ['email', 'user@example.org', 'ok'],
    ['email', 'user@EXAMPLE.org', 'ok'],
    ['email', 'other@example.org', 'ERR_EMAIL_MISMATCH'],
    ['email', 'subject@example.org', 'ERR_EMAIL_MISMATCH'],
  ];
  const words = { ip: '-verify_ip', email: '-verify_email' };
  for (const [kind, value, expected] of rows) {
    t.is(found({ [kind]: value }), expected, value);
    const argv = [openssl, 'verify', '-partial_chain', '-trusted', file, words[kind], value, file];
    const { exitCode } = await run(argv, { env: { OPENSSL_CONF: '/dev/null' }, allowFailure: true });
    t.is(exitCode === 0, expected === 'ok', value);
  }
  t.is(found({ ip: '192.0.2.1', email: 'other@example.org' }), 'ERR_EMAIL_MISMATCH', 'every name must match');
  const without = await named(t);
  t.is(without.found({ email: 'subject@example.org' }), 'ok', 'that of the subject, where there is no other');
});

test('verifies at the time that is asked for, to the second', async (t) => {
  const start = new Date('2020-02-03T04:05:06Z');
  const made = await makeCertificate(await temporaryFolder(t), { subject: '/CN=Root', notBefore: start });
  const certificate = loadCertificate(FILETYPE_PEM, made.pem);
  const trusted = new X509Store();
  trusted.addCert(certificate);
  const found = (options: Options) => verdict(certificate, [], options, trusted);
  const from = (date: Date, milliseconds: number) => ({ time: new Date(date.getTime() + milliseconds) });
  const end = certificate.getNotAfter();
  t.is(found({}), 'ok');
  t.is(found(from(start, 0)), 'ok');
  t.is(found(from(start, -1)), 'ERR_CERT_NOT_YET_VALID');
  t.is(found(from(end, -1)), 'ok');
  t.is(found(from(end, 1000)), 'ERR_CERT_HAS_EXPIRED');
  t.is(found({ time: new Date(0) }), 'ERR_CERT_NOT_YET_VALID');
  t.is(found({ time: new Date('9999-12-31') }), 'ERR_CERT_HAS_EXPIRED');
  trusted.setTime(new Date(0));
  t.is(found({}), 'ERR_CERT_NOT_YET_VALID');
  t.is(found(from(start, 0)), 'ok', 'the time of the context wins');
});

test('requires one of the policies that are asked for, and tells which hold', async (t) => {
  const folder = await temporaryFolder(t);
  const issuer = await makeCertificate(folder, { subject: '/CN=Root' });
  const policies = 'certificatePolicies=1.2.3.4,1.2.3.5';
  const made = await makeCertificate(folder, {
    subject: '/CN=leaf',
    issuer,
    extensions: [...endEntity, policies],
  });
  const trusted = new X509Store();
  trusted.addCert(loadCertificate(FILETYPE_PEM, issuer.pem));
  const of = (options: Options) =>
    new X509StoreContext(trusted, loadCertificate(FILETYPE_PEM, made.pem), [], options);
  t.deepEqual(of({ policies: ['1.2.3.4'] }).getVerifiedPolicies(), ['1.2.3.4']);
  t.deepEqual(of({ policies: ['1.2.3.9', '1.2.3.5'] }).getVerifiedPolicies(), ['1.2.3.5']);
  t.deepEqual(of({ flags: X509StoreFlags.POLICY_CHECK }).getVerifiedPolicies().sort(), [
    '1.2.3.4',
    '1.2.3.5',
  ]);
  t.deepEqual(of({}).getVerifiedPolicies(), []);
  t.throws(() => of({ policies: ['1.2.3.9'] }).verifyCertificate(), { code: 'ERR_NO_EXPLICIT_POLICY' });
});

function listOf(...serials: bigint[]): Tsopenssl.crypto.CRL {
  const crl = new CRL();
  crl.setLastUpdate('20240201000000Z');
  crl.setNextUpdate('20510101000000Z');
  for (const serial of serials) {
    const revoked = new Revoked();
    revoked.setSerial(serial);
    revoked.setRevDate('20240202000000Z');
    crl.addRevoked(revoked);
  }
  return crl;
}

test('looks for the leaf in the revocation lists that it is given, and for the issuers if told so', async (t) => {
  const key = async (name: string) => loadPrivatekey(FILETYPE_PEM, await readFile(fileOf(name)));
  const [caKey, rootKey] = [await key('ca-key'), await key('root-key')];
  const [clean, revoking, ofRoot, revokingCa] = [
    listOf(4711n),
    listOf(leaf.getSerialNumber()),
    listOf(),
    listOf(ca.getSerialNumber()),
  ];
  for (const each of [clean, revoking]) each.sign(ca, caKey, 'sha256');
  for (const each of [ofRoot, revokingCa]) each.sign(root, rootKey, 'sha256');
  const all = X509StoreFlags.CRL_CHECK_ALL;
  t.is(verdict(leaf, [ca], { crls: [clean] }), 'ok');
  t.is(verdict(leaf, [ca], { crls: [revoking] }), 'ERR_CERT_REVOKED');
  t.is(verdict(leaf, [ca], { crls: [ofRoot] }), 'ERR_UNABLE_TO_GET_CRL');
  t.is(verdict(leaf, [ca], { crls: [] }), 'ERR_UNABLE_TO_GET_CRL');
  t.is(verdict(leaf, [ca], { crls: [clean, revokingCa] }), 'ok', 'the leaf alone');
  t.is(verdict(leaf, [ca], { crls: [clean, revokingCa], flags: all }), 'ERR_CERT_REVOKED');
  t.is(verdict(leaf, [ca], { crls: [clean, ofRoot], flags: all }), 'ok');
  t.is(verdict(leaf, [ca], { crls: [clean], flags: all }), 'ERR_UNABLE_TO_GET_CRL');
  const forged = listOf(4711n);
  forged.sign(ca, rootKey, 'sha256');
  t.is(verdict(leaf, [ca], { crls: [forged] }), 'ERR_CRL_SIGNATURE_FAILURE');
  const context = new X509StoreContext(store, leaf, [ca], { crls: [clean] });
  clean.addRevoked(revoking.getRevoked()[0] as Tsopenssl.crypto.Revoked);
  clean.sign(ca, caKey, 'sha256');
  t.notThrows(() => context.verifyCertificate(), 'the list has changed after it was given');
  t.is(verdict(leaf, [ca], { crls: [clean] }), 'ERR_CERT_REVOKED');
});

test('CVE-2026-28388: a delta list without a number is no crash, and the outcome is that of the command line', async (t) => {
  const name = (part: string) => `cve-2026-28388-${part}`;
  const lists = pemBlocks(await readFile(fileOf(name('crls')), 'utf8'), 'X509 CRL');
  t.true(lists.length >= 2);
  const trusted = new X509Store();
  trusted.addCert(await read(name('ca')));
  const options = {
    time: new Date(1739527200_000),
    flags: X509StoreFlags.USE_DELTAS,
    crls: lists.map((der) => crypto.loadCrl(FILETYPE_ASN1, der)),
  };
  const argv = [
    openssl,
    'verify',
    '-attime',
    '1739527200',
    '-CAfile',
    fileOf(name('ca')),
    '-crl_check',
    '-use_deltas',
  ];
  const { stderr } = await run([...argv, '-CRLfile', fileOf(name('crls')), fileOf(name('leaf'))], {
    env: { OPENSSL_CONF: '/dev/null' },
    allowFailure: true,
  });
  t.regex(stderr, /CRL is not yet valid/);
  t.is(verdict(await read(name('leaf')), [], options, trusted), 'ERR_CRL_NOT_YET_VALID');
});

test('does not follow certificates that sign each other in a circle', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await makeCertificate(folder, { subject: '/CN=First' });
  const second = await makeCertificate(folder, {
    subject: '/CN=Second',
    issuer: first,
    extensions: authority,
  });
  const back = await makeCertificate(folder, {
    subject: '/CN=First',
    keyOf: first,
    issuer: second,
    extensions: authority,
  });
  const made = await makeCertificate(folder, { subject: '/CN=leaf', issuer: second });
  const [certificate, ...circle] = [made, second, back].map(({ pem }) => loadCertificate(FILETYPE_PEM, pem));
  t.is(verdict(certificate as Certificate, circle), 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
});

/** An authority that is none yet: without the extension that makes it one. */
function unfinished() {
  const key = new crypto.PKey();
  key.generateKey('ec');
  const authorityOf = new crypto.X509();
  authorityOf.setPubkey(key);
  authorityOf.setSerialNumber(1n);
  authorityOf.setNotBefore('20200101000000Z');
  authorityOf.setNotAfter('20990101000000Z');
  authorityOf.getSubject().CN = 'Authority';
  authorityOf.setIssuer(root.getSubject());
  const below = new crypto.X509();
  below.setPubkey(key);
  below.setSerialNumber(2n);
  below.setNotBefore('20200101000000Z');
  below.setNotAfter('20990101000000Z');
  below.getSubject().CN = 'leaf';
  below.setIssuer(authorityOf.getSubject());
  below.sign(key, 'sha256');
  return { issuer: authorityOf, certificate: below };
}

test('verifies what a certificate was when it was given, and a later verification what it has become', async (t) => {
  const rootKey = loadPrivatekey(FILETYPE_PEM, await readFile(fileOf('root-key')));
  const { issuer, certificate } = unfinished();
  issuer.sign(rootKey, 'sha256');
  const before = new X509StoreContext(store, certificate, [issuer]);
  t.throws(() => before.verifyCertificate(), { code: 'ERR_INVALID_CA' });
  issuer.addExtensions([new crypto.X509Extension('basicConstraints', true, 'CA:TRUE')]);
  t.is(verdict(certificate, [issuer]), 'ERR_CERT_SIGNATURE_FAILURE', 'changed and not signed again');
  t.throws(() => before.verifyCertificate(), { code: 'ERR_INVALID_CA' });
  issuer.sign(rootKey, 'sha256');
  t.is(verdict(certificate, [issuer]), 'ok', 'nothing is left of what the first verification found');
  t.throws(() => new X509StoreContext(store, new crypto.X509()), { name: 'OpenSSLError' });
});

test('verifies in several threads at once, each with a store of its own', async (t) => {
  const source = `
    import { Worker } from 'node:worker_threads';
    const job = \`
      import { readFileSync } from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      const { crypto } = await import(\${JSON.stringify(entry)});
      const read = (name) => crypto.loadCertificate(crypto.FILETYPE_PEM, readFileSync(process.env.CERTS + name));
      const [root, ca, leaf] = ['/root-cert.pem', '/ca-cert.pem', '/ee-cert.pem'].map(read);
      let verified = 0;
      for (let i = 0; i < 200; i++) {
        const store = i % 50 === 0 ? crypto.X509Store.fromCaBundle() : new crypto.X509Store();
        store.addCert(root, { distrustAfter: new Date('2024-01-01') });
        verified += new crypto.X509StoreContext(store, leaf, [ca]).getVerifiedChain().length;
      }
      parentPort.postMessage(verified);
    \`;
    const work = () => new Promise((resolve, reject) => {
      const worker = new Worker(job, { eval: true });
      worker.on('message', resolve);
      worker.on('error', reject);
    });
    console.log(JSON.stringify(await Promise.all(Array.from({ length: 6 }, work))));`;
  const { exitCode, stdout, stderr } = await runProgram(source, { env: { CERTS: certs } });
  t.is(exitCode, 0, stderr);
  t.deepEqual(JSON.parse(stdout), Array(6).fill(600));
});

const many = Array.from({ length: 2 }, () => 'a'.repeat(60)).join('.');

/** Options that are refused: the error's name and message. */
const wrong: Readonly<Record<string, readonly [unknown, string, string]>> = {
  'no object': [null, 'TypeError', 'Expected an object for options, got null'],
  'a misspelled option': [
    { hostName: 'example.org' },
    'TypeError',
    'Expected purpose, hostname, hostFlags, ip, email, depth, securityLevel, policies, time, flags, crls, untrusted in ' +
      'options, got hostName; did you mean hostname?',
  ],
  'a host name with NUL': [
    { hostname: 'good.example\0.evil.example' },
    'RangeError',
    'Expected a string without NUL for hostname, got "good.example\\u0000.evil.example"',
  ],
  'an empty host name, which OpenSSL would not compare': [
    { hostname: '' },
    'RangeError',
    'Expected a host name for hostname, got ""',
  ],
  'a dot as host name': [{ hostname: '.' }, 'RangeError', 'Expected a host name for hostname, got "."'],
  'no host name in the list': [
    { hostname: [] },
    'RangeError',
    'Expected at least one host name for hostname, got none',
  ],
  'a wrong host name in the list': [
    { hostname: ['example.org', '*.example.org'] },
    'RangeError',
    'Expected a host name for hostname[1], got "*.example.org"',
  ],
  'an address as host name': [
    { hostname: '192.0.2.1' },
    'RangeError',
    'Expected a host name (an address belongs to ip) for hostname, got "192.0.2.1"',
  ],
  'a URL as host name': [
    { hostname: 'https://example.org' },
    'RangeError',
    'Expected a host name for hostname, got "https://example.org"',
  ],
  'a label that is too long': [
    { hostname: 'a'.repeat(64) },
    'RangeError',
    'Expected a host name for hostname, got a string',
  ],
  'a name that is too long': [
    { hostname: `${many}.${many}.${many}` },
    'RangeError',
    'Expected a host name for hostname, got a string',
  ],
  'a host name that is no string': [
    { hostname: 5 },
    'TypeError',
    'Expected a string for hostname, got a number',
  ],
  'flags for host names that there are not': [
    { hostFlags: 64 },
    'RangeError',
    'Expected an integer from 0 to 63 for hostFlags, got 64',
  ],
  'no address': [{ ip: '192.0.2.256' }, 'RangeError', 'Expected an IP address for ip, got "192.0.2.256"'],
  'an address with a zone': [
    { ip: 'fe80::1%eth0' },
    'RangeError',
    'Expected an IP address for ip, got "fe80::1%eth0"',
  ],
  'an address with NUL': [
    { ip: '192.0.2.1\0' },
    'RangeError',
    'Expected a string without NUL for ip, got "192.0.2.1\\u0000"',
  ],
  'no e-mail address': [
    { email: 'example.org' },
    'RangeError',
    'Expected an e-mail address for email, got "example.org"',
  ],
  'an empty e-mail address': [{ email: '' }, 'RangeError', 'Expected an e-mail address for email, got ""'],
  'no policies': [{ policies: [] }, 'RangeError', 'Expected at least one OID for policies, got none'],
  'the name of a policy': [
    { policies: ['anyPolicy'] },
    'RangeError',
    'Expected an OID such as 2.23.140.1.2.1 for policies[0], got "anyPolicy"',
  ],
  'an OID that cannot be': [{ policies: ['1.99.1'] }, 'OpenSSLError', 'setting how to verify: …'],
  'a policy that is no list': [
    { policies: '1.2.3' },
    'TypeError',
    'Expected an array of OIDs for policies, got a string',
  ],
  'a negative depth': [{ depth: -1 }, 'RangeError', 'Expected an integer from 0 to 100 for depth, got -1'],
  'half a level': [
    { securityLevel: 0.5 },
    'RangeError',
    'Expected an integer from 0 to 5 for securityLevel, got 0.5',
  ],
  'another purpose': [
    { purpose: 'sslserver' },
    'RangeError',
    'Expected one of sslClient, sslServer, smimeSign, smimeEncrypt, crlSign, any, ocspHelper, timestampSign, codeSign ' +
      'for purpose, got "sslserver"; did you mean sslServer?',
  ],
  'a time that is none': [{ time: 0 }, 'TypeError', 'Expected a Date for time, got a number'],
  'an invalid time': [
    { time: new Date(Number.NaN) },
    'RangeError',
    'Expected a Date from 1970 to 9999 for time, got NaN',
  ],
  'flags that are none': [
    { flags: '4' },
    'TypeError',
    'Expected an integer from 0 to 4194303 for flags, got a string',
  ],
  'a list that is no CRL': [{ crls: [root] }, 'TypeError', 'Expected a CRL for crl, got an instance of X509'],
  'a CRL that is not signed': [{ crls: [new CRL()] }, 'OpenSSLError', 'copying a CRL: …'],
  'no certificates': [
    { untrusted: [ca, 'ca'] },
    'TypeError',
    'Expected an X509 for untrusted[1], got a string',
  ],
};

for (const [title, [options, name, message]] of Object.entries(wrong)) {
  test(`refuses ${title}`, (t) => {
    const error = t.throws(
      () => new X509StoreContext(store, leaf, [ca], options as never).verifyCertificate(),
      {
        name,
      },
    );
    if (message.endsWith('…')) t.true(error?.message.startsWith(message.slice(0, -1)), error?.message);
    else t.is(error?.message, message);
    t.deepEqual(loadNative().drainErrors(), []);
  });
}

test('refuses what is no certificate, and no chain', (t) => {
  const make = (...args: unknown[]) => new X509StoreContext(...(args as [never, never]));
  t.throws(() => make(store, {}), { message: 'Expected an X509 for certificate, got an instance of Object' });
  t.throws(() => make(store), { message: 'Expected an X509 for certificate, got undefined' });
  t.throws(() => make(store, leaf, ca), { message: 'Expected an array for chain, got an instance of X509' });
  t.throws(() => make(store, leaf, [undefined]), { message: 'Expected an X509 for chain[0], got undefined' });
  t.throws(() => make(leaf, leaf), { message: 'Expected an X509Store for store, got an instance of X509' });
});

test('reads each option once, and lets an error of a getter through', (t) => {
  let reads = 0;
  const options = {
    get purpose() {
      reads++;
      return reads === 1 ? 'sslServer' : 'sslClient';
    },
  } as Options;
  const context = new X509StoreContext(store, leaf, [ca], options);
  context.verifyCertificate();
  context.verifyCertificate();
  t.is(reads, 1);
  const failing = {
    get depth(): number {
      throw new Error('from the getter');
    },
  };
  t.throws(() => new X509StoreContext(store, leaf, [ca], failing), { message: 'from the getter' });
});

/** Every certificate of OpenSSL's tests with every other one in the chain and in the store, whole and with flipped bits. */
const torture = `
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
const { crypto } = await import(entry);
const native = createRequire('/')(binary);
const folder = process.env.CERTS;
const certificates = [];
for (const name of readdirSync(folder)) {
  try {
    certificates.push(crypto.loadCertificate(crypto.FILETYPE_PEM, readFileSync(folder + '/' + name)));
  } catch (error) {
    if (error.name !== 'OpenSSLError') throw error;
  }
}
const [all, none] = [new crypto.X509Store(), new crypto.X509Store()];
for (const each of certificates) all.addCert(each, { purposes: ['emailProtection', 'serverAuthentication'] });
const verdicts = {};
const time = new Date('2024-01-01');
const flags = Object.values(crypto.X509StoreFlags).reduce((sum, flag) => sum | flag);
const purposes = ['sslServer', 'smimeSign', 'any', 'timestampSign', 'crlSign', 'ocspHelper', 'codeSign'];
function verify(store, certificate, options, chain = []) {
  let verdict = 'OK';
  try {
    new crypto.X509StoreContext(store, certificate, chain, options).getVerifiedChain();
  } catch (error) {
    if (error.name !== 'X509StoreContextError') throw error;
    verdict = error.code;
  }
  verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  if (native.drainErrors().length > 0) throw new Error('something was left in the queue');
}
let flipped = 0;
for (const [index, certificate] of certificates.entries()) {
  const purpose = purposes[index % purposes.length];
  for (const store of [all, none]) {
    verify(store, certificate, {}, certificates);
    verify(store, certificate, { purpose, time, flags: 0x80000, hostname: 'example.org', policies: ['1.2.3'] }, certificates);
  }
  verify(all, certificate, { purpose, flags });
  const der = crypto.dumpCertificate(crypto.FILETYPE_ASN1, certificate);
  for (let at = 0; at < der.length; at += 61) {
    const changed = Buffer.from(der);
    changed[at] ^= 1 << at % 8;
    let read;
    try {
      read = crypto.loadCertificate(crypto.FILETYPE_ASN1, changed);
    } catch {
      continue;
    }
    flipped++;
    verify(index % 2 === 0 ? all : none, read, { purpose });
  }
}
console.log(JSON.stringify({ certificates: certificates.length, flipped, verdicts }));`;

test('survives every certificate of OpenSSL in every place, and those with flipped bits', async (t) => {
  const { exitCode, stdout, stderr } = await runProgram(torture, { env: { CERTS: certs } });
  t.is(exitCode, 0, stderr);
  const { certificates, flipped, verdicts } = JSON.parse(stdout);
  t.true(certificates > 150 && flipped > 1000, `${certificates} certificates, ${flipped} changed ones`);
  t.true(Object.keys(verdicts).length > 10, stdout);
  t.true(verdicts.OK > 50, stdout);
  t.log(`${certificates} certificates, ${flipped} changed ones, ${Object.keys(verdicts).length} verdicts`);
});
