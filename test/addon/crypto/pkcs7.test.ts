// PKCS#7: certificates and CRLs in one file, and data that openssl signed or encrypted.

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
const { CRL, FILETYPE_ASN1, FILETYPE_PEM, FILETYPE_TEXT, PKCS7, X509 } = crypto;
const { dumpPkcs7, loadCertificate, loadPkcs7Data, loadPrivatekey } = crypto;

const env = { OPENSSL_CONF: '/dev/null' };
const inCerts = (name: string) => path.join(certs, name);
const read = (name: string) => readFile(inCerts(name), 'utf8');
const certificate = loadCertificate(FILETYPE_PEM, await read('ee-cert.pem'));
const ca = loadCertificate(FILETYPE_PEM, await read('ca-cert.pem'));
const root = loadCertificate(FILETYPE_PEM, await read('root-cert.pem'));
const rootKey = loadPrivatekey(FILETYPE_PEM, await read('root-key.pem'));

function emptyList(): InstanceType<typeof CRL> {
  const crl = new CRL();
  crl.setLastUpdate('20240101000000Z');
  crl.sign(root, rootKey, 'sha256');
  return crl;
}

const digests = (list: readonly { digest(name: string): string }[]) =>
  list.map((each) => each.digest('sha256'));

/** What a program of openssl made, with the word `OUT` in its arguments standing for the file. */
async function made(t: ExecutionContext, ...argv: string[]): Promise<Buffer> {
  const file = path.join(await temporaryFolder(t), 'made');
  await run([openssl, ...argv.map((word) => (word === 'OUT' ? file : word))], { env });
  return readFile(file);
}

test('puts certificates and CRLs together to the byte as openssl does', async (t) => {
  const crl = emptyList();
  const ours = dumpPkcs7(FILETYPE_PEM, PKCS7.fromCertificates([certificate, ca], [crl]));
  const list = path.join(await temporaryFolder(t), 'list.pem');
  await writeFile(list, crypto.dumpCrl(FILETYPE_PEM, crl));
  const argv = [
    'crl2pkcs7',
    '-in',
    list,
    '-certfile',
    inCerts('ee-cert.pem'),
    '-certfile',
    inCerts('ca-cert.pem'),
  ];
  t.is(ours.toString(), (await made(t, ...argv, '-out', 'OUT')).toString());
  const again = loadPkcs7Data(FILETYPE_PEM, ours);
  t.deepEqual(digests(again.getCertificates()), digests([certificate, ca]));
  t.deepEqual(
    again.getCrls().map((each) => each.toDer()),
    [crl.toDer()],
  );
  t.true(again.getCrls()[0]?.verify(rootKey));
});

toolTest('certtool', 'GnuTLS reads what we put together', async (t) => {
  const input = dumpPkcs7(FILETYPE_PEM, PKCS7.fromCertificates(new Set([certificate, ca]))).toString();
  const { stdout } = await run(['certtool', '--p7-info'], { input });
  t.regex(stdout, /Number of certificates: 2\b/);
});

test('gives copies, and takes copies', (t) => {
  const mine = loadCertificate(FILETYPE_PEM, crypto.dumpCertificate(FILETYPE_PEM, ca));
  const pkcs7 = PKCS7.fromCertificates([mine]);
  const before = dumpPkcs7(FILETYPE_ASN1, pkcs7);
  mine.setSerialNumber(99n);
  pkcs7.getCertificates()[0]?.setSerialNumber(100n);
  t.deepEqual(dumpPkcs7(FILETYPE_ASN1, pkcs7), before);
  t.deepEqual(digests(pkcs7.getCertificates()), digests([ca]));
});

test('may be empty', (t) => {
  const empty = PKCS7.fromCertificates([]);
  t.deepEqual(empty.getCertificates(), []);
  t.deepEqual(empty.getCrls(), []);
  t.true(loadPkcs7Data(FILETYPE_ASN1, dumpPkcs7(FILETYPE_ASN1, empty)).typeIsSigned());
});

const smime = ['smime', '-outform', 'DER', '-binary', '-out', 'OUT'];
const signing = [...smime, '-sign', '-signer', inCerts('root-cert.pem'), '-inkey', inCerts('root-key.pem')];

