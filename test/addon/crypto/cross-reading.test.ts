// PKCS#12 files, requests and revocation lists between this package and the tools that people have: OpenSSL's command
// line, GnuTLS (certtool), Java (keytool) and NSS (certutil, crlutil, pk12util). Each reads what the other wrote.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { type RunOptions, run } from '../../../build/process.ts';
import { entry } from '../../support/addon.ts';
import { toolTest } from '../../support/tool-test.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { CRL, FILETYPE_ASN1, FILETYPE_PEM, PKCS12, PKey, Revoked, X509, X509Extension, X509Req } = crypto;
const { dumpCertificate, dumpCertificateRequest, dumpCrl, dumpPrivatekey } = crypto;
const { loadCertificateRequest, loadCrl, loadPkcs12 } = crypto;

const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
const inFolder = (name: string) => path.join(folder, name);
const passphrase = 'open sesame';

const key = new PKey();
key.generateKey('rsa', 2048);
const ca = new X509();
ca.setVersion(2);
ca.setSerialNumber(99n);
ca.getSubject().O = 'Example';
ca.getSubject().CN = 'Example CA';
ca.setIssuer(ca.getSubject());
ca.gmtimeAdjNotBefore(-3600);
ca.gmtimeAdjNotAfter(365 * 86_400);
ca.setPubkey(key);
ca.addExtensions([
  new X509Extension('basicConstraints', true, 'CA:TRUE'),
  new X509Extension('keyUsage', true, 'keyCertSign,cRLSign'),
]);
ca.sign(key, 'sha256');

const request = new X509Req();
request.getSubject().CN = 'www.example.org';
request.setPubkey(key);
request.addExtensions([new X509Extension('subjectAltName', false, 'DNS:www.example.org,DNS:example.org')]);
request.sign(key, 'sha256');

const list = new CRL();
list.setVersion(1);
for (const serial of [5n, 77n]) {
  const revoked = new Revoked();
  revoked.setSerial(serial);
  revoked.setRevDate('20220101000000Z');
  list.addRevoked(revoked);
}
list.setLastUpdate(new Date(Date.now() - 3_600_000));
list.setNextUpdate(new Date(Date.now() + 86_400_000));
list.sign(ca, key, 'sha256');

const file = new PKCS12();
file.setPrivatekey(key);
file.setCertificate(ca);
file.setFriendlyname('my key');

await writeFile(inFolder('ca.pem'), dumpCertificate(FILETYPE_PEM, ca));
await writeFile(inFolder('key.pem'), dumpPrivatekey(FILETYPE_PEM, key));
await writeFile(inFolder('request.pem'), dumpCertificateRequest(FILETYPE_PEM, request));
await writeFile(inFolder('crl.pem'), dumpCrl(FILETYPE_PEM, list));
await writeFile(inFolder('crl.der'), dumpCrl(FILETYPE_ASN1, list));
await writeFile(inFolder('file.p12'), file.export(passphrase));
const damaged = Buffer.from(dumpCrl(FILETYPE_ASN1, list));
damaged.writeUInt8((damaged.at(-1) ?? 0) ^ 1, damaged.length - 1);
await writeFile(inFolder('damaged.der'), damaged);

test.after.always(() => rm(folder, { recursive: true }));

/** What a tool prints on both of its outputs, where it ends well. */
async function says(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { stdout, stderr } = await run(argv, { cwd: folder, ...options });
  return stdout + stderr;
}

async function fails(argv: readonly string[]): Promise<boolean> {
  const { exitCode } = await run(argv, { cwd: folder, allowFailure: true });
  return exitCode !== 0;
}

const fingerprint = (certificate: Tsopenssl.crypto.X509 | undefined) => certificate?.digest('sha256');
const serials = (crl: Tsopenssl.crypto.CRL) => (crl.getRevoked() ?? []).map((revoked) => revoked.getSerial());

