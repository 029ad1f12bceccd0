// Revocation lists, read by the packaged command line and by GnuTLS as well.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative, runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { distribution } from '../../support/openssl.ts';
import { stepResult } from '../../support/step-result.ts';
import { toolTest } from '../../support/tool-test.ts';

const { openssl } = await distribution();
const certs = path.join(await stepResult('extract'), 'test/certs');
const { crypto, OpenSSLError } = (await import(entry)) as typeof Tsopenssl;
const { CRL, FILETYPE_ASN1, FILETYPE_PEM, FILETYPE_TEXT, PKey, Revoked, X509Extension } = crypto;
const { dumpCrl, loadCertificate, loadCrl, loadPrivatekey } = crypto;

const read = (name: string) => readFile(path.join(certs, name), 'utf8');
const issuer = loadCertificate(FILETYPE_PEM, await read('root-cert.pem'));
const issuerKey = loadPrivatekey(FILETYPE_PEM, await read('root-key.pem'));
const otherKey = loadPrivatekey(FILETYPE_PEM, await read('ca-key.pem'));

type Reason = Tsopenssl.crypto.RevocationReason;

function revoked(serial: bigint, reason?: Reason): InstanceType<typeof Revoked> {
  const made = new Revoked();
  made.setSerial(serial);
  made.setRevDate('20240102030405Z');
  made.setReason(reason);
  return made;
}

function listOf(...entries: InstanceType<typeof Revoked>[]): InstanceType<typeof CRL> {
  const crl = new CRL();
  crl.setLastUpdate('20240201000000Z');
  crl.setNextUpdate('20510101000000Z');
  for (const each of entries) crl.addRevoked(each);
  return crl;
}

/** What `openssl crl` says of a list, with its signature checked against the issuer. */
async function opensslSays(t: ExecutionContext, pem: Buffer, ...words: string[]) {
  const file = path.join(await temporaryFolder(t), 'list.pem');
  await writeFile(file, pem);
  const argv = [
    openssl,
    'crl',
    '-in',
    file,
    '-CAfile',
    path.join(certs, 'root-cert.pem'),
    '-noout',
    ...words,
  ];
  return run(argv, { env: { OPENSSL_CONF: '/dev/null' }, allowFailure: true });
}

test('is empty when it is new, and cannot be written before it is signed', (t) => {
  const crl = new CRL();
  t.is(crl.getVersion(), 0);
  t.is(`${crl.getIssuer()}`, '');
  t.is(crl.getLastUpdate(), undefined);
  t.is(crl.getNextUpdateText(), undefined);
  t.is(crl.getCrlNumber(), undefined);
  t.deepEqual(crl.getRevoked(), []);
  t.false(crl.isRevoked(0n));
  t.is(inspect(crl), 'CRL { issuer: , lastUpdate: none, nextUpdate: none }');
  t.regex(dumpCrl(FILETYPE_TEXT, crl).toString(), /No Revoked Certificates/);
  t.throws(() => dumpCrl(FILETYPE_PEM, crl), { instanceOf: OpenSSLError, message: /^dumping a CRL: / });
  t.throws(() => crl.toDer(), { instanceOf: OpenSSLError });
  t.throws(() => crl.verify(issuerKey), { instanceOf: OpenSSLError });
  t.throws(() => crl.sign(issuer, issuerKey, 'sha256'), {
    instanceOf: TypeError,
    message: 'Expected a CRL that has the time of its last update to sign, got one without',
  });
  t.deepEqual(loadNative().drainErrors(), []);
});

test('writes lists that openssl reads and verifies', async (t) => {
  const crl = listOf(revoked(0x1234567890abcdefn, 'keyCompromise'), revoked(7n));
  crl.setCrlNumber(4711n);
  crl.sign(issuer, issuerKey, 'sha384');
  const pem = dumpCrl(FILETYPE_PEM, crl);
  const { stdout, stderr } = await opensslSays(t, pem, '-text');
  t.regex(stderr, /verify OK/);
  t.is(stdout, dumpCrl(FILETYPE_TEXT, crl).toString());
  t.regex(stdout, /Version 2 .*sha384WithRSAEncryption.*Issuer: CN *= *Root CA/s);
  t.regex(stdout, /Serial Number: 07\n.*Serial Number: 1234567890ABCDEF\n.*Key Compromise/s);

  // the control: the same with one bit of the signature turned over
  const der = dumpCrl(FILETYPE_ASN1, crl);
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  const damaged = dumpCrl(FILETYPE_PEM, loadCrl(FILETYPE_ASN1, der));
  t.notRegex((await opensslSays(t, damaged)).stderr, /verify OK/);
});

