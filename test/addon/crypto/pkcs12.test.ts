// PKCS#12 files, exchanged with openssl, GnuTLS and NSS; old ones, damaged ones, and ones that would take hours.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
const { FILETYPE_PEM, loadCertificate, loadPkcs12, loadPrivatekey, PKCS12, PKey } = crypto;

type P12 = InstanceType<typeof PKCS12>;
type Options = Tsopenssl.crypto.PKCS12Options;

const env = { OPENSSL_CONF: '/dev/null' };
const read = (name: string) => readFile(path.join(certs, name), 'utf8');
const key = loadPrivatekey(FILETYPE_PEM, await read('ee-key.pem'));
const certificate = loadCertificate(FILETYPE_PEM, await read('ee-cert.pem'));
const ca = loadCertificate(FILETYPE_PEM, await read('ca-cert.pem'));
const root = loadCertificate(FILETYPE_PEM, await read('root-cert.pem'));

function filled(): P12 {
  const pkcs12 = new PKCS12();
  pkcs12.setPrivatekey(key);
  pkcs12.setCertificate(certificate);
  pkcs12.setCaCertificates([ca, root]);
  pkcs12.setFriendlyname('server');
  return pkcs12;
}

const digest = (each: { digest(name: string): string } | undefined) => each?.digest('sha256');

function isFilled(t: ExecutionContext, pkcs12: P12, friendlyName: string | undefined = 'server'): void {
  t.true(pkcs12.getPrivatekey()?.isPrivate());
  t.true(pkcs12.getPrivatekey()?.equals(key));
  t.is(digest(pkcs12.getCertificate()), digest(certificate));
  t.deepEqual(pkcs12.getCaCertificates().map(digest), [ca, root].map(digest));
  t.is(pkcs12.getFriendlyname(), friendlyName);
}

/** Cheap, since most tests are not about that. */
const fast: Options = { iterations: 1000 };
const wrongPassphrase = {
  instanceOf: OpenSSLError,
  code: 'ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE',
  message: /^loading a PKCS#12 file whose MAC does not fit: the passphrase is wrong, or the file was changed/,
};

test('is empty when it is new, keeps what it is given, and gives it up', (t) => {
  const pkcs12 = new PKCS12();
  t.is(pkcs12.getPrivatekey(), undefined);
  t.is(pkcs12.getCertificate(), undefined);
  t.is(pkcs12.getFriendlyname(), undefined);
  t.deepEqual(pkcs12.getCaCertificates(), []);
  t.throws(() => pkcs12.export(), {
    instanceOf: TypeError,
    message: 'Expected a PKCS12 that holds a key or a certificate, got an empty one',
  });
  pkcs12.setCaCertificates(new Set([ca]));
  pkcs12.getCaCertificates().pop();
  t.deepEqual(pkcs12.getCaCertificates(), [ca]);
  pkcs12.setPrivatekey(key);
  t.is(pkcs12.getPrivatekey(), key);
  pkcs12.setPrivatekey(undefined);
  pkcs12.setCaCertificates(undefined);
  t.throws(() => pkcs12.export(), { instanceOf: TypeError });
});

/** Ways to protect a file, and what `openssl pkcs12 -info` says of each. */
const protections: Readonly<Record<string, readonly [options: Options, said: RegExp]>> = {
  'the defaults': [
    {},
    /^MAC: sha256, Iteration 600000\nMAC length: 32, salt length: 16\n.*Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256\n.*Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 600000/s,
  ],
  PBMAC1: [
    { ...fast, mac: 'pbmac1', macDigest: 'sha512' },
    /^MAC: PBMAC1 using PBKDF2, Iteration 1000\nKey length: 64, Salt length: 16\nPBKDF2 PRF: hmacWithSHA512\n/,
  ],
  'another cipher and numbers': [
    { cipher: 'aes-128-cbc', iterations: 3, macIterations: 7, macDigest: 'sha384' },
    /^MAC: sha384, Iteration 7\n.*AES-128-CBC, Iteration 3,/s,
  ],
  'what old systems read': [
    { ...fast, cipher: 'pbe-sha1-3des', macDigest: 'sha1' },
    /^MAC: sha1, Iteration 1000\n.*Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 1000/s,
  ],
  'certificates in the clear': [
    { ...fast, encryptCertificates: false },
    /^MAC: sha256, Iteration 1000\n.*\nPKCS7 Data\nCertificate bag\nCertificate bag\nCertificate bag\nPKCS7 Data\nShrouded/s,
  ],
};

