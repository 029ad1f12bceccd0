// Certificates, compared with what the packaged command line says of the same files.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative } from '../../support/addon.ts';
import { distribution } from '../../support/openssl.ts';
import { stepResult } from '../../support/step-result.ts';

const { openssl } = await distribution();
const certs = path.join(await stepResult('extract'), 'test/certs');
const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { dumpCertificate, FILETYPE_ASN1, FILETYPE_PEM, FILETYPE_TEXT, loadCertificate } = crypto;

const pem = await readFile(path.join(certs, 'ee-cert.pem'), 'utf8');
const certificate = loadCertificate(FILETYPE_PEM, pem);

/** What the command line says of a certificate, or undefined where it cannot read it. */
async function opensslSays(file: string, ...words: string[]): Promise<string | undefined> {
  const argv = [openssl, 'x509', '-in', file, '-noout', ...words];
  const { exitCode, stdout } = await run(argv, { env: { OPENSSL_CONF: '/dev/null' }, allowFailure: true });
  return exitCode === 0 ? stdout : undefined;
}

const files = (await readdir(certs)).sort();

test('reads every certificate of OpenSSL as the command line does', async (t) => {
  let read = 0;
  for (const name of files) {
    const file = path.join(certs, name);
    const words = [
      '-subject',
      '-issuer',
      '-serial',
      '-fingerprint',
      '-sha256',
      '-nameopt',
      'RFC2253,-esc_msb',
    ];
    const said = await opensslSays(file, ...words);
    const bytes = await readFile(file);
    // pyOpenSSL does not read OpenSSL's own format with trust settings either
    if (said === undefined || bytes.includes('BEGIN TRUSTED CERTIFICATE')) {
      t.throws(() => loadCertificate(FILETYPE_PEM, bytes), { name: 'OpenSSLError' }, name);
      continue;
    }
    const ours = loadCertificate(FILETYPE_PEM, bytes);
    const serial = ours.getSerialNumber();
    const hex = (serial < 0n ? -serial : serial).toString(16).toUpperCase();
    const expected = [
      `subject=${ours.getSubject()}`,
      `issuer=${ours.getIssuer()}`,
      `serial=${serial < 0n ? '-' : ''}${hex.length % 2 === 0 ? hex : `0${hex}`}`,
      `sha256 Fingerprint=${ours.digest('sha256')}`,
    ];
    t.deepEqual(said.trimEnd().split('\n'), expected, name);
    read++;
  }
  t.true(read > 150, `${read} certificates were read`);
});

test('tells the validity as the command line does, to the second', async (t) => {
  const iso = (date: Date) => date.toISOString().replace('.000Z', 'Z').replace('T', ' ');
  for (const name of ['ee-cert.pem', 'root-cert.pem', 'ee-expired.pem', 'ct-server-key-public.pem']) {
    const file = path.join(certs, name);
    const said = await opensslSays(file, '-dates', '-dateopt', 'iso_8601');
    if (said === undefined) continue;
    const ours = loadCertificate(FILETYPE_PEM, await readFile(file));
    t.is(said, `notBefore=${iso(ours.getNotBefore())}\nnotAfter=${iso(ours.getNotAfter())}\n`);
    const digits = (date: Date) => `${date.toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`;
    t.is(ours.getNotBeforeText(), digits(ours.getNotBefore()));
    t.is(ours.getNotAfterText(), digits(ours.getNotAfter()));
    t.is(ours.hasExpired(), ours.getNotAfter().getTime() < Date.now());
  }
  t.true(loadCertificate(FILETYPE_PEM, await readFile(path.join(certs, 'ee-expired.pem'))).hasExpired());
  t.false(certificate.hasExpired());
});

