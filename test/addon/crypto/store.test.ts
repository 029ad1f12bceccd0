// Stores: what is put into them, where it comes from, and that nothing changes them from outside.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative, runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { distribution } from '../../support/openssl.ts';
import { stepResult } from '../../support/step-result.ts';

const { openssl } = await distribution();
const certs = path.join(await stepResult('extract'), 'test/certs');
const headers = path.join(await stepResult('compile'), 'include/openssl');
const { caBundle, crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, loadCertificate, X509Store, X509StoreContext, X509StoreFlags } = crypto;

type Store = InstanceType<typeof X509Store>;

const fileOf = (name: string) => path.join(certs, `${name}.pem`);
const read = async (name: string) => loadCertificate(FILETYPE_PEM, await readFile(fileOf(name)));
const caKey = crypto.loadPrivatekey(FILETYPE_PEM, await readFile(fileOf('ca-key')));
const [root, ca, leaf] = [await read('root-cert'), await read('ca-cert'), await read('ee-cert')];

/** `ok`, or the name of what was found. */
function verdict(store: Store, certificate = leaf): string {
  try {
    new X509StoreContext(store, certificate, [ca]).verifyCertificate();
    return 'ok';
  } catch (error) {
    if (error instanceof crypto.X509StoreContextError) return error.code;
    throw error;
  }
}

const unknownIssuer = 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY';

function storeOf(...trusted: Tsopenssl.crypto.X509[]): Store {
  const store = new X509Store();
  for (const each of trusted) store.addCert(each);
  return store;
}

test('trusts nothing when it is new, then what it is given', (t) => {
  const store = new X509Store();
  t.is(verdict(store), unknownIssuer);
  store.addCert(root);
  t.is(verdict(store), 'ok');
  t.notThrows(() => store.addCert(root), 'the same certificate once more');
  t.is(verdict(storeOf(ca)), 'ERR_UNABLE_TO_GET_ISSUER_CERT', 'an intermediate is no anchor');
});

test('reads a file of certificates by its name, as bytes and as a URL, whatever else stands in it', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'trüsted .pem');
  const parts = [fileOf('key-pass-12345'), fileOf('root-name2'), fileOf('root-cert')];
  await writeFile(file, (await Promise.all(parts.map((part) => readFile(part)))).join('\n'));
  for (const name of [file, Buffer.from(file), pathToFileURL(file)]) {
    const store = new X509Store();
    store.loadLocations(name);
    t.is(verdict(store), 'ok', String(name));
    store.loadLocations(name, null);
  }
  const store = new X509Store();
  store.loadLocations(fileOf('root-name2'));
  t.is(verdict(store), unknownIssuer, 'a file without the root');
});

test('looks into folders in the form of openssl rehash, when it needs to', async (t) => {
  const folder = path.join(await temporaryFolder(t), 'certs');
  const store = new X509Store();
  store.loadLocations(undefined, folder);
  t.is(verdict(store), unknownIssuer, 'the folder is not there yet');
  await mkdir(folder);
  await writeFile(path.join(folder, 'root.pem'), await readFile(fileOf('root-cert')));
  t.is(verdict(store), unknownIssuer, 'not in the form of rehash');
  await run([openssl, 'rehash', folder], { env: { OPENSSL_CONF: '/dev/null' } });
  t.is(verdict(store), 'ok');
  const both = new X509Store();
  both.loadLocations(fileOf('root-name2'), pathToFileURL(folder));
  t.is(verdict(both), 'ok');
});