test('tells the types of what openssl made', async (t) => {
  const input = inCerts('ee-cert.pem');
  const types = {
    'pkcs7-signedData': await made(t, ...signing, '-in', input),
    'pkcs7-envelopedData': await made(
      t,
      ...smime,
      '-encrypt',
      '-aes256',
      '-in',
      input,
      inCerts('root-cert.pem'),
    ),
    'pkcs7-data': Buffer.from('300f06092a864886f70d010701a0020400', 'hex'),
    'pkcs7-signedAndEnvelopedData': Buffer.from('300b06092a864886f70d010704', 'hex'),
    'pkcs7-encryptedData': Buffer.from('300b06092a864886f70d010706', 'hex'),
  };
  for (const [name, der] of Object.entries(types)) {
    const pkcs7 = loadPkcs7Data(FILETYPE_ASN1, der);
    t.is(pkcs7.getTypeName(), name);
    t.is(pkcs7.typeIsSigned(), name === 'pkcs7-signedData');
    t.is(pkcs7.typeIsEnveloped(), name === 'pkcs7-envelopedData');
    t.is(pkcs7.typeIsData(), name === 'pkcs7-data');
    t.is(pkcs7.typeIsSignedAndEnveloped(), name === 'pkcs7-signedAndEnvelopedData');
    t.is(inspect(pkcs7), `PKCS7 { type: ${name} }`);
    t.is(pkcs7.getCertificates().length, name === 'pkcs7-signedData' ? 1 : 0);
    t.deepEqual(pkcs7.getCrls(), []);
  }
});

test('verifies signatures over content inside and outside, and answers who signed', async (t) => {
  const input = inCerts('ee-cert.pem');
  const content = await readFile(input);
  const inside = loadPkcs7Data(FILETYPE_ASN1, await made(t, ...signing, '-nodetach', '-in', input));
  const outside = loadPkcs7Data(FILETYPE_ASN1, await made(t, ...signing, '-in', input));
  const bare = loadPkcs7Data(FILETYPE_ASN1, await made(t, ...signing, '-nocerts', '-in', input));
  for (const answer of [
    inside.verifySignatures(),
    outside.verifySignatures(content),
    outside.verifySignatures(content.toString()),
    bare.verifySignatures(content, [ca, root]),
  ]) {
    t.deepEqual(answer.content, content);
    t.deepEqual(digests(answer.signers), digests([root]));
    t.true(answer.signers[0] instanceof X509);
  }
  const error = { instanceOf: OpenSSLError, code: 'ERR_SIGNATURE' };
  t.throws(() => outside.verifySignatures('something else'), {
    ...error,
    message: /a signature is not right/,
  });
  t.throws(() => outside.verifySignatures(), error);
  t.throws(() => inside.verifySignatures(content), error, 'twice the content is none');
  t.throws(() => bare.verifySignatures(content), error);
  t.throws(() => bare.verifySignatures(content, [ca]), error);
  t.throws(() => PKCS7.fromCertificates([ca]).verifySignatures('x'), error);
  t.throws(
    () =>
      loadPkcs7Data(FILETYPE_ASN1, Buffer.from('300b06092a864886f70d010702', 'hex')).verifySignatures('x'),
    error,
  );
  t.deepEqual(loadNative().drainErrors(), []);
});

test('a signature over other content, or changed, is not right', async (t) => {
  const der = await made(t, ...signing, '-nodetach', '-in', inCerts('ee-cert.pem'));
  const changed = (at: number) => {
    const copy = Buffer.from(der);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return loadPkcs7Data(FILETYPE_ASN1, copy);
  };
  t.notThrows(() => loadPkcs7Data(FILETYPE_ASN1, der).verifySignatures());
  t.throws(() => changed(der.indexOf('BEGIN CERTIFICATE')).verifySignatures(), { code: 'ERR_SIGNATURE' });
  t.throws(() => changed(der.length - 1).verifySignatures(), { code: 'ERR_SIGNATURE' });
});

test('writes PEM, DER and the text of openssl, and reads them again', async (t) => {
  const pkcs7 = PKCS7.fromCertificates([ca]);
  const file = path.join(await temporaryFolder(t), 'a.p7b');
  await writeFile(file, dumpPkcs7(FILETYPE_PEM, pkcs7));
  const { stdout } = await run([openssl, 'pkcs7', '-in', file, '-print', '-noout'], { env });
  t.is(dumpPkcs7(FILETYPE_TEXT, pkcs7).toString(), stdout);
  const der = dumpPkcs7(FILETYPE_ASN1, pkcs7);
  t.deepEqual(dumpPkcs7(FILETYPE_ASN1, loadPkcs7Data(FILETYPE_ASN1, der)), der);
  t.deepEqual(dumpPkcs7(FILETYPE_ASN1, loadPkcs7Data(FILETYPE_PEM, await readFile(file, 'utf8'))), der);
});