toolTest('certtool', 'writes lists that GnuTLS reads and verifies', async (t) => {
  const crl = listOf(revoked(0x1234567890abcdefn, 'keyCompromise'), revoked(7n));
  crl.setCrlNumber(4711n);
  crl.sign(issuer, issuerKey, 'sha256');
  const input = dumpCrl(FILETYPE_PEM, crl).toString();
  const { stdout } = await run(['certtool', '--crl-info'], { input });
  t.regex(stdout, /CRL Number \(not critical\): 1267\n/);
  t.regex(stdout, /Serial Number \(hex\): 07\n\s*Revoked at: Tue Jan 02 03:04:05 UTC 2024/);
  const verify = ['certtool', '--verify-crl', '--load-ca-certificate'];
  const right = [...verify, path.join(certs, 'root-cert.pem')];
  t.regex((await run(right, { input })).stdout, /Verification output: Verified\./);
  const wrong = [...verify, path.join(certs, 'ca-cert.pem')];
  t.notRegex((await run(wrong, { input, allowFailure: true })).stdout, /Verification output: Verified\./);
});

test('verifies its signature, and nothing else passes for it', (t) => {
  const crl = listOf(revoked(1n));
  crl.sign(issuer, issuerKey, 'sha256');
  t.true(crl.verify(issuerKey));
  t.true(crl.verify(issuer.getPubkey()));
  const code = 'ERR_SIGNATURE';
  t.throws(() => crl.verify(otherKey), { instanceOf: OpenSSLError, code, message: /^verifying a CRL: / });
  crl.addRevoked(revoked(2n));
  t.throws(() => crl.verify(issuerKey), { code });
  crl.sign(issuer, issuerKey, 'sha256');
  t.true(crl.verify(issuerKey));
  crl.setCrlNumber(1n);
  t.throws(() => crl.verify(issuerKey), { code });
  t.deepEqual(loadNative().drainErrors(), []);
});

test('signs with keys that have a digest of their own', (t) => {
  for (const kind of ['ed25519', 'ml-dsa-44'] as const) {
    const key = new PKey();
    key.generateKey(kind);
    const crl = listOf(revoked(1n));
    crl.sign(issuer, key);
    t.true(loadCrl(FILETYPE_ASN1, crl.toDer()).verify(key));
    t.throws(() => crl.sign(issuer, key, 'sha256'), { instanceOf: RangeError });
    t.true(crl.verify(key));
  }
});

test('sorts its entries when it is signed, and keeps their order when it is exported', (t) => {
  const serials = (crl: InstanceType<typeof CRL>) => crl.getRevoked().map((each) => each.getSerial());
  const crl = listOf(revoked(3n), revoked(1n), revoked(2n));
  crl.export(issuer, issuerKey, FILETYPE_PEM, 1, 'sha256');
  t.deepEqual(serials(crl), [3n, 1n, 2n]);
  t.true(crl.isRevoked(1n));
  t.deepEqual(serials(crl), [3n, 1n, 2n], 'looking for one does not sort them');
  crl.sign(issuer, issuerKey, 'sha256');
  t.deepEqual(serials(crl), [1n, 2n, 3n]);
});

test('exports with its times set to now and so many days later', (t) => {
  const crl = listOf(revoked(1n));
  const start = Math.floor(Date.now() / 1000) * 1000;
  const pem = crl.export(issuer, issuerKey, undefined, undefined, 'sha256');
  const again = loadCrl(FILETYPE_PEM, pem);
  const [last, next] = [again.getLastUpdate()?.getTime() ?? 0, again.getNextUpdate()?.getTime()];
  t.true(last >= start && last <= Date.now());
  t.is(next, last + 100 * 86_400_000);
  t.is(crl.getLastUpdate()?.getTime(), last);
  t.is(`${again.getIssuer()}`, 'CN=Root CA');
  t.deepEqual(crl.export(issuer, issuerKey, FILETYPE_ASN1, 7, 'sha256'), crl.toDer());
  t.is((crl.getNextUpdate()?.getTime() ?? 0) - (crl.getLastUpdate()?.getTime() ?? 0), 7 * 86_400_000);
});