toolTest('openssl', 'openssl opens our PKCS#12 file, and not with another passphrase', async (t) => {
  const open = ['openssl', 'pkcs12', '-in', 'file.p12', '-nodes', '-passin'];
  const said = await says([...open, `pass:${passphrase}`]);
  t.regex(said, /friendlyName: my key/);
  t.true(said.includes(dumpCertificate(FILETYPE_PEM, ca).toString()));
  t.true(said.includes(dumpPrivatekey(FILETYPE_PEM, key).toString()));
  t.true(await fails([...open, 'pass:wrong']));
});

toolTest('openssl', 'this side opens the PKCS#12 file of openssl, of today and of old', async (t) => {
  for (const [name, words, options] of [
    ['today.p12', [], {}],
    ['old.p12', ['-legacy'], { legacy: true }],
  ] as const) {
    const argv = ['openssl', 'pkcs12', '-export', '-inkey', 'key.pem', '-in', 'ca.pem', '-name', 'its name'];
    await says([...argv, '-out', name, '-passout', `pass:${passphrase}`, ...words]);
    const bytes = await readFile(inFolder(name));
    const opened = loadPkcs12(bytes, passphrase, options);
    t.is(fingerprint(opened.getCertificate()), fingerprint(ca), name);
    t.true(opened.getPrivatekey()?.equals(key), name);
    t.is(opened.getFriendlyname(), 'its name', name);
    t.throws(
      () => loadPkcs12(bytes, 'wrong', options),
      { name: 'OpenSSLError', message: /mac verify failure/ },
      name,
    );
    if (words.length > 0) t.throws(() => loadPkcs12(bytes, passphrase), { message: /legacy: true/ }, name);
  }
});

toolTest('openssl', 'openssl finds our request and our list right, and a damaged list wrong', async (t) => {
  t.regex(await says(['openssl', 'req', '-in', 'request.pem', '-noout', '-verify', '-text']), /verify OK/);
  const verify = ['openssl', 'crl', '-noout', '-CAfile', 'ca.pem', '-in'];
  t.regex(await says([...verify, 'crl.pem']), /verify OK/);
  t.notRegex(await says([...verify, 'damaged.der', '-inform', 'DER']), /verify OK/);
});

toolTest('openssl', 'this side finds the request of openssl right', async (t) => {
  const argv = [
    'openssl',
    'req',
    '-new',
    '-key',
    'key.pem',
    '-subj',
    '/CN=from openssl',
    '-out',
    'openssl.csr',
  ];
  await says([...argv, '-addext', 'subjectAltName=DNS:a.example']);
  const read = loadCertificateRequest(FILETYPE_PEM, await readFile(inFolder('openssl.csr')));
  t.true(read.verify(read.getPubkey()));
  t.is(read.getSubject().CN, 'from openssl');
  t.is(String(read.getExtensions()[0]), 'DNS:a.example');
});

toolTest('certtool', 'GnuTLS opens our PKCS#12 file, and not with another passphrase', async (t) => {
  const open = ['certtool', '--p12-info', '--infile', 'file.p12', '--inder', '--password'];
  const said = await says([...open, passphrase]);
  t.regex(said, /Friendly name: my key/);
  t.true(said.includes(dumpCertificate(FILETYPE_PEM, ca).toString()));
  t.true(await fails([...open, 'wrong']));
});

toolTest('certtool', 'this side opens the PKCS#12 file of GnuTLS', async (t) => {
  const argv = [
    'certtool',
    '--to-p12',
    '--load-privkey',
    'key.pem',
    '--load-certificate',
    'ca.pem',
    '--outder',
  ];
  await says([...argv, '--p12-name', 'its name', '--password', passphrase, '--outfile', 'gnutls.p12']);
  const opened = loadPkcs12(await readFile(inFolder('gnutls.p12')), passphrase);
  t.is(fingerprint(opened.getCertificate()), fingerprint(ca));
  t.true(opened.getPrivatekey()?.equals(key));
  t.is(opened.getFriendlyname(), 'its name');
});

