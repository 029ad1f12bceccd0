// Certificate signing requests, compared with what the packaged command line says of the same ones.

import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative } from '../../support/addon.ts';
import { distribution } from '../../support/openssl.ts';

const { openssl } = await distribution();
const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { dumpCertificateRequest, FILETYPE_ASN1, FILETYPE_PEM, FILETYPE_TEXT, loadCertificateRequest } = crypto;
const { PKey, TYPE_RSA, X509Extension, X509Name, X509Req } = crypto;

function newKey(
  kind: Tsopenssl.crypto.KeyType,
  options?: Tsopenssl.crypto.KeyOptions | number,
): Tsopenssl.crypto.PKey {
  const key = new PKey();
  key.generateKey(kind, options);
  return key;
}

const rsa = newKey(TYPE_RSA, 2048);

function unsigned(key = rsa): Tsopenssl.crypto.X509Req {
  const request = new X509Req();
  request.getSubject().CN = 'example.org';
  request.setPubkey(key);
  return request;
}

const der = (request: Tsopenssl.crypto.X509Req) => dumpCertificateRequest(FILETYPE_ASN1, request);

/** What `openssl req` says of a request, on both of its outputs. */
async function opensslSays(request: Tsopenssl.crypto.X509Req, ...words: string[]): Promise<string> {
  const input = dumpCertificateRequest(FILETYPE_PEM, request).toString();
  const argv = [openssl, 'req', '-noout', ...words];
  const { stdout, stderr } = await run(argv, {
    env: { OPENSSL_CONF: '/dev/null' },
    input,
    allowFailure: true,
  });
  return stdout + stderr;
}

test('makes a request that the command line reads and verifies', async (t) => {
  const request = unsigned();
  request.addExtensions([
    new X509Extension('subjectAltName', false, 'DNS:example.org'),
    new X509Extension('keyUsage', true, 'digitalSignature'),
  ]);
  request.sign(rsa, 'sha256');
  t.is(
    await opensslSays(request, '-subject', '-verify'),
    'Certificate request self-signature verify OK\nsubject=CN=example.org\n',
  );
  t.is(await opensslSays(request, '-text'), dumpCertificateRequest(FILETYPE_TEXT, request).toString());

  const changed = loadCertificateRequest(FILETYPE_ASN1, der(request));
  changed.getSubject().O = 'Example';
  t.regex(await opensslSays(changed, '-verify'), /verify failure/);
});

test('has a subject, a key, a version and extensions, and gives copies of them', (t) => {
  const request = unsigned();
  const extensions = [
    new X509Extension('basicConstraints', true, 'CA:FALSE'),
    new X509Extension('subjectAltName', false, 'DNS:a.example'),
  ];
  t.deepEqual(request.getExtensions(), []);
  request.addExtensions(extensions);
  request.addExtensions([]);
  request.sign(rsa, 'sha256');
  for (const each of [
    request,
    loadCertificateRequest(FILETYPE_PEM, dumpCertificateRequest(FILETYPE_PEM, request)),
  ]) {
    t.is(each.getVersion(), 0);
    t.is(`${each.getSubject()}`, 'CN=example.org');
    t.true(each.getPubkey().equals(rsa));
    t.false(each.getPubkey().isPrivate());
    t.deepEqual(each.getExtensions().map(String), extensions.map(String));
  }
  const name = new X509Name();
  name.CN = 'other';
  request.setSubject(name);
  name.CN = 'changed later';
  t.is(`${request.getSubject()}`, 'CN=other');
});

test('extensions that come later are added, and take the place of those of their type', (t) => {
  const request = unsigned();
  request.addExtensions([
    new X509Extension('basicConstraints', true, 'CA:FALSE'),
    new X509Extension('subjectAltName', false, 'DNS:a.example'),
  ]);
  request.addExtensions([new X509Extension('subjectAltName', false, 'DNS:b.example')]);
  t.deepEqual(request.getExtensions().map(String), ['CA:FALSE', 'DNS:b.example']);
  request.sign(rsa, 'sha256');
  t.deepEqual(loadCertificateRequest(FILETYPE_ASN1, der(request)).getExtensions().map(String), [
    'CA:FALSE',
    'DNS:b.example',
  ]);
});