/** What is refused, and how. */
const refused: Readonly<Record<string, readonly [() => unknown, unknown, string | RegExp]>> = {
  'one certificate for many': [
    () => PKCS7.fromCertificates(ca as never),
    TypeError,
    'Expected an iterable of X509 for certificates, got an instance of X509',
  ],
  'something else among them': [
    () => PKCS7.fromCertificates([ca, rootKey as never]),
    TypeError,
    'Expected an X509 for certificates, got an instance of PKey',
  ],
  'something else for CRLs': [
    () => PKCS7.fromCertificates([], [ca as never]),
    TypeError,
    'Expected a CRL for crls, got an instance of X509',
  ],
  'a certificate that is not signed': [
    () => PKCS7.fromCertificates([new X509()]),
    OpenSSLError,
    /^copying certificates: /,
  ],
  'something else to dump': [
    () => dumpPkcs7(FILETYPE_PEM, {} as never),
    TypeError,
    'Expected a PKCS7 for pkcs7, got an instance of Object',
  ],
  'something else to read': [
    () => loadPkcs7Data(FILETYPE_PEM, 'x'),
    OpenSSLError,
    /^loading PKCS#7: no start line/,
  ],
  'another type': [
    () => loadPkcs7Data(3 as never, 'x'),
    RangeError,
    'Expected FILETYPE_PEM or FILETYPE_ASN1 for type, got 3',
  ],
  'a number for content': [
    () => PKCS7.fromCertificates([ca]).verifySignatures(1 as never),
    TypeError,
    'Expected a string or a Uint8Array for content, got a number',
  ],
};

for (const [title, [call, instanceOf, message]] of Object.entries(refused)) {
  test(`refuses ${title}`, (t) => {
    t.throws(call, { instanceOf: instanceOf as never, message });
  });
}

test('cannot be made by hand', (t) => {
  const Made = PKCS7 as unknown as new (held?: unknown) => Tsopenssl.crypto.PKCS7;
  t.throws(() => new Made(), { instanceOf: TypeError });
  t.throws(() => new Made({}).getTypeName(), {
    instanceOf: TypeError,
    message: 'Expected a handle of this addon for pkcs7',
  });
});

/** Signed, encrypted and empty ones, cut and with every second byte changed. */
const torture = `
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
const { crypto } = await import(entry);
const native = createRequire('/')(binary);
let [loaded, refused] = [0, 0];
function attempt(call) {
  try {
    call();
  } catch (error) {
    if (error.name !== 'OpenSSLError') throw error;
  }
  if (native.drainErrors().length > 0) throw new Error('something was left in the queue');
}
function load(bytes) {
  attempt(() => {
    let pkcs7;
    try {
      pkcs7 = crypto.loadPkcs7Data(crypto.FILETYPE_ASN1, bytes);
    } catch (error) {
      refused++;
      throw error;
    }
    loaded++;
    inspect(pkcs7);
    attempt(() => pkcs7.getCertificates().forEach((each) => inspect(each)));
    attempt(() => pkcs7.getCrls().forEach((each) => inspect(each)));
    attempt(() => pkcs7.verifySignatures());
    attempt(() => pkcs7.verifySignatures('x'));
    for (const type of [crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1, crypto.FILETYPE_TEXT]) attempt(() => crypto.dumpPkcs7(type, pkcs7));
  });
}
for (const hex of process.env.FILES.split(',')) {
  const der = Buffer.from(hex, 'hex');
  for (let end = 0; end < der.length; end += 5) load(der.subarray(0, end));
  for (let at = 0; at < der.length; at += 2) {
    for (const value of [0, 0xff, der[at] ^ 0x20, der[at] + 1, der[at] - 1]) {
      const changed = Buffer.from(der);
      changed[at] = value;
      load(changed);
    }
  }
  load(der);
}
console.log(JSON.stringify({ loaded, refused }));`;

test('survives files that are cut, and files with every second byte changed', async (t) => {
  const input = path.join(await temporaryFolder(t), 'input');
  await writeFile(input, 'content');
  const files = [
    await made(t, ...signing, '-nodetach', '-in', input),
    await made(t, ...smime, '-encrypt', '-aes256', '-in', input, inCerts('root-cert.pem')),
    dumpPkcs7(FILETYPE_ASN1, PKCS7.fromCertificates([], [emptyList()])),
    ...[1, 2, 3, 4, 5, 6].map((type) => Buffer.from(`300b06092a864886f70d01070${type}`, 'hex')),
  ];
  const FILES = files.map((each) => each.toString('hex')).join();
  const { exitCode, stdout, stderr } = await runProgram(torture, { env: { ...env, FILES } });
  t.is(exitCode, 0, stderr);
  const { loaded, refused: count } = JSON.parse(stdout);
  t.true(loaded > 3000 && count > 1000, `${loaded} loaded, ${count} refused`);
  t.log(`${loaded} loaded, ${count} refused`);
});
