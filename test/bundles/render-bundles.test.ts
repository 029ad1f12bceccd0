import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { parseCertdata } from '../../bundles/parse-certdata.ts';
import { renderBundles } from '../../bundles/render-bundles.ts';
import type { Root } from '../../bundles/types.ts';
import { certdata } from '../../recipes/certdata.ts';
import { certdataText } from '../support/certdata.ts';

const roots = parseCertdata(await certdataText());
const info = {
  certdataVersion: certdata.version,
  nssVersion: certdata.nssVersion,
  certdataSha256: certdata.memberSha256,
};
const files = renderBundles(roots, info);

interface IndexEntry {
  readonly name: string;
  readonly sha256: string;
  readonly purposes: readonly string[];
}

function read(fileName: string, from: ReadonlyMap<string, string> = files): string {
  const text = from.get(fileName);
  if (text === undefined) throw new Error(`${fileName} was not rendered`);
  return text;
}

function readIndex(from: ReadonlyMap<string, string> = files): { readonly roots: readonly IndexEntry[] } {
  return JSON.parse(read('ca-bundle.json', from));
}

/** SHA-256 of every certificate in PEM text, in its order. */
function digestsOf(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block).fingerprint256);
}

const bundles = [
  { fileName: 'ca-bundle.crt', count: 175, purpose: undefined },
  { fileName: 'ca-bundle-server.crt', count: 150, purpose: 'serverAuthentication' },
  { fileName: 'ca-bundle-email.crt', count: 103, purpose: 'emailProtection' },
  { fileName: 'ca-bundle-codesigning.crt', count: 0, purpose: 'codeSigning' },
] as const;

for (const { fileName, count, purpose } of bundles) {
  test(`${fileName} holds ${count} certificates, those that the index lists for it, in its order`, (t) => {
    const listed = readIndex().roots.filter(
      (root) => purpose === undefined || root.purposes.includes(purpose),
    );
    const text = read(fileName);

    t.deepEqual(
      digestsOf(text),
      listed.map((root) => root.sha256),
    );
    t.is(listed.length, count);
    t.regex(text, new RegExp(`^# ${fileName}: .*\n(#.*\n)*# Certificates: ${count}\n`));
    t.true(text.includes(`# SHA-256 of certdata.txt: ${certdata.memberSha256}\n`));
    t.true(text.includes('Mozilla Public\n# License, v. 2.0'));
    t.true(text.endsWith('\n'));
  });
}

test('the bundle for a purpose that Mozilla trusts nobody for says that it is empty on purpose', (t) => {
  const notice = 'Mozilla trusts no root certificate for code signing: this bundle is empty on purpose.';
  t.true(read('ca-bundle-codesigning.crt').includes(notice));
  t.false(read('ca-bundle-codesigning.crt').includes('-----'));
  t.false(read('ca-bundle-server.crt').includes('on purpose'));
});

test('above each certificate stands what a reader wants to know of it', (t) => {
  t.true(
    read('ca-bundle.crt').includes(
      `\n\nEntrust.net Premium 2048 Secure Server CA
=========================================
Description: CN=Entrust.net Certification Authority (2048),OU=(c) 1999 Entrust.net Limited,OU=www.entrust.net/CPS_2048 incorp. by ref. (limits liab.),O=Entrust.net; RSA 2048 bits; valid from 1999-12-24 to 2029-07-24
SHA-1: 50:30:06:09:1D:97:D4:F5:AE:39:F7:CB:E7:92:7D:7D:65:2D:34:31
SHA-256: 6D:C4:71:72:E0:1C:BC:B0:BF:62:58:0D:89:5F:E2:B8:AC:9A:D4:F8:73:80:1E:0C:10:B9:C8:37:D2:1E:B1:77
Purposes: server authentication, email protection
Distrust after: 2024-11-30T23:59:59Z for server authentication
-----BEGIN CERTIFICATE-----
MIIEKjCCAxKgAwIBAgIEOGPe+DANBgkqhkiG9w0BAQUFADCBtDEUMBIGA1UEChML
`,
    ),
  );
});

