// The namespace `caBundle` as a user gets it: the package of the distribution under test, with its bundles.

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import type { CARootCertificate } from '../../addon/lib/ca-bundle.ts';
import { run } from '../../build/process.ts';
import { distribution } from '../support/openssl.ts';

process.env.OPENSSL_CONF = ''; // the machine's own file is no concern here
const { packageDir, platformDir, openssl } = await distribution();
type Tsopenssl = typeof import('../../addon/lib/index.ts');
const load = (dir: string): Promise<Tsopenssl> => import(pathToFileURL(path.join(dir, 'lib/index.js')).href);
const { caBundle, crypto, OpenSSLError } = await load(packageDir);
const { TRUST_ANY, TRUST_CODE_SIGNING, TRUST_EMAIL_PROTECTION, TRUST_SERVER_AUTHENTICATION } = caBundle;

const bundles = [
  [TRUST_ANY, 'ca-bundle.crt'],
  [TRUST_SERVER_AUTHENTICATION, 'ca-bundle-server.crt'],
  [TRUST_EMAIL_PROTECTION, 'ca-bundle-email.crt'],
  [TRUST_CODE_SIGNING, 'ca-bundle-codesigning.crt'],
] as const;
const index = JSON.parse(await readFile(path.join(packageDir, 'ca-bundles/ca-bundle.json'), 'utf8'));
const fixture = (name: string) => readFile(new URL(`ca-bundle/fixtures/${name}`, import.meta.url), 'utf8');
const wrong = (value: unknown) => value as never;
const fields = (roots: Iterable<CARootCertificate>) => [...roots].map((root) => root.toJSON());

async function folder(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'ca-bundle-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('answers an absolute path for each purpose, and the default is any', async (t) => {
  for (const [purpose, fileName] of bundles) {
    const file = caBundle.getCaBundlePath(purpose);
    t.is(file, path.join(packageDir, 'ca-bundles', fileName));
    t.true(path.isAbsolute(file));
    t.is(caBundle.getCaBundle(undefined, purpose), await readFile(file, 'utf8'));
  }
  t.is(caBundle.getCaBundlePath(), caBundle.getCaBundlePath(TRUST_ANY));
  t.is(caBundle.getCaBundle(), caBundle.getCaBundle(null, TRUST_ANY));
});

test('answers the roots of each bundle in its order, with what the index says of each', async (t) => {
  for (const [purpose, fileName] of bundles) {
    const text = await readFile(path.join(packageDir, 'ca-bundles', fileName), 'utf8');
    const blocks = text.match(/-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n/g) ?? [];
    const roots = [...caBundle.iterCaBundle(undefined, purpose)];
    t.deepEqual(
      roots.map(({ certificate }) => certificate),
      blocks,
    );
    for (const root of roots) {
      const known = index.roots.find(({ sha256 }: { sha256: string }) => sha256 === root.sha256);
      t.like(known, { name: root.name, sha1: root.sha1, description: root.description });
      t.deepEqual(root.purposes, known.purposes);
      t.deepEqual(root.distrustAfter, known.distrustAfter);
      if (purpose !== TRUST_ANY) t.true(root.purposes?.includes(purpose));
    }
  }
  t.true([...caBundle.iterCaBundle()].length > 100);
  t.true([...caBundle.iterCaBundle()].some(({ distrustAfter }) => Object.keys(distrustAfter).length > 0));
});

test('says the fingerprints that OpenSSL says', async (t) => {
  for (const root of [...caBundle.iterCaBundle()].filter((_, number) => number % 40 === 0)) {
    for (const [digest, wanted] of [
      ['sha1', root.sha1],
      ['sha256', root.sha256],
    ] as const) {
      const { stdout } = await run([openssl, 'x509', '-noout', '-fingerprint', `-${digest}`], {
        input: root.certificate,
      });
      t.is(stdout.trim(), `${digest} Fingerprint=${wanted}`);
    }
    t.is(root.hexdigest(), root.sha1.replaceAll(':', '').toLowerCase());
    t.regex(root.hexdigest(), /^[\da-f]{40}$/);
  }
  for (const root of caBundle.iterCaBundle()) t.is(root.getX509().digest('sha256'), root.sha256);
});

test('answers an X509 for each root', (t) => {
  const certificates = [...caBundle.iterCaBundleX509(undefined, TRUST_EMAIL_PROTECTION)];
  const roots = [...caBundle.iterCaBundle(undefined, TRUST_EMAIL_PROTECTION)];
  t.true(certificates.every((certificate) => certificate instanceof crypto.X509));
  t.deepEqual(
    certificates.map((certificate) => certificate.digest('sha1')),
    roots.map(({ sha1 }) => sha1),
  );
});