/** Kinds of keys that sign, with the digest that they take. */
const signers: Readonly<Record<string, readonly [() => Tsopenssl.crypto.PKey, string | undefined]>> = {
  RSA: [() => rsa, 'sha384'],
  'RSA-PSS': [() => newKey('rsa-pss', { bits: 2048 }), 'sha256'],
  EC: [() => newKey('ec', { group: 'prime256v1' }), 'sha512'],
  ed25519: [() => newKey('ed25519'), undefined],
  'ML-DSA': [() => newKey('ml-dsa-65'), undefined],
};

for (const [name, [make, digest]] of Object.entries(signers)) {
  test(`is signed and verified with ${name}, and with no other key`, (t) => {
    const key = make();
    const request = unsigned(key);
    request.sign(key, digest);
    const read = loadCertificateRequest(FILETYPE_ASN1, der(request));
    t.true(read.verify(read.getPubkey()));
    const bytes = der(request);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    t.throws(() => loadCertificateRequest(FILETYPE_ASN1, bytes).verify(key), {
      name: 'OpenSSLError',
      code: 'ERR_SIGNATURE',
      message: 'verifying a certificate request: its signature is not right',
    });
    const other = name === 'ed25519' ? newKey('ed448') : newKey('ed25519');
    t.throws(() => read.verify(other), { name: 'OpenSSLError', message: /wrong public key type/ });
    t.deepEqual(loadNative().drainErrors(), []);
  });
}

test('what cannot be signed stays as it was', (t) => {
  const request = unsigned();
  request.sign(rsa, 'sha256');
  const before = der(request);
  for (const sign of [
    () => request.sign(newKey('x25519')),
    () => request.sign(request.getPubkey(), 'sha512'),
    () => request.sign(rsa, 'nonsense'),
    () => request.sign(rsa),
  ]) {
    t.throws(sign);
    t.deepEqual(der(request), before);
  }
  t.throws(() => new X509Req().sign(rsa, 'sha256'), { name: 'OpenSSLError' });
});

test('shows itself, also before it has anything', (t) => {
  t.is(inspect(unsigned()), 'X509Req { subject: CN=example.org }');
  t.is(JSON.stringify(unsigned()), '{"subject":"CN=example.org"}');
  t.is(inspect(new X509Req()), 'X509Req { subject:  }');
  t.throws(() => new X509Req().getPubkey(), { name: 'OpenSSLError' });
  t.throws(() => der(new X509Req()), { name: 'OpenSSLError' });
});

const request = unsigned();
const wrong: Readonly<Record<string, readonly [call: () => unknown, name: string, message: string]>> = {
  'another version': [
    () => request.setVersion(2),
    'RangeError',
    'Expected an integer from 0 to 0 for version, got 2',
  ],
  'a version that is no number': [
    () => request.setVersion('0' as never),
    'TypeError',
    'Expected an integer from 0 to 0 for version, got a string',
  ],
  'a key that is none': [
    () => request.verify({} as never),
    'TypeError',
    'Expected a PKey for pkey, got an instance of Object',
  ],
  'extensions that are none': [
    () => request.addExtensions(['x'] as never),
    'TypeError',
    'Expected an X509Extension for extensions, got a string',
  ],
  'a request that is none': [
    () => dumpCertificateRequest(FILETYPE_PEM, {} as never),
    'TypeError',
    'Expected an X509Req for request, got an instance of Object',
  ],
  'an object that pretends to be a request': [
    () => dumpCertificateRequest(FILETYPE_PEM, Object.create(X509Req.prototype)),
    'TypeError',
    'Expected an X509Req for request, got an instance of X509Req',
  ],
  'text as a type to read': [
    () => loadCertificateRequest(FILETYPE_TEXT, ''),
    'RangeError',
    'Expected FILETYPE_PEM or FILETYPE_ASN1 for type, got 65535',
  ],
  'what is no request': [
    () => loadCertificateRequest(FILETYPE_PEM, 'prose'),
    'OpenSSLError',
    'loading a certificate request: no start line (PEM routines, Expecting: CERTIFICATE REQUEST)',
  ],
};

for (const [title, [call, name, message]] of Object.entries(wrong)) {
  test(`refuses ${title}`, (t) => {
    t.throws(call, { name, message });
    t.deepEqual(request.getExtensions(), []);
  });
}