test('is of version 2 once it has extensions, and as it was set without', (t) => {
  const plain = listOf(revoked(1n));
  plain.sign(issuer, issuerKey, 'sha256');
  t.is(plain.getVersion(), 0);
  plain.setVersion(1);
  plain.sign(issuer, issuerKey, 'sha256');
  t.is(plain.getVersion(), 1);
  const withReason = listOf(revoked(1n, 'superseded'));
  withReason.setVersion(0);
  withReason.sign(issuer, issuerKey, 'sha256');
  t.is(withReason.getVersion(), 1);
});

test('takes and gives copies of entries', (t) => {
  const entry = revoked(1n, 'superseded');
  const crl = listOf(entry);
  entry.setSerial(2n);
  t.is(crl.getRevoked()[0]?.getSerial(), 1n);
  crl.getRevoked()[0]?.setSerial(3n);
  crl.findRevoked(1n)?.setReason(undefined);
  t.is(crl.findRevoked(1n)?.getReason(), 'superseded');
  t.is(crl.findRevoked(2n), undefined);
  t.throws(() => crl.addRevoked(new Revoked()), {
    instanceOf: TypeError,
    message: 'Expected a Revoked that has a date for revoked, got one without',
  });
  t.is(crl.getRevoked().length, 1);
});

test('tells whom it revokes, and that an entry removeFromCRL revokes nobody', (t) => {
  const crl = listOf(revoked(5n), revoked(-5n, 'certificateHold'), revoked(6n, 'removeFromCRL'));
  const check = () => {
    t.true(crl.isRevoked(5n));
    t.true(crl.isRevoked(-5n));
    t.false(crl.isRevoked(6n));
    t.false(crl.isRevoked(4n));
    t.is(crl.findRevoked(6n)?.getReason(), 'removeFromCRL');
  };
  check();
  crl.sign(issuer, issuerKey, 'sha256');
  check();
});

test('its issuer is a view, and a name can be put there', (t) => {
  const crl = listOf();
  crl.getIssuer().CN = 'Somebody';
  t.is(`${crl.getIssuer()}`, 'CN=Somebody');
  crl.setIssuer(issuer.getSubject());
  t.is(`${crl.getIssuer()}`, 'CN=Root CA');
  t.is(`${issuer.getSubject()}`, 'CN=Root CA');
});

test('a number that is changed or removed is written so, in a list that was read too', (t) => {
  const crl = listOf();
  crl.setCrlNumber(5n);
  crl.sign(issuer, issuerKey, 'sha256');
  const again = loadCrl(FILETYPE_ASN1, crl.toDer());
  again.setCrlNumber(2n ** 100n);
  t.is(loadCrl(FILETYPE_ASN1, again.toDer()).getCrlNumber(), 2n ** 100n);
  again.setCrlNumber(undefined);
  t.is(loadCrl(FILETYPE_ASN1, again.toDer()).getCrlNumber(), undefined);
});

test('has extensions of its own and of its entries, made by the syntax of openssl.cnf too', async (t) => {
  const entry = revoked(9n, 'superseded');
  entry.addExtensions([new X509Extension('invalidityDate', false, 'ASN1:GENERALIZEDTIME:20240101000000Z')]);
  t.deepEqual(
    entry.getExtensions().map((each) => each.getShortName()),
    ['CRLReason', 'invalidityDate'],
  );
  const crl = listOf(entry);
  const section = '[crl_ext]\nauthorityKeyIdentifier = keyid\nissuerAltName = URI:http://ca.example/\n';
  crl.addExtensions(X509Extension.fromConfig(section, 'crl_ext', { issuer }));
  crl.setCrlNumber(3n);
  crl.sign(issuer, issuerKey, 'sha256');
  const names = ['authorityKeyIdentifier', 'issuerAltName', 'crlNumber'];
  const again = loadCrl(FILETYPE_PEM, dumpCrl(FILETYPE_PEM, crl));
  t.deepEqual(
    again.getExtensions().map((each) => each.getShortName()),
    names,
  );
  t.is(`${again.getExtensions()[1]}`, 'URI:http://ca.example/');
  // OpenSSL prints such a date only behind a margin
  const date = '18:0F:32:30:32:34:30:31:30:31:30:30:30:30:30:30:5A';
  t.deepEqual(again.getRevoked()[0]?.getExtensions().map(String), ['Superseded', date]);
  const { stdout, stderr } = await opensslSays(t, dumpCrl(FILETYPE_PEM, crl), '-text');
  t.regex(stderr, /verify OK/);
  t.regex(
    stdout,
    /Issuer Alternative Name: *\n *URI:http:\/\/ca.example\/\n.*Invalidity Date: *\n *Jan {2}1 00:00:00 2024 GMT/s,
  );
  // in a list that was read, and signed by somebody: the signature no longer fits
  t.true(again.verify(issuerKey));
  again.addExtensions([new X509Extension('issuerAltName', false, 'DNS:x')]);
  t.is(loadCrl(FILETYPE_ASN1, again.toDer()).getExtensions().length, 4);
  t.throws(() => again.verify(issuerKey), { code: 'ERR_SIGNATURE' });
});