test('answers an empty list, not an error, for the bundle that holds nothing on purpose', (t) => {
  t.deepEqual([...caBundle.iterCaBundle(undefined, TRUST_CODE_SIGNING)], []);
  t.deepEqual([...caBundle.iterCaBundleX509(null, TRUST_CODE_SIGNING)], []);
  const text = caBundle.getCaBundle(undefined, TRUST_CODE_SIGNING);
  t.regex(text, /empty on purpose/);
  t.deepEqual([...caBundle.iterCaBundle(text)], []);
  t.not([...caBundle.iterCaBundle(undefined, TRUST_SERVER_AUTHENTICATION)].length, 0);
});

test('answers the same roots at each call, which nobody can change', (t) => {
  const roots = caBundle.iterCaBundle();
  const first = roots.next().value;
  t.is(caBundle.iterCaBundle().next().value, first, 'another iterator starts anew, with the same objects');
  for (const part of [first, first.purposes, first.distrustAfter]) t.true(Object.isFrozen(part));
  t.throws(() => Object.assign(first, { name: 'x' }), { instanceOf: TypeError });
  t.not(first.getX509(), first.getX509());
});

test('reads its own bundle back, as text of a caller, with the same result', (t) => {
  for (const [purpose] of bundles) {
    const text = caBundle.getCaBundle(undefined, purpose);
    t.deepEqual(fields(caBundle.iterCaBundle(text)), fields(caBundle.iterCaBundle(undefined, purpose)));
  }
});

test('knows the roots of a bundle that says nothing about them', (t) => {
  const bare = [...caBundle.iterCaBundle()].map(({ certificate }) => certificate).join('');
  t.deepEqual(fields(caBundle.iterCaBundle(bare)), fields(caBundle.iterCaBundle()));
});

test("counts a purpose only where no path or bundle is given, and a caller's null as nothing", async (t) => {
  const bare = await fixture('bare.pem');
  const file = path.join(await folder(t), 'own.pem');
  await writeFile(file, bare);
  t.is(caBundle.getCaBundle(file, TRUST_CODE_SIGNING), bare);
  t.is([...caBundle.iterCaBundle(bare, TRUST_CODE_SIGNING)].length, 2);
  t.is([...caBundle.iterCaBundleX509(bare, TRUST_CODE_SIGNING)].length, 2);
  t.deepEqual([...caBundle.iterCaBundle(null, TRUST_CODE_SIGNING)], []);
  t.is([...caBundle.iterCaBundle(null, null)].length, [...caBundle.iterCaBundle()].length);
});

test('makes names, descriptions and fingerprints of roots that nobody describes', async (t) => {
  const [alpha, bravo] = caBundle.iterCaBundle(await fixture('bare.pem'));
  t.is(alpha?.name, 'Alpha Root CA');
  t.is(alpha?.description, 'CN=Alpha Root CA,O=Example Trust\\, Inc.,C=XX');
  t.is(alpha?.sha256, alpha?.getX509().digest('sha256'));
  t.is(alpha?.purposes, undefined);
  t.deepEqual(alpha?.distrustAfter, {});
  t.is(bravo?.name, 'Bravo Root CA');
  t.true(Object.isFrozen(bravo));
});

test('reads what openssl makes of a root, whatever the format', async (t) => {
  const dir = await folder(t);
  const [root] = [...caBundle.iterCaBundle()].slice(-1) as [CARootCertificate];
  const pem = path.join(dir, 'root.pem');
  await writeFile(pem, root.certificate);
  const p12 = path.join(dir, 'root.p12');
  await run([
    openssl,
    'pkcs12',
    '-export',
    '-nokeys',
    '-in',
    pem,
    '-caname',
    'in a bag',
    '-passout',
    'pass:x',
    '-out',
    p12,
  ]);
  const table: readonly [readonly string[], string][] = [
    [['x509', '-in', pem], root.name],
    [['x509', '-in', pem, '-text'], root.name],
    [['x509', '-in', pem, '-trustout', '-setalias', 'an alias'], 'an alias'],
    [['storeutl', '-certs', pem], root.name],
    [['pkcs12', '-in', p12, '-passin', 'pass:x', '-nokeys'], 'in a bag'],
  ];
  for (const [args, name] of table) {
    const { stdout } = await run([openssl, ...args]);
    const read = [...caBundle.iterCaBundle(stdout)];
    t.deepEqual(
      read.map((it) => [it.name, it.sha256]),
      [[name, root.sha256]],
      args.join(' '),
    );
  }
});