test('says what is wrong with a file, and refuses paths that are none', async (t) => {
  const store = new X509Store();
  const folder = await temporaryFolder(t);
  const empty = path.join(folder, 'empty.pem');
  await writeFile(empty, '');
  const missing = t.throws(() => store.loadLocations(path.join(folder, 'nothing.pem')), {
    name: 'OpenSSLError',
  });
  t.regex(missing?.message ?? '', /^loading a file of certificates: .*fopen\(.*\/nothing\.pem/);
  t.throws(() => store.loadLocations(empty), {
    name: 'OpenSSLError',
    message: /no certificate or crl found/,
  });
  t.throws(() => store.loadLocations(folder), { name: 'OpenSSLError' });
  const wrong: readonly (readonly [unknown[], string, string])[] = [
    [[], 'TypeError', 'Expected a path for cafile or capath, got neither'],
    [[null, undefined], 'TypeError', 'Expected a path for cafile or capath, got neither'],
    [[5], 'TypeError', 'Expected a string, a URL or a Uint8Array for cafile, got a number'],
    [['/a\0b'], 'RangeError', 'Expected a string without NUL for cafile, got "/a\\u0000b"'],
    [[''], 'RangeError', 'Expected a path without NUL for cafile, got none'],
    [[null, Buffer.from('a\0')], 'RangeError', 'Expected a path without NUL for capath, got one'],
    [[new URL('https://example.org/')], 'TypeError', 'The URL must be of scheme file'],
  ];
  for (const [args, name, message] of wrong)
    t.throws(() => store.loadLocations(...(args as [])), { name, message });
  t.deepEqual(loadNative().drainErrors(), []);
});

test('does not ask at the terminal for the passphrase of a key in the file', async (t) => {
  const store = new X509Store();
  t.throws(() => store.loadLocations(fileOf('key-pass-12345')), { name: 'OpenSSLError' });
});

test('looks into the default places when it is told to, and at no other time', async (t) => {
  const source = `
    const { readFileSync } = await import('node:fs');
    const { crypto } = await import(entry);
    const read = (name) => crypto.loadCertificate(crypto.FILETYPE_PEM, readFileSync(process.env.CERTS + name));
    const store = new crypto.X509Store();
    const verdict = () => {
      try {
        new crypto.X509StoreContext(store, read('/ee-cert.pem'), [read('/ca-cert.pem')]).verifyCertificate();
        return 'ok';
      } catch (error) {
        return error.code;
      }
    };
    const before = verdict();
    store.setDefaultPaths();
    console.log(JSON.stringify([before, verdict()]));`;
  const found = async (file: string) => {
    const env = { CERTS: certs, SSL_CERT_FILE: file, SSL_CERT_DIR: '/nonexistent' };
    const { stdout, stderr } = await runProgram(source, { env });
    t.is(stderr, '');
    return JSON.parse(stdout);
  };
  t.deepEqual(await found(fileOf('root-cert')), [unknownIssuer, 'ok']);
  t.deepEqual(await found('/nonexistent'), [unknownIssuer, unknownIssuer]);
});

/** A list of the issuer of the leaf, empty. */
function emptyList(): Tsopenssl.crypto.CRL {
  const crl = new crypto.CRL();
  crl.setLastUpdate('20240201000000Z');
  crl.setNextUpdate('20510101000000Z');
  crl.sign(ca, caKey, 'sha256');
  return crl;
}

function revoke(crl: Tsopenssl.crypto.CRL, serial: bigint): void {
  const revoked = new crypto.Revoked();
  revoked.setSerial(serial);
  revoked.setRevDate('20240202000000Z');
  crl.addRevoked(revoked);
  crl.sign(ca, caKey, 'sha256');
}

test('keeps a copy of a revocation list: it can change and nothing changes in the store', (t) => {
  const crl = emptyList();
  const store = storeOf(root);
  store.setFlags(X509StoreFlags.CRL_CHECK);
  t.is(verdict(store), 'ERR_UNABLE_TO_GET_CRL');
  store.addCrl(crl);
  t.is(verdict(store), 'ok');
  revoke(crl, leaf.getSerialNumber());
  t.is(verdict(store), 'ok', 'the list has changed after it was added');
  const other = storeOf(root);
  other.setFlags(X509StoreFlags.CRL_CHECK);
  other.addCrl(crl);
  t.is(verdict(other), 'ERR_CERT_REVOKED');
});

test('keeps a copy of a certificate: it can change and nothing changes in the store', async (t) => {
  const changing = await read('root-cert');
  const store = storeOf(changing);
  changing.getSubject().CN = 'Another';
  t.is(`${changing.getSubject()}`, 'CN=Another');
  t.is(verdict(store), 'ok');
  t.is(verdict(storeOf(changing)), unknownIssuer);
  const [, , inStore] = new X509StoreContext(store, leaf, [ca]).getVerifiedChain();
  (inStore as Tsopenssl.crypto.X509).getSubject().CN = 'Another';
  t.is(verdict(store), 'ok', 'the root that a verification answered has changed');
  t.throws(() => store.addCert(new crypto.X509()), { name: 'OpenSSLError' });
});

test('has settings that hold for every verification, unless the verification has its own', async (t) => {
  const expired = await read('ee-expired');
  const settings: readonly (readonly [(store: Store) => void, string, Tsopenssl.crypto.X509?])[] = [
    [() => {}, 'ok'],
    [(store) => store.setDepth(0), 'ERR_CERT_CHAIN_TOO_LONG'],
    [(store) => store.setDepth(1), 'ok'],
    [(store) => store.setSecurityLevel(2), 'ok'],
    [(store) => store.setSecurityLevel(3), 'ERR_EE_KEY_TOO_SMALL'],
    [(store) => store.setPurpose('sslServer'), 'ok'],
    [(store) => store.setPurpose('sslClient'), 'ERR_INVALID_PURPOSE'],
    [(store) => store.setFlags(X509StoreFlags.CRL_CHECK), 'ERR_UNABLE_TO_GET_CRL'],
    [(store) => store.setTime(new Date('2010-01-01')), 'ERR_CERT_NOT_YET_VALID'],
    [() => {}, 'ERR_CERT_HAS_EXPIRED', expired],
    [(store) => store.setFlags(X509StoreFlags.NO_CHECK_TIME), 'ok', expired],
  ];
  for (const [set, expected, certificate] of settings) {
    const store = storeOf(root);
    set(store);
    t.is(verdict(store, certificate), expected, String(set));
  }
  const store = storeOf(root);
  store.setPurpose('sslClient');
  store.setDepth(0);
  const context = new X509StoreContext(store, leaf, [ca], { purpose: 'any', depth: 5 });
  t.notThrows(() => context.verifyCertificate());
  store.setFlags(X509StoreFlags.CRL_CHECK);
  store.setFlags(X509StoreFlags.X509_STRICT);
  t.throws(
    () => context.verifyCertificate(),
    { message: /^unable to get certificate CRL/ },
    'flags are joined',
  );
});

test('refuses settings that are none', (t) => {
  const store = storeOf(root);
  const wrong: readonly (readonly [() => void, string, string])[] = [
    [() => store.addCert({} as never), 'TypeError', 'Expected an X509 for cert, got an instance of Object'],
    [() => store.addCert(undefined as never), 'TypeError', 'Expected an X509 for cert, got undefined'],
    [
      () => store.addCrl(new Uint8Array() as never),
      'TypeError',
      'Expected a CRL for crl, got an instance of Uint8Array',
    ],
    [() => store.addCrl(new crypto.CRL()), 'OpenSSLError', 'adding a CRL to a store: …'],
    [
      () => store.setFlags('4' as never),
      'TypeError',
      'Expected an integer from 0 to 4194303 for flags, got a string',
    ],
    [() => store.setFlags(-1), 'RangeError', 'Expected an integer from 0 to 4194303 for flags, got -1'],
    [
      () => store.setFlags(2 ** 40),
      'RangeError',
      'Expected an integer from 0 to 4194303 for flags, got 1099511627776',
    ],
    [() => store.setTime(5 as never), 'TypeError', 'Expected a Date for time, got a number'],
    [
      () => store.setTime(new Date(8.64e15)),
      'RangeError',
      'Expected a Date from 1970 to 9999 for time, got 8640000000000000',
    ],
    [() => store.setDepth(101), 'RangeError', 'Expected an integer from 0 to 100 for depth, got 101'],
    [() => store.setSecurityLevel(6), 'RangeError', 'Expected an integer from 0 to 5 for level, got 6'],
    [
      () => store.setPurpose('sslserver' as never),
      'RangeError',
      'Expected one of sslClient, sslServer, smimeSign, smimeEncrypt, crlSign, any, ocspHelper, timestampSign, codeSign ' +
        'for purpose, got "sslserver"; did you mean sslServer?',
    ],
  ];
  for (const [call, name, message] of wrong) {
    const error = t.throws(call, { name });
    if (message.endsWith('…')) t.true(error?.message.startsWith(message.slice(0, -1)), error?.message);
    else t.is(error?.message, message);
  }
  t.is(verdict(store), 'ok');
});

test('cannot be made by hand, nor cross to another thread', (t) => {
  const expected = {
    name: 'TypeError',
    message: 'Expected an X509Store for store, got an instance of Object',
  };
  t.throws(() => new X509StoreContext({} as never, leaf), expected);
  t.throws(() => new X509StoreContext(structuredClone(storeOf(root)), leaf), expected);
  t.throws(() => new X509StoreContext(Object.create(X509Store.prototype), leaf), {
    message: 'Expected an X509Store for store, got an instance of X509Store',
  });
});

test('has the roots of an embedded bundle', (t) => {
  const roots = [...caBundle.iterCaBundleX509(undefined, caBundle.TRUST_SERVER_AUTHENTICATION)];
  const store = X509Store.fromCaBundle(caBundle.TRUST_SERVER_AUTHENTICATION);
  const time = new Date('2025-01-01');
  const found = (trusted: Store) =>
    roots.map((each) => {
      try {
        new X509StoreContext(trusted, each, [], { time }).verifyCertificate();
        return 'ok';
      } catch (error) {
        return (error as Error).message;
      }
    });
  t.deepEqual([...new Set(found(store))], ['ok']);
  t.false(
    found(X509Store.fromCaBundle(caBundle.TRUST_CODE_SIGNING)).includes('ok'),
    'Mozilla trusts none for code',
  );
  t.true(roots.length > 100);
});

/** What a header defines under a prefix, by name. */
async function defined(header: string, prefix: string): Promise<Map<string, number>> {
  const text = await readFile(path.join(headers, header), 'utf8');
  const lines = text.matchAll(new RegExp(`#\\s*define ${prefix}(\\w+)\\s+(0x[0-9a-f]+|\\d+)\\b`, 'gi'));
  return new Map([...lines].map(([, name, value]) => [name as string, Number(value)]));
}

test('has the flags and the outcomes of the headers, with their numbers', async (t) => {
  const flags = await defined('x509_vfy.h', 'X509_V_FLAG_');
  // the first does nothing, the second goes with the time
  for (const name of ['CB_ISSUER_CHECK', 'USE_CHECK_TIME']) t.true(flags.delete(name));
  t.deepEqual(new Map(Object.entries(X509StoreFlags)), flags);
  t.true(flags.size > 15);
  const checks = await defined('x509v3.h', 'X509_CHECK_FLAG_');
  t.deepEqual(new Map(Object.entries(crypto.X509CheckFlags)), checks);
  const outcomes = await defined('x509_vfy.h', 'X509_V_(?=OK|ERR_)');
  t.deepEqual(new Map(Object.entries(crypto.X509VerificationCodes)), outcomes);
  t.true(outcomes.size > 90);
  t.true(Object.isFrozen(X509StoreFlags) && Object.isFrozen(crypto.X509VerificationCodes));
});