for (const [title, [options, said]] of Object.entries(protections)) {
  test(`writes and reads a file with ${title}, as openssl does`, async (t) => {
    const der = filled().export('secret ä', options);
    isFilled(t, loadPkcs12(der, 'secret ä'));
    isFilled(t, loadPkcs12(der, Buffer.from('secret ä')));
    t.throws(() => loadPkcs12(der, 'secret a'), wrongPassphrase);
    t.throws(() => loadPkcs12(der), wrongPassphrase);
    const file = path.join(await temporaryFolder(t), 'a.p12');
    await writeFile(file, der);
    const argv = [openssl, 'pkcs12', '-in', file, '-info', '-noout', '-passin', 'env:SECRET'];
    const { stderr } = await run(argv, { env: { ...env, SECRET: 'secret ä' } });
    t.regex(stderr, said);
  });
}

test('takes a file without a MAC, and finds a wrong passphrase by what it decrypts', (t) => {
  const der = filled().export('secret', { ...fast, mac: 'none' });
  isFilled(t, loadPkcs12(der, 'secret'));
  t.throws(() => loadPkcs12(der, 'wrong'), {
    instanceOf: OpenSSLError,
    message: /^decrypting a PKCS#12 file: bad decrypt .*maybe wrong password/,
  });
});

test('no passphrase and an empty one read each other', (t) => {
  const [none, empty] = [filled().export(undefined), filled().export('')];
  for (const der of [none, empty]) {
    isFilled(t, loadPkcs12(der));
    isFilled(t, loadPkcs12(der, ''));
    isFilled(
      t,
      loadPkcs12(der, () => ''),
    );
    t.throws(() => loadPkcs12(der, 'x'), wrongPassphrase);
  }
});

test('asks a passphrase function, and throws what it throws', (t) => {
  const asked: boolean[] = [];
  const answer = (writing: boolean) => {
    asked.push(writing);
    return 'secret';
  };
  isFilled(t, loadPkcs12(filled().export(answer, fast), answer));
  t.deepEqual(asked, [true, false]);
  const failing = () => {
    throw new Error('no such passphrase');
  };
  t.throws(() => filled().export(failing), { message: 'no such passphrase' });
  t.throws(() => loadPkcs12(filled().export('', fast), failing), { message: 'no such passphrase' });
});

test('keeps friendly names of every character, those of other certificates too', async (t) => {
  const pkcs12 = filled();
  for (const name of ['Größe', '名前', 'a 𝄞 z']) {
    pkcs12.setFriendlyname(name);
    t.is(loadPkcs12(pkcs12.export('', fast)).getFriendlyname(), name);
  }
  // a name that a file gave to another certificate is kept, and one that was taken away from the key's own does not come back
  const dir = await temporaryFolder(t);
  const file = path.join(dir, 'named.p12');
  const argv = [openssl, 'pkcs12', '-export', '-in', path.join(certs, 'ee-cert.pem')];
  const names = ['-certfile', path.join(certs, 'ca-cert.pem'), '-name', 'own', '-caname', 'authority'];
  await run(
    [...argv, '-inkey', path.join(certs, 'ee-key.pem'), ...names, '-passout', 'pass:', '-out', file],
    { env },
  );
  const named = loadPkcs12(await readFile(file));
  t.is(named.getFriendlyname(), 'own');
  named.setFriendlyname(undefined);
  await writeFile(file, named.export('', fast));
  const { stdout } = await run([openssl, 'pkcs12', '-in', file, '-passin', 'pass:', '-nokeys'], { env });
  t.true(stdout.includes('friendlyName: authority'));
  t.false(stdout.includes('friendlyName: own'));
});

test('takes parts: a key alone, certificates alone, and every kind of key', (t) => {
  const alone = new PKCS12();
  alone.setCaCertificates([ca, root]);
  const trust = loadPkcs12(alone.export('x', fast), 'x');
  t.is(trust.getPrivatekey(), undefined);
  t.is(trust.getCertificate(), undefined);
  t.deepEqual(trust.getCaCertificates().map(digest), [ca, root].map(digest));
  for (const kind of ['ec', 'ed25519', 'ml-dsa-44'] as const) {
    const made = new PKey();
    made.generateKey(kind);
    const pkcs12 = new PKCS12();
    pkcs12.setPrivatekey(made);
    pkcs12.setFriendlyname(kind);
    const again = loadPkcs12(pkcs12.export('x', fast), 'x');
    t.true(again.getPrivatekey()?.equals(made));
    t.is(again.getFriendlyname(), kind);
  }
});