test('adds all extensions or none, and copies of them', (t) => {
  const crl = listOf();
  const extension = new X509Extension('issuerAltName', false, 'DNS:x');
  for (const wrong of [[extension, {}], [extension, null], 1, extension]) {
    t.throws(() => crl.addExtensions(wrong as never), { instanceOf: TypeError });
    t.throws(() => new Revoked().addExtensions(wrong as never), { instanceOf: TypeError });
  }
  t.deepEqual(crl.getExtensions(), []);
  crl.addExtensions([extension, extension]);
  t.is(crl.getExtensions().length, 2);
});

test('what fails leaves the list as it was', (t) => {
  const crl = listOf(revoked(2n, 'superseded'), revoked(1n));
  crl.getIssuer().CN = 'Before';
  crl.sign(issuer, issuerKey, 'sha256');
  crl.getIssuer().CN = 'Before';
  const before = crl.toDer();
  const publicKey = issuer.getPubkey();
  t.throws(() => crl.sign(issuer, publicKey, 'sha256'), { instanceOf: OpenSSLError });
  t.throws(() => crl.sign(issuer, issuerKey, 'nonsense'), { instanceOf: OpenSSLError, message: /nonsense/ });
  t.throws(() => crl.sign(issuer, issuerKey), { instanceOf: RangeError });
  t.throws(() => crl.export(issuer, publicKey, FILETYPE_PEM, 10, 'sha256'), { instanceOf: OpenSSLError });
  t.throws(() => crl.setLastUpdate('tomorrow'), { instanceOf: OpenSSLError });
  t.throws(() => crl.setCrlNumber(-1n), { instanceOf: RangeError });
  t.deepEqual(crl.toDer(), before);
});

/** What is refused, and how. */
const refused: Readonly<
  Record<string, readonly [(crl: InstanceType<typeof CRL>) => unknown, unknown, string]>
> = {
  'another version': [
    (crl) => crl.setVersion(2),
    RangeError,
    'Expected an integer from 0 to 1 for version, got 2',
  ],
  'something else than an entry': [
    (crl) => crl.addRevoked(crl as never),
    TypeError,
    'Expected a Revoked for revoked, got an instance of CRL',
  ],
  'an object that pretends to be an entry': [
    (crl) => crl.addRevoked(Object.create(Revoked.prototype)),
    TypeError,
    'Expected a Revoked for revoked, got an instance of Revoked',
  ],
  'a number that is no bigint': [
    (crl) => crl.setCrlNumber(1 as never),
    TypeError,
    'Expected a bigint of at least 0 for number, got a number',
  ],
  'a negative number': [
    (crl) => crl.setCrlNumber(-1n),
    RangeError,
    'Expected a bigint of at least 0 for number, got -1',
  ],
  'a serial number that is no bigint': [
    (crl) => crl.isRevoked('1' as never),
    TypeError,
    'Expected a bigint for serial, got a string',
  ],
  'something else than a certificate': [
    (crl) => crl.sign(issuerKey as never, issuerKey, 'sha256'),
    TypeError,
    'Expected an X509 for certificate, got an instance of PKey',
  ],
  'an empty key': [
    (crl) => crl.sign(issuer, new PKey(), 'sha256'),
    TypeError,
    'Expected a PKey that holds a key for issuerKey, got an empty one',
  ],
  'days that are no integer': [
    (crl) => crl.export(issuer, issuerKey, FILETYPE_PEM, 1.5, 'sha256'),
    RangeError,
    'Expected an integer from -36500 to 36500 for days, got 1.5',
  ],
  'another type': [
    (crl) => crl.export(issuer, issuerKey, 3 as never, 1, 'sha256'),
    RangeError,
    'Expected FILETYPE_PEM, FILETYPE_ASN1 or FILETYPE_TEXT for type, got 3',
  ],
  'a type for output only': [
    () => loadCrl(FILETYPE_TEXT, 'x'),
    RangeError,
    'Expected FILETYPE_PEM or FILETYPE_ASN1 for type, got 65535',
  ],
  'something else than a list': [
    () => dumpCrl(FILETYPE_PEM, {} as never),
    TypeError,
    'Expected a CRL for crl, got an instance of Object',
  ],
};