toolTest('certtool', 'GnuTLS finds our request and our list right, and a damaged list wrong', async (t) => {
  const said = await says(['certtool', '--crq-info', '--infile', 'request.pem']);
  t.regex(said, /Self signature: verified/);
  t.regex(said, /DNSname: example\.org/);
  const verify = ['certtool', '--verify-crl', '--load-ca-certificate', 'ca.pem', '--infile'];
  t.regex(await says([...verify, 'crl.pem']), /Verified\. The certificate is trusted\./);
  t.true(await fails([...verify, 'damaged.der', '--inder']));
});

toolTest('certtool', 'this side finds the request and the list of GnuTLS right', async (t) => {
  await writeFile(inFolder('request.cfg'), 'cn = from GnuTLS\ndns_name = a.example\n');
  const ask = ['certtool', '--generate-request', '--load-privkey', 'key.pem', '--template', 'request.cfg'];
  await says([...ask, '--outfile', 'gnutls.csr']);
  const read = loadCertificateRequest(FILETYPE_PEM, await readFile(inFolder('gnutls.csr')));
  t.true(read.verify(read.getPubkey()));
  t.is(read.getSubject().CN, 'from GnuTLS');
  t.true(read.getExtensions().some((extension) => String(extension) === 'DNS:a.example'));

  await writeFile(inFolder('crl.cfg'), 'crl_next_update = 100\ncrl_number = 3\n');
  const revoke = [
    'certtool',
    '--generate-crl',
    '--load-ca-privkey',
    'key.pem',
    '--load-ca-certificate',
    'ca.pem',
  ];
  await says([...revoke, '--load-certificate', 'ca.pem', '--template', 'crl.cfg', '--outfile', 'gnutls.crl']);
  const crl = loadCrl(FILETYPE_PEM, await readFile(inFolder('gnutls.crl')));
  t.true(crl.verify(key));
  t.deepEqual(serials(crl), [99n]);
});

toolTest('keytool', 'Java opens our PKCS#12 file, and not with another passphrase', async (t) => {
  const open = ['keytool', '-list', '-v', '-keystore', 'file.p12', '-storetype', 'PKCS12', '-storepass'];
  const said = await says([...open, passphrase]);
  t.regex(said, /Alias name: my key/);
  t.regex(said, /Entry type: PrivateKeyEntry/);
  t.true(said.includes(String(fingerprint(ca))));
  t.true(await fails([...open, 'another word']));
});

toolTest('keytool', 'Java reads our request and our list', async (t) => {
  const said = await says(['keytool', '-printcertreq', '-file', 'request.pem']);
  t.regex(said, /Subject: CN=www\.example\.org/);
  t.regex(said, /DNSName: example\.org/);
  const listed = await says(['keytool', '-printcrl', '-file', 'crl.pem']);
  t.regex(listed, /Revoked Certificates: 2/);
  t.regex(listed, /SerialNumber: 4d/);
});

toolTest(
  'keytool',
  'this side opens the key store of Java, and finds its request and its list right',
  async (t) => {
    const store = ['-keystore', 'java.p12', '-storepass', passphrase, '-alias', 'java'];
    const kind = [
      '-keyalg',
      'EC',
      '-groupname',
      'secp256r1',
      '-storetype',
      'PKCS12',
      '-dname',
      'CN=from Java',
    ];
    await says(['keytool', '-genkeypair', ...kind, ...store]);
    const opened = loadPkcs12(await readFile(inFolder('java.p12')), passphrase);
    t.is(opened.getCertificate()?.getSubject().CN, 'from Java');
    t.is(opened.getPrivatekey()?.bits(), 256);
    t.is(opened.getFriendlyname(), 'java');

    await says(['keytool', '-certreq', ...store, '-file', 'java.csr']);
    const read = loadCertificateRequest(FILETYPE_PEM, await readFile(inFolder('java.csr')));
    t.true(read.verify(read.getPubkey()));
    t.true(opened.getPrivatekey()?.equals(read.getPubkey()));

    await says(['keytool', '-gencrl', '-id', '5', '-id', '77', ...store, '-file', 'java.crl']);
    const crl = loadCrl(FILETYPE_ASN1, await readFile(inFolder('java.crl')));
    t.true(crl.verify(read.getPubkey()));
    t.deepEqual(serials(crl).sort(), [5n, 77n]);
  },
);