test('refuses a certificate of another key, and a public key', (t) => {
  const pkcs12 = filled();
  pkcs12.setCertificate(ca);
  t.throws(() => pkcs12.export('x', fast), {
    instanceOf: OpenSSLError,
    code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
    message: /^making a PKCS#12 file of a key and a certificate that do not belong together: /,
  });
  pkcs12.setCertificate(certificate);
  pkcs12.setPrivatekey(certificate.getPubkey());
  t.throws(() => pkcs12.export('x', fast), { instanceOf: OpenSSLError });
  pkcs12.setPrivatekey(key);
  isFilled(t, loadPkcs12(pkcs12.export('x', fast), 'x'));
  t.deepEqual(loadNative().drainErrors(), []);
});

test('shows nothing of the key', (t) => {
  t.is(
    inspect(filled()),
    'PKCS12 { friendlyName: "server", key: PKey { private RSA, 2048 bits }, certificate: ' +
      'X509 { subject: CN=server.example, issuer: CN=CA, serial: 0x2 }, caCertificates: 2 }',
  );
  t.is(JSON.stringify(filled()), '{}');
});

/** A file with RC2 of 40 bits, as Windows and OpenSSL before 3.0 wrote them. */
async function legacyFile(t: ExecutionContext): Promise<string> {
  const file = path.join(await temporaryFolder(t), 'legacy.p12');
  const [input, inkey] = [path.join(certs, 'ee-cert.pem'), path.join(certs, 'ee-key.pem')];
  const argv = [openssl, 'pkcs12', '-export', '-legacy', '-in', input, '-inkey', inkey];
  await run([...argv, '-passout', 'pass:old', '-out', file], { env });
  return file;
}

test('reads a file of the legacy provider only when it is told to, and says so', async (t) => {
  const der = await readFile(await legacyFile(t));
  t.throws(() => loadPkcs12(der, 'old'), {
    instanceOf: OpenSSLError,
    code: 'ERR_OSSL_EVP_UNSUPPORTED',
    message:
      /^loading a PKCS#12 file that is encrypted with rc2-40-cbc, which the legacy provider alone has: read it with the option \{ legacy: true \}: unsupported/,
  });
  t.throws(() => loadPkcs12(der, 'wrong', { legacy: true }), wrongPassphrase);
  const old = loadPkcs12(der, 'old', { legacy: true });
  t.true(old.getPrivatekey()?.equals(key));
  t.is(digest(old.getCertificate()), digest(certificate));
  const signature = crypto.sign(old.getPrivatekey() ?? key, 'text', 'sha256');
  t.notThrows(() => crypto.verify(certificate, signature, 'text', 'sha256'));
  t.throws(() => loadPkcs12(der, 'old'), { code: 'ERR_OSSL_EVP_UNSUPPORTED' }, 'still');
});

/** Reads a legacy file if it is told to, in this thread and in others, and tells what the default context knows of RC2. */
const isolation = `
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
const { crypto, info } = await import(entry);
const file = readFileSync(process.env.FILE);
const key = new crypto.PKey();
key.generateKey('ed25519');
function hasRc2() {
  try {
    crypto.dumpPrivatekey(crypto.FILETYPE_PEM, key, 'rc2-40-cbc', 'x');
    return true;
  } catch (error) {
    return error.code;
  }
}
const answers = [hasRc2()];
if (process.env.LEGACY) {
  const source = 'const { parentPort, workerData } = require("node:worker_threads");' +
    'import(workerData.entry).then(({ crypto }) => parentPort.postMessage(' +
    'crypto.loadPkcs12(workerData.file, "old", { legacy: true }).getPrivatekey().bits()))';
  const threads = Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true, execArgv: [], workerData: { entry, file } });
    worker.on('message', resolve);
    worker.on('error', reject);
  }));
  answers.push(crypto.loadPkcs12(file, 'old', { legacy: true }).getPrivatekey().bits(), ...await Promise.all(threads));
} else {
  answers.push(crypto.loadPkcs12(file, 'old').getPrivatekey().bits());
}
answers.push(hasRc2(), info().providers.map(({ name }) => name).sort().join());
console.log(JSON.stringify(answers));`;