test('lets the trust settings of a certificate win, and leaves explicitly distrusted ones out of the X509s', async (t) => {
  const text = await fixture('openssl-x509-trustout.pem');
  const [alpha, bravo] = caBundle.iterCaBundle(text);
  t.deepEqual(alpha?.purposes, [TRUST_SERVER_AUTHENTICATION]);
  t.deepEqual(bravo?.purposes, []);
  t.regex(alpha?.certificate ?? '', /^-----BEGIN CERTIFICATE-----\n/);
  t.deepEqual([...caBundle.iterCaBundleX509(text)].map(String).length, 1);
  t.is([...caBundle.iterCaBundleX509(await fixture('bare.pem'))].length, 2);
});

test('says at the call which certificate of a bundle is broken, at which line, and what OpenSSL said', async (t) => {
  const text = (await fixture('bare.pem')).replace('-----BEGIN', '# The first\n-----BEGIN');
  t.is([...caBundle.iterCaBundle(text)].length, 2);
  const spoilt = text.replace(/MIIBuT/, 'MIIBuQ');
  t.not(spoilt, text);
  for (const iterate of [caBundle.iterCaBundle, caBundle.iterCaBundleX509]) {
    const error = t.throws(() => iterate(spoilt), { instanceOf: caBundle.CABundleError });
    t.regex(error?.message ?? '', /^Certificate 2 at line 14 of the bundle is broken: .*(asn1|ASN1|tag)/);
    t.like(error, { code: 'ERR_CA_BUNDLE_CERTIFICATE', position: 2, line: 14, certificateName: undefined });
    t.true(error?.cause instanceof OpenSSLError);
  }
  const first = text.replace('MIIBuj', 'MIIBuz');
  t.throws(() => caBundle.iterCaBundle(first), {
    message: /^Certificate 1 \("The first"\) at line 2 of the bundle is broken: /,
  });
});

test('rejects a path where PEM text is wanted, and says how to read it', (t) => {
  const error = t.throws(() => caBundle.iterCaBundle(caBundle.getCaBundlePath()), {
    instanceOf: caBundle.CABundleError,
    message:
      /^Expected PEM text for bundle, got text without a BEGIN CERTIFICATE line: .*getCaBundle\(path\)$/,
  });
  t.is(error?.code, 'ERR_CA_BUNDLE_TEXT');
  t.true([...caBundle.iterCaBundle(caBundle.getCaBundle(caBundle.getCaBundlePath()))].length > 100);
});

test('rejects a purpose that there is not, in every function, and names the nearest', (t) => {
  const { getCaBundle, getCaBundlePath, iterCaBundle, iterCaBundleX509 } = caBundle;
  const calls = [
    (purpose: never) => getCaBundlePath(purpose),
    (purpose: never) => getCaBundle(undefined, purpose),
    (purpose: never) => getCaBundle('/dev/null', purpose),
    (purpose: never) => iterCaBundle(undefined, purpose),
    (purpose: never) => iterCaBundle('', purpose),
    (purpose: never) => iterCaBundleX509(undefined, purpose),
  ];
  const known = 'Expected any, serverAuthentication, emailProtection, codeSigning for purpose, got';
  for (const call of calls) {
    t.notThrows(() => call(wrong(TRUST_ANY)));
    t.throws(() => call(wrong('serverAuth')), {
      instanceOf: RangeError,
      message: `${known} "serverAuth"; did you mean serverAuthentication?`,
    });
    t.throws(() => call(wrong('TRUST_EMAIL_PROTECTON')), {
      message: /did you mean TRUST_EMAIL_PROTECTION\?$/,
    });
    t.throws(() => call(wrong('toString')), { instanceOf: RangeError, message: `${known} "toString"` });
    t.throws(() => call(wrong(1)), {
      instanceOf: TypeError,
      message: 'Expected one of the TRUST_ constants for purpose, got number',
    });
  }
});

test('reads a file of the caller: in UTF-16 too, and not if it is missing, a folder or DER', async (t) => {
  const dir = await folder(t);
  const bare = await fixture('bare.pem');
  const write = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    await writeFile(path.join(dir, name), bytes);
    return path.join(dir, name);
  };
  const wide = Buffer.from(`\uFEFF${bare}`, 'utf16le');
  t.is(caBundle.getCaBundle(await write('wide.pem', wide)), bare);
  t.is(caBundle.getCaBundle(await write('wide-be.pem', Buffer.from(wide).swap16())), bare);
  t.is(caBundle.getCaBundle(await write('mark.pem', `\uFEFF${bare}`)), bare);
  const [root] = caBundle.iterCaBundle();
  const der = Buffer.from((root?.certificate ?? '').replaceAll(/-----.*-----|\n/g, ''), 'base64');
  const table: readonly [string, string][] = [
    [path.join(dir, 'none.pem'), 'there is no such file; name a PEM file, or none for the embedded bundle'],
    [dir, 'it is a folder, name a file in it; name a PEM file, or none for the embedded bundle'],
    [
      path.join(dir, 'mark.pem/x'),
      'a part of the path is no folder; name a PEM file, or none for the embedded bundle',
    ],
    [
      await write('root.der', der),
      'it is DER, wanted PEM; convert it with: openssl x509 -inform DER -in FILE',
    ],
  ];
  for (const [file, why] of table) {
    const error = t.throws(() => caBundle.getCaBundle(file), {
      instanceOf: caBundle.CABundleError,
      message: `Cannot read the CA bundle ${file}: ${why}`,
    });
    t.is(error?.code, 'ERR_CA_BUNDLE_FILE');
  }
});