test('writes PEM, DER and text as the command line does, and reads back what it wrote', async (t) => {
  const file = path.join(certs, 'ee-cert.pem');
  t.is(dumpCertificate(FILETYPE_PEM, certificate).toString(), pem.slice(pem.indexOf('-----BEGIN')));
  t.is(await opensslSays(file, '-text'), dumpCertificate(FILETYPE_TEXT, certificate).toString());
  const der = dumpCertificate(FILETYPE_ASN1, certificate);
  t.true(loadCertificate(FILETYPE_ASN1, der) instanceof crypto.X509);
  t.is(loadCertificate(FILETYPE_ASN1, der).digest('sha256'), certificate.digest('sha256'));
  t.is(
    loadCertificate(FILETYPE_PEM, `prose\r\n${pem.replaceAll('\n', '\r\n')}`).digest('sha1'),
    certificate.digest('sha1'),
  );
});

test('has versions as they are encoded, and names as components in their order', (t) => {
  t.is(certificate.getVersion(), 2);
  t.deepEqual(certificate.getSubject().getComponents(), [['CN', Buffer.from('server.example')]]);
  t.is(`${certificate.getIssuer()}`, 'CN=CA');
  t.is(JSON.stringify({ name: certificate.getIssuer() }), '{"name":"CN=CA"}');
});