test('the default context never gets the algorithms of a legacy file, in no thread', async (t) => {
  const file = await legacyFile(t);
  const { stdout, stderr } = await runProgram(isolation, { env: { ...env, FILE: file, LEGACY: '1' } });
  const bits = [2048, 2048, 2048, 2048, 2048];
  t.is(
    stdout.trim(),
    JSON.stringify(['ERR_OSSL_EVP_UNSUPPORTED', ...bits, 'ERR_OSSL_EVP_UNSUPPORTED', 'default']),
    stderr,
  );
});

test('with the legacy provider in openssl.cnf the default context has them: the question above can be answered yes', async (t) => {
  const file = await legacyFile(t);
  const conf = path.join(path.dirname(file), 'openssl.cnf');
  const lines = [
    'openssl_conf = a',
    '[a]',
    'providers = b',
    '[b]',
    'default = c',
    'legacy = c',
    '[c]',
    'activate = 1',
  ];
  await writeFile(conf, `${lines.join('\n')}\n`);
  const { stdout, stderr } = await runProgram(isolation, { env: { OPENSSL_CONF: conf, FILE: file } });
  t.is(stdout.trim(), JSON.stringify([true, 2048, true, 'default,legacy']), stderr);
});

test('reads a file whose passphrase was encoded as OpenSSL 1.0 did', (t) => {
  // each byte of the UTF-8 as a character of its own
  const old = Buffer.from('geheimß').toString('latin1');
  const der = filled().export(old, { ...fast, cipher: 'pbe-sha1-3des', macDigest: 'sha1' });
  isFilled(t, loadPkcs12(der, 'geheimß'));
  t.throws(() => loadPkcs12(der, 'geheimss'), wrongPassphrase);
  t.throws(() => loadPkcs12(filled().export('geheimß', fast), old), wrongPassphrase);
});

test('does not run the key derivations of a file that asks for too much', (t) => {
  const der = filled().export('x', { iterations: 65_536, mac: 'none' });
  const at = der.lastIndexOf(Buffer.from([2, 3, 1, 0, 0]));
  const asking = (...bytes: number[]) => {
    const copy = Buffer.from(der);
    copy.set(bytes, at + 2);
    return copy;
  };
  const start = Date.now();
  t.throws(() => loadPkcs12(asking(0x7f, 0xff, 0xff), 'x', { maxIterations: 8_000_000 }), {
    instanceOf: RangeError,
    message: `Expected at most 8000000 iterations (maxIterations) in a PKCS#12 file, got ${0x7fffff} or more`,
  });
  t.throws(() => loadPkcs12(asking(0x80, 0, 0), 'x'), {
    instanceOf: RangeError,
    message:
      /^Expected at most 10000000 iterations \(maxIterations\) in a PKCS#12 file, got an endless number/,
  });
  t.true(Date.now() - start < 2000, 'at once');
  isFilled(t, loadPkcs12(asking(1, 0, 0), 'x'));
});

test('counts the key derivations of a whole file: certificates, key and MAC', (t) => {
  const der = filled().export('x', { iterations: 1000, macIterations: 7 });
  isFilled(t, loadPkcs12(der, 'x', { maxIterations: 2007 }));
  t.throws(() => loadPkcs12(der, 'x', { maxIterations: 2006 }), {
    instanceOf: RangeError,
    message: 'Expected at most 2006 iterations (maxIterations) in a PKCS#12 file, got 2007 or more',
  });
  t.throws(() => loadPkcs12(der, 'x', { maxIterations: 6 }), { instanceOf: RangeError, message: /got 7 or/ });
});

test('counts scrypt by what it costs', async (t) => {
  const dir = await temporaryFolder(t);
  const [scrypt, file] = [path.join(dir, 'key.p8'), path.join(dir, 'scrypt.p12')];
  const argv = [openssl, 'pkcs8', '-topk8', '-in', path.join(certs, 'ee-key.pem'), '-outform', 'DER'];
  await run([...argv, '-scrypt', '-scrypt_N', '1024', '-passout', 'pass:x', '-out', scrypt], { env });
  await writeFile(file, keyFile(await readFile(scrypt)));
  const der = await readFile(file);
  t.true(loadPkcs12(der, 'x').getPrivatekey()?.equals(key));
  t.true(
    loadPkcs12(der, 'x', { maxIterations: 4 * 1024 * 8 })
      .getPrivatekey()
      ?.equals(key),
  );
  t.throws(() => loadPkcs12(der, 'x', { maxIterations: 4 * 1024 * 8 - 1 }), { instanceOf: RangeError });
});