test('rejects a path that is none', (t) => {
  const table: readonly [unknown, object][] = [
    ['', { instanceOf: RangeError, message: 'Expected the path of a file for path, got ""' }],
    ['a\0b', { instanceOf: RangeError, message: 'Expected the path of a file for path, got "a\\u0000b"' }],
    [7, { instanceOf: TypeError, message: 'Expected a string for path, got number' }],
    [Buffer.from('x'), { instanceOf: TypeError, message: 'Expected a string for path, got object' }],
  ];
  for (const [value, error] of table) t.throws(() => caBundle.getCaBundle(wrong(value)), error);
});

test('makes a root of what a program hands it', async (t) => {
  const [pem = ''] = (await fixture('bare.pem')).split(/(?<=-----END CERTIFICATE-----\n)/);
  const root = new caBundle.CARootCertificate('Mine', 'ab:CD:ef', 'A root of my own', pem);
  t.like(root, { name: 'Mine', sha1: 'AB:CD:EF', description: 'A root of my own', certificate: pem });
  t.is(root.hexdigest(), 'abcdef');
  t.is(root.getX509().getSubject().toString(), 'CN=Alpha Root CA,O=Example Trust\\, Inc.,C=XX');
  t.is(root.sha256, root.getX509().digest('sha256'));
  t.is(root.purposes, undefined);
  t.deepEqual(Object.keys(JSON.parse(JSON.stringify(root))), [
    'name',
    'description',
    'sha1',
    'sha256',
    'distrustAfter',
    'certificate',
  ]);
  const purposes = [TRUST_CODE_SIGNING] as const;
  t.deepEqual(new caBundle.CARootCertificate('M', 'AB', '', pem, { purposes }).purposes, purposes);
});

test('rejects what cannot be a root', (t) => {
  const make =
    (...args: unknown[]) =>
    () =>
      new caBundle.CARootCertificate(...(args as [string, string, string, string]));
  t.notThrows(make('n', 'AA:BB', 'd', 'c'));
  t.throws(make('n', 'AA:BB', 'd'), {
    instanceOf: TypeError,
    message: 'Expected a string for certificate, got undefined',
  });
  t.throws(make(1, 'AA:BB', 'd', 'c'), {
    instanceOf: TypeError,
    message: 'Expected a string for name, got number',
  });
  const message = 'Expected hex bytes joined by colons for sha1, got ';
  for (const sha1 of ['', 'AABB', 'AA:B', 'AA:BB:', 'GG']) {
    t.throws(make('n', sha1, 'd', 'c'), { instanceOf: RangeError, message: message + JSON.stringify(sha1) });
  }
  const noPem = new caBundle.CARootCertificate('n', 'AA', 'd', '# nothing');
  t.throws(() => noPem.sha256, {
    instanceOf: caBundle.CABundleError,
    message: 'Expected PEM text for the certificate of n, got none',
  });
  t.throws(() => noPem.getX509(), { instanceOf: OpenSSLError, message: /no start line/ });
});

test('says of a damaged package what is wrong and what to do', async (t) => {
  const dir = await folder(t);
  const copy = path.join(dir, 'node_modules/tsopenssl');
  for (const part of ['lib', 'ca-bundles', 'package.json']) {
    await cp(path.join(packageDir, part), path.join(copy, part), { recursive: true });
  }
  await symlink(path.dirname(platformDir), path.join(dir, 'node_modules/@tsopenssl'));
  const json = path.join(copy, 'ca-bundles/ca-bundle.json');
  const damaged = (await load(copy)).caBundle;
  const failure = (message: RegExp | string) => {
    const error = t.throws(() => damaged.iterCaBundle(), { instanceOf: damaged.CABundleError, message });
    t.is(error?.code, 'ERR_CA_BUNDLE_FILE');
  };
  await writeFile(json, '{"roots":');
  failure(`${json} is no index of roots; the package is damaged, install it again`);
  await rm(json);
  failure(
    `Cannot read the CA bundle ${json}: there is no such file; the package is incomplete, install it again`,
  );
  await writeFile(json, JSON.stringify({ roots: index.roots.slice(1) }));
  failure(/ differ: the index lacks the root at line \d+; the package is damaged, install it again$/);
});