for (const [title, [call, instanceOf, message]] of Object.entries(refused)) {
  test(`refuses ${title}`, (t) => {
    t.throws(() => call(listOf()), { instanceOf: instanceOf as never, message });
  });
}

/** Lists with and without reasons, cut everywhere and with every byte changed, through every function. */
const torture = `
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
const { crypto } = await import(entry);
const native = createRequire('/')(binary);
const { FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT } = crypto;
const issuer = crypto.loadCertificate(FILETYPE_PEM, process.env.ISSUER);
const key = crypto.loadPrivatekey(FILETYPE_PEM, process.env.KEY);
let [loaded, refused] = [0, 0];
function attempt(call) {
  try {
    call();
  } catch (error) {
    if (!['OpenSSLError', 'TypeError', 'RangeError'].includes(error.name)) throw error;
  }
  if (native.drainErrors().length > 0) throw new Error('something was left in the queue');
}
function load(bytes) {
  attempt(() => {
    let crl;
    try {
      crl = crypto.loadCrl(FILETYPE_ASN1, bytes);
    } catch (error) {
      refused++;
      throw error;
    }
    loaded++;
    inspect(crl);
    for (const method of ['getVersion', 'getIssuer', 'getLastUpdate', 'getNextUpdate', 'getCrlNumber', 'getExtensions', 'toDer']) attempt(() => crl[method]());
    attempt(() => crl.getRevoked().forEach((each) => { inspect(each); attempt(() => crl.addRevoked(each)); }));
    attempt(() => crl.isRevoked(5n));
    attempt(() => crl.verify(key));
    for (const type of [FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT]) attempt(() => crypto.dumpCrl(type, crl));
    if (loaded % 16 === 0) attempt(() => crl.sign(issuer, key, 'sha256'));
  });
}
const crl = new crypto.CRL();
for (const [serial, reason] of [[5n, 'superseded'], [-1n, undefined], [2n ** 100n, 'removeFromCRL']]) {
  const revoked = new crypto.Revoked();
  revoked.setSerial(serial);
  revoked.setReason(reason);
  revoked.setRevDate('20240101000000Z');
  crl.addRevoked(revoked);
}
crl.setCrlNumber(300n);
crl.export(issuer, key, FILETYPE_PEM, 10, 'sha256');
const der = crl.toDer();
for (let end = 0; end <= der.length; end++) load(der.subarray(0, end));
for (let at = 0; at < der.length; at++) {
  for (const value of [0, 0xff, der[at] ^ 1, der[at] ^ 0x80, der[at] ^ 0x20, der[at] + 1, der[at] - 1]) {
    const changed = Buffer.from(der);
    changed[at] = value;
    load(changed);
  }
}
console.log(JSON.stringify({ loaded, refused }));`;

test('survives a list that is cut everywhere, and one with every byte changed', async (t) => {
  const env = { ISSUER: await read('root-cert.pem'), KEY: await read('root-key.pem') };
  const { exitCode, stdout, stderr } = await runProgram(torture, { env });
  t.is(exitCode, 0, stderr);
  const { loaded, refused: count } = JSON.parse(stdout);
  t.true(loaded > 1000 && count > 1000, `${loaded} loaded, ${count} refused`);
  t.log(`${loaded} loaded, ${count} refused`);
});