/** A PKCS#12 file without a MAC whose only bag is this EncryptedPrivateKeyInfo. */
function keyFile(encrypted: Buffer): Buffer {
  const oid = (hex: string) => Buffer.from(hex, 'hex');
  const data = oid('06092a864886f70d010701');
  const explicit = (content: Buffer) => tlv(0xa0, content);
  const bag = tlv(0x30, oid('060b2a864886f70d010c0a0102'), explicit(encrypted));
  const safe = tlv(0x30, data, explicit(tlv(0x04, tlv(0x30, bag))));
  return tlv(0x30, Buffer.from([2, 1, 3]), tlv(0x30, data, explicit(tlv(0x04, tlv(0x30, safe)))));
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 0xff]), content]);
}

toolTest('certtool', 'GnuTLS reads our files, and we read its', async (t) => {
  const dir = await temporaryFolder(t);
  const file = path.join(dir, 'a.p12');
  await writeFile(file, filled().export('secret', fast));
  const info = ['certtool', '--p12-info', '--inder', '--infile', file];
  const { stdout } = await run([...info, '--password', 'secret']);
  t.is(stdout.match(/BEGIN CERTIFICATE/g)?.length, 3);
  t.regex(stdout, /Friendly name: server/);
  const refused = await run([...info, '--password', 'wrong'], { allowFailure: true });
  t.not(refused.exitCode, 0);
  const made = path.join(dir, 'gnutls.p12');
  const argv = ['certtool', '--to-p12', '--outder', '--load-certificate', path.join(certs, 'ee-cert.pem')];
  const more = [
    '--load-privkey',
    path.join(certs, 'ee-key.pem'),
    '--p12-name',
    'theirs',
    '--password',
    'secret',
  ];
  await run([...argv, ...more, '--outfile', made]);
  const theirs = loadPkcs12(await readFile(made), 'secret');
  t.true(theirs.getPrivatekey()?.equals(key));
  t.is(theirs.getFriendlyname(), 'theirs');
  t.is(digest(theirs.getCertificate()), digest(certificate));
});