/** A new database of NSS that holds what is in our PKCS#12 file. */
async function database(name: string): Promise<string> {
  const db = `sql:${inFolder(name)}`;
  await run(['mkdir', inFolder(name)]);
  await says(['certutil', '-N', '-d', db, '--empty-password']);
  await says(['pk12util', '-i', 'file.p12', '-d', db, '-W', passphrase, '-K', '']);
  return db;
}

toolTest('pk12util', 'NSS takes over our PKCS#12 file, and not with another passphrase', async (t) => {
  const db = await database('import');
  t.regex(await says(['certutil', '-L', '-d', db]), /my key +u,u,u/);
  t.regex(await says(['certutil', '-K', '-d', db]), /rsa .* my key/);
  t.true(await fails(['pk12util', '-i', 'file.p12', '-d', db, '-W', 'wrong', '-K', '']));
});

toolTest('pk12util', 'this side opens the PKCS#12 file of NSS', async (t) => {
  const db = await database('export');
  await says(['pk12util', '-o', 'nss.p12', '-n', 'my key', '-d', db, '-W', passphrase, '-K', '']);
  const opened = loadPkcs12(await readFile(inFolder('nss.p12')), passphrase);
  t.is(fingerprint(opened.getCertificate()), fingerprint(ca));
  t.true(opened.getPrivatekey()?.equals(key));
});

toolTest('crlutil', 'NSS takes over our list, and not a damaged one', async (t) => {
  const db = await database('crl');
  // without a trusted issuer NSS looks at no signature
  await says(['certutil', '-M', '-n', 'my key', '-t', 'CTu,Cu,Cu', '-d', db]);
  t.true(await fails(['crlutil', '-I', '-i', 'damaged.der', '-d', db]));
  await says(['crlutil', '-I', '-i', 'crl.der', '-d', db]);
  const said = await says(['crlutil', '-L', '-n', 'my key', '-d', db]);
  t.regex(said, /Entry 2[\s\S]*Serial Number: 77 \(0x4d\)/);
});

toolTest('crlutil', 'this side finds the request and the list of NSS right', async (t) => {
  const db = await database('make');
  await writeFile(inFolder('noise'), Buffer.alloc(256, 'noise'));
  const ask = [
    'certutil',
    '-R',
    '-s',
    'CN=from NSS',
    '-d',
    db,
    '-z',
    inFolder('noise'),
    '-k',
    'ec',
    '-q',
    'nistp256',
  ];
  await says([...ask, '-o', 'nss.csr']);
  const read = loadCertificateRequest(FILETYPE_ASN1, await readFile(inFolder('nss.csr')));
  t.true(read.verify(read.getPubkey()));
  t.is(read.getSubject().CN, 'from NSS');

  const script = ['update=20220101000000Z', 'addcert 5 20220101000000Z', 'addcert 77 20220102000000Z', ''];
  await writeFile(inFolder('script'), script.join('\n'));
  await says([
    'crlutil',
    '-G',
    '-d',
    db,
    '-n',
    'my key',
    '-c',
    inFolder('script'),
    '-o',
    inFolder('nss.crl'),
  ]);
  const crl = loadCrl(FILETYPE_ASN1, await readFile(inFolder('nss.crl')));
  t.true(crl.verify(key));
  t.deepEqual(serials(crl), [5n, 77n]);
});