test('digests with any algorithm that OpenSSL has, and says when there is none', (t) => {
  t.regex(certificate.digest('sha1'), /^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
  t.is(certificate.digest('SHA512').length, 64 * 3 - 1);
  const error = t.throws(() => certificate.digest('nonsense'), { name: 'OpenSSLError' });
  t.like(error, {
    code: 'ERR_OSSL_EVP_UNSUPPORTED',
    library: 'digital envelope routines',
    reason: 'unsupported',
  });
  t.regex(
    error?.message ?? '',
    /^digesting a certificate: unsupported \(digital envelope routines, .*nonsense/,
  );
  const mdc2 = t.throws(() => certificate.digest('mdc2'), { name: 'OpenSSLError' });
  t.is(mdc2 && 'code' in mdc2 ? mdc2.code : '', 'ERR_OSSL_EVP_UNSUPPORTED');
});

test('carries what OpenSSL said, and leaves nothing in its queue', (t) => {
  const native = loadNative();
  const error = t.throws(() => loadCertificate(FILETYPE_PEM, 'no certificate'), { name: 'OpenSSLError' });
  t.like(error, {
    code: 'ERR_OSSL_PEM_NO_START_LINE',
    library: 'PEM routines',
    reason: 'no start line',
    message: 'loading a certificate: no start line (PEM routines, Expecting: CERTIFICATE)',
    queue: [{ code: 0x0480006c, libraryCode: 9, function: 'get_name', data: 'Expecting: CERTIFICATE' }],
  });
  t.deepEqual(native.drainErrors(), []);
  const der = dumpCertificate(FILETYPE_ASN1, certificate);
  const cut = t.throws(() => loadCertificate(FILETYPE_ASN1, der.subarray(0, -1)), { name: 'OpenSSLError' });
  t.is(cut && 'code' in cut ? cut.code : '', 'ERR_OSSL_ASN1_NOT_ENOUGH_DATA');
  t.deepEqual(native.drainErrors(), []);
});

test('does not ask at the terminal for the passphrase of an encrypted block', (t) => {
  const encrypted = pem.replace(
    '-----BEGIN CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n',
  );
  const error = t.throws(() => loadCertificate(FILETYPE_PEM, encrypted), { name: 'OpenSSLError' });
  t.regex(error?.message ?? '', /^loading a certificate: .*password/);
});

test('escapes what a name must not do to the text around it', (t) => {
  // CN = "a,\0\n\x1b[31mé" as a UTF8String, in a certificate that is otherwise the one above
  const der = dumpCertificate(FILETYPE_ASN1, certificate);
  const name = Buffer.from('server.example');
  const value = Buffer.from('a,\0\n\u001b[31m\u00e9xy ');
  t.is(value.length, name.length);
  const changed = Buffer.from(der);
  value.copy(changed, der.indexOf(name));
  const subject = loadCertificate(FILETYPE_ASN1, changed).getSubject();
  t.is(subject.toString(), 'CN=a\\,\\00\\0A\\1B[31méxy\\ ');
  t.deepEqual(subject.getComponents(), [['CN', value]]);
  t.notRegex(inspect(subject), /\p{Cc}/u);
});

test('shows itself without printing everything', (t) => {
  t.is(inspect(certificate), 'X509 { subject: CN=server.example, issuer: CN=CA, serial: 0x2 }');
  t.is(inspect(certificate.getIssuer()), 'X509Name { CN=CA }');
});

/** Calls with wrong arguments: the error's name and message. */
const wrong: Readonly<
  Record<string, readonly [(...args: never[]) => unknown, readonly unknown[], string, string]>
> = {
  'another type': [
    loadCertificate,
    [3, pem],
    'RangeError',
    'Expected FILETYPE_PEM or FILETYPE_ASN1 for type, got 3',
  ],
  'a type for output only': [
    loadCertificate,
    [FILETYPE_TEXT, pem],
    'RangeError',
    'Expected FILETYPE_PEM or FILETYPE_ASN1 for type, got 65535',
  ],
  'a type that is no number': [
    loadCertificate,
    ['PEM', pem],
    'TypeError',
    'Expected FILETYPE_PEM or FILETYPE_ASN1 for type, got "PEM"',
  ],
  'DER in a string': [
    loadCertificate,
    [FILETYPE_ASN1, 'abc'],
    'TypeError',
    'Expected a Uint8Array for buffer with FILETYPE_ASN1, got a string',
  ],
  'no bytes': [
    loadCertificate,
    [FILETYPE_PEM, null],
    'TypeError',
    'Expected a string or a Uint8Array for buffer, got null',
  ],
  'words instead of bytes': [
    loadCertificate,
    [FILETYPE_PEM, new Uint16Array(2)],
    'TypeError',
    'Expected a string or a Uint8Array for buffer, got an instance of Uint16Array',
  ],
  'another output type': [
    dumpCertificate,
    [0, certificate],
    'RangeError',
    'Expected FILETYPE_PEM, FILETYPE_ASN1 or FILETYPE_TEXT for type, got 0',
  ],
  'no certificate': [
    dumpCertificate,
    [FILETYPE_PEM, {}],
    'TypeError',
    'Expected an X509 for certificate, got an instance of Object',
  ],
  'an object that pretends to be a certificate': [
    dumpCertificate,
    [FILETYPE_PEM, Object.create(crypto.X509.prototype)],
    'TypeError',
    'Expected an X509 for certificate, got an instance of X509',
  ],
  'a digest that is no string': [
    (name: never) => certificate.digest(name),
    [1],
    'TypeError',
    'Expected a string for name, got a number',
  ],
  'a digest with a NUL byte': [
    (name: never) => certificate.digest(name),
    ['sha256\0'],
    'RangeError',
    'Expected a string without NUL for name, got "sha256\\u0000"',
  ],
};

for (const [title, [call, args, name, message]] of Object.entries(wrong)) {
  test(`refuses ${title}`, (t) => {
    t.throws(() => call(...(args as never[])), { name, message });
  });
}

test('refuses bytes that are gone, and takes shared ones and those of a growing buffer', (t) => {
  const bytes = Uint8Array.from(dumpCertificate(FILETYPE_ASN1, certificate));
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  t.is(loadCertificate(FILETYPE_ASN1, shared).digest('sha256'), certificate.digest('sha256'));
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  t.throws(() => loadCertificate(FILETYPE_ASN1, bytes), { name: 'OpenSSLError' });
});

test('a certificate cannot be made around something by hand, nor cross to another thread', (t) => {
  const Made = crypto.X509 as unknown as new (held: unknown) => Tsopenssl.crypto.X509;
  t.is(new Made({ handle: {} }).getSerialNumber(), 0n);
  t.is(new Made(certificate).getSerialNumber(), 0n);
  t.throws(() => loadNative().certificateVersion({} as never), {
    name: 'TypeError',
    message: 'Expected a handle of this addon for certificate',
  });
  t.deepEqual(structuredClone(certificate), {} as typeof certificate);
});