test('the index is as docs/ca-bundles.md shows it', async (t) => {
  const index = JSON.parse(read('ca-bundle.json'));
  const docs = await readFile(new URL('../../docs/ca-bundles.md', import.meta.url), 'utf8');
  const example = JSON.parse(/```json\n(.+?)```/s.exec(docs)?.[1] ?? '');

  t.deepEqual({ ...example, roots: [] }, { ...index, roots: [] });
  t.deepEqual(example.roots, [
    index.roots.find((root: IndexEntry) => root.name === 'Entrust.net Premium 2048 Secure Server CA'),
  ]);
  for (const root of index.roots) t.deepEqual(Object.keys(root), Object.keys(example.roots[0]));
});

test('roots stand in the byte order of their names', (t) => {
  const names = readIndex().roots.map((root) => root.name);
  const sorted = [...names].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  t.deepEqual(names, sorted);
  t.true(names.indexOf('vTrus Root CA') > names.indexOf('TWCA Root Certification Authority'));
});

test('roots of one name stand in the order of their digests', (t) => {
  const [one, other] = roots;
  if (one === undefined || other === undefined) throw new Error('wanted two roots');
  const twins: Root[] = [
    { ...one, name: 'twin' },
    { ...other, name: 'twin' },
  ];
  const rendered = renderBundles(twins, info);

  t.deepEqual(renderBundles(twins.toReversed(), info), rendered);
  t.deepEqual(digestsOf(read('ca-bundle.crt', rendered)), digestsOf(read('ca-bundle.crt', rendered)).sort());
});

test('the order of the roots in certdata.txt does not matter', (t) => {
  t.deepEqual(renderBundles(roots.toReversed(), info), files);
  t.notDeepEqual(renderBundles(roots.slice(1), info), files);
});

test('a root that is distrusted for one purpose is in the bundle of its other purpose alone', (t) => {
  const [first] = roots;
  if (first === undefined) throw new Error('wanted a root');
  const members = (trusted: Root['trusted'], distrusted: Root['distrusted']) => {
    const rendered = renderBundles([{ ...first, trusted, distrusted }], info);
    return [...rendered.keys()].filter((name) =>
      name === 'ca-bundle.json'
        ? readIndex(rendered).roots.length > 0
        : digestsOf(read(name, rendered)).length > 0,
    );
  };
  t.deepEqual(members(['emailProtection'], []), ['ca-bundle.crt', 'ca-bundle-email.crt', 'ca-bundle.json']);
  t.deepEqual(members(['emailProtection'], ['serverAuthentication']), [
    'ca-bundle-email.crt',
    'ca-bundle.json',
  ]);
  t.deepEqual(members([], ['serverAuthentication']), []);
  t.deepEqual(members([], []), []);
});

test('gives the same bytes in any time zone and locale', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const source = (file: string) => JSON.stringify(new URL(`../../bundles/${file}`, import.meta.url).href);
  const script = path.join(folder, 'render.mjs');
  await writeFile(
    script,
    `import { parseCertdata } from ${source('parse-certdata.ts')};
     import { renderBundles } from ${source('render-bundles.ts')};
     import { readFileSync } from 'node:fs';
     const roots = parseCertdata(readFileSync(${JSON.stringify(path.join(folder, 'certdata.txt'))}, 'utf8'));
     console.log(JSON.stringify([new Date(0).getHours(), ...renderBundles(roots, ${JSON.stringify(info)})]));`,
  );
  await writeFile(path.join(folder, 'certdata.txt'), await certdataText());
  const render = async (zone: string, locale: string): Promise<unknown[]> => {
    const env = { TZ: zone, LANG: locale, LC_ALL: locale };
    return JSON.parse(
      (await run([process.execPath, `--import=${import.meta.resolve('tsx')}`, script], { env })).stdout,
    );
  };
  for (const [zone, locale, hour] of [
    ['Asia/Kolkata', 'tr_TR.UTF-8', 5],
    ['America/St_Johns', 'C', 20],
  ] as const) {
    t.deepEqual(await render(zone, locale), [hour, ...files]);
  }
});