toolTest('pk12util', 'NSS reads our files, and we read its', async (t) => {
  const dir = await temporaryFolder(t);
  const [file, made, database] = ['a.p12', 'nss.p12', 'database'].map((name) => path.join(dir, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(database);
  await run(['certutil', '-N', '-d', database, '--empty-password']);
  await writeFile(file, filled().export('secret', fast));
  await run(['pk12util', '-i', file, '-d', database, '-W', 'secret', '-K', '']);
  const refused = await run(['pk12util', '-l', file, '-W', 'wrong'], { allowFailure: true });
  t.not(refused.exitCode, 0);
  await run(['pk12util', '-o', made, '-n', 'server', '-d', database, '-W', 'again', '-K', '']);
  const theirs = loadPkcs12(await readFile(made), 'again');
  t.true(theirs.getPrivatekey()?.equals(key));
  t.is(digest(theirs.getCertificate()), digest(certificate));
  t.is(theirs.getFriendlyname(), 'server');
});

/** What is refused, and how. */
const refused: Readonly<Record<string, readonly [(pkcs12: P12) => unknown, unknown, string | RegExp]>> = {
  'something else than a certificate': [
    (pkcs12) => pkcs12.setCertificate(key as never),
    TypeError,
    'Expected an X509 for certificate, got an instance of PKey',
  ],
  'something else than a key': [
    (pkcs12) => pkcs12.setPrivatekey(ca as never),
    TypeError,
    'Expected a PKey for pkey, got an instance of X509',
  ],
  'an empty key': [
    (pkcs12) => pkcs12.setPrivatekey(new PKey()),
    TypeError,
    'Expected a PKey that holds a key for pkey, got an empty one',
  ],
  'one certificate for many': [
    (pkcs12) => pkcs12.setCaCertificates(ca as never),
    TypeError,
    'Expected an iterable of X509 for certificates, got an instance of X509',
  ],
  'something else among them': [
    (pkcs12) => pkcs12.setCaCertificates([root, null as never]),
    TypeError,
    'Expected an X509 for certificates, got null',
  ],
  'a friendly name in bytes': [
    (pkcs12) => pkcs12.setFriendlyname(Buffer.from('x') as never),
    TypeError,
    'Expected a string for name, got an instance of Buffer',
  ],
  'a friendly name with NUL': [
    (pkcs12) => pkcs12.setFriendlyname('a\0b'),
    RangeError,
    'Expected a string without NUL for name, got "a\\u0000b"',
  ],
  'a misspelled option': [
    (pkcs12) => pkcs12.export('x', { iteration: 1 } as never),
    TypeError,
    /^Expected cipher, iterations, .* in options, got iteration; did you mean iterations\?$/,
  ],
  'another cipher': [
    (pkcs12) => pkcs12.export('x', { cipher: 'rc2-40-cbc' as never }),
    RangeError,
    /^Expected one of aes-128-cbc, .* for options.cipher, got "rc2-40-cbc"/,
  ],
  'no iteration': [
    (pkcs12) => pkcs12.export('x', { iterations: 0 }),
    RangeError,
    'Expected an integer from 1 to 2147483647 for options.iterations, got 0',
  ],
  'a passphrase with NUL': [
    (pkcs12) => pkcs12.export('a\0b'),
    RangeError,
    'Expected bytes without NUL for passphrase, got some with it',
  ],
  'a passphrase of more than 1024 bytes': [
    (pkcs12) => pkcs12.export('x'.repeat(1025)),
    RangeError,
    /1024 bytes/,
  ],
  'a passphrase that is a number': [
    (pkcs12) => pkcs12.export(1 as never),
    TypeError,
    'Expected a string or a Uint8Array for passphrase, got a number',
  ],
  'text to read': [
    () => loadPkcs12('x' as never),
    TypeError,
    'Expected a Uint8Array for buffer, got a string',
  ],
  'nothing to read': [() => loadPkcs12(new Uint8Array(0)), OpenSSLError, /^loading a PKCS#12 file: /],
  'something else to read': [() => loadPkcs12(Buffer.from('xx')), OpenSSLError, /^loading a PKCS#12 file: /],
  'legacy in a word': [
    () => loadPkcs12(new Uint8Array(1), '', { legacy: 'yes' as never }),
    TypeError,
    'Expected a boolean for options.legacy, got a string',
  ],
};

for (const [title, [call, instanceOf, message]] of Object.entries(refused)) {
  test(`refuses ${title}`, (t) => {
    const pkcs12 = filled();
    t.throws(() => call(pkcs12), { instanceOf: instanceOf as never, message });
    isFilled(t, loadPkcs12(pkcs12.export('x', fast), 'x'));
  });
}

/** Files with and without a MAC, cut and with every second byte changed. */
const torture = `
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
const { crypto } = await import(entry);
const native = createRequire('/')(binary);
const key = crypto.loadPrivatekey(crypto.FILETYPE_PEM, process.env.KEY);
const certificate = crypto.loadCertificate(crypto.FILETYPE_PEM, process.env.CERTIFICATE);
let [loaded, refused] = [0, 0];
function load(bytes) {
  for (const legacy of [false, true]) {
    try {
      inspect(crypto.loadPkcs12(bytes, 'x', { legacy, maxIterations: 10000 }));
      loaded++;
    } catch (error) {
      if (!['OpenSSLError', 'RangeError'].includes(error.name)) throw error;
      refused++;
    }
    if (native.drainErrors().length > 0) throw new Error('something was left in the queue');
  }
}
const pkcs12 = new crypto.PKCS12();
pkcs12.setPrivatekey(key);
pkcs12.setCertificate(certificate);
pkcs12.setFriendlyname('x');
for (const options of [{}, { mac: 'pbmac1' }, { mac: 'none' }, { mac: 'none', encryptCertificates: false, cipher: 'pbe-sha1-3des' }]) {
  const der = pkcs12.export('x', { iterations: 1, macIterations: 1, ...options });
  for (let end = 0; end < der.length; end += 5) load(der.subarray(0, end));
  for (let at = 0; at < der.length; at += 2) {
    for (const value of [0, 0xff, der[at] ^ 0x20, der[at] + 1]) {
      const changed = Buffer.from(der);
      changed[at] = value;
      load(changed);
    }
  }
  load(der);
}
console.log(JSON.stringify({ loaded, refused }));`;

test('survives files that are cut, and files with every second byte changed', async (t) => {
  const [pem, certificatePem] = [await read('ee-key.pem'), await read('ee-cert.pem')];
  const { exitCode, stdout, stderr } = await runProgram(torture, {
    env: { ...env, KEY: pem, CERTIFICATE: certificatePem },
  });
  t.is(exitCode, 0, stderr);
  const { loaded, refused: count } = JSON.parse(stdout);
  t.true(loaded > 5000 && count > 10_000, `${loaded} loaded, ${count} refused`);
  t.log(`${loaded} loaded, ${count} refused`);
});
