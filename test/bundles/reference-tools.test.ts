// The bundles against tools that others wrote: OpenSSL's command line, and Debian's own reader of certdata.txt.

import { createHash } from 'node:crypto';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { describeRoot } from '../../bundles/describe-root.ts';
import { parseCertdata } from '../../bundles/parse-certdata.ts';
import { renderBundles } from '../../bundles/render-bundles.ts';
import { certdataArchive, certdataText } from '../support/certdata.ts';
import { distribution } from '../support/openssl.ts';

const text = await certdataText();
const info = { certdataVersion: '2.74', nssVersion: '3.110', certdataSha256: '00'.repeat(32) };
const files = renderBundles(parseCertdata(text), info);
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g;

// ava wants its tests declared in one go, so what decides about them is awaited first
const python = '/usr/bin/python3';
const hasPython = await access(python).then(
  async () => (await run([python, '-c', 'import cryptography'], { allowFailure: true })).exitCode === 0,
  () => false,
);
const debianTest = hasPython ? test : test.skip;
const reason = hasPython ? '' : ' (skipped: the Debian package python3-cryptography is not installed)';

function blocksOf(fileName: string): string[] {
  return files.get(fileName)?.match(pemBlock) ?? [];
}

/** Hex SHA-256 of the DER in each PEM block, sorted. */
function digestsOf(blocks: readonly string[]): string[] {
  return blocks
    .map((block) => Buffer.from(block.replaceAll(/-----.+-----/g, ''), 'base64'))
    .map((der) => createHash('sha256').update(der).digest('hex'))
    .sort();
}

test('openssl reads every certificate of each bundle, and none in the empty one', async (t) => {
  const { openssl } = await distribution();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [fileName, count] of [
    ['ca-bundle.crt', 175],
    ['ca-bundle-server.crt', 150],
    ['ca-bundle-email.crt', 103],
  ] as const) {
    await writeFile(path.join(folder, fileName), files.get(fileName) ?? '');
    const { stdout } = await run([openssl, 'storeutl', '-noout', '-certs', path.join(folder, fileName)]);
    t.is(stdout.trimEnd().split('\n').at(-1), `Total found: ${count}`);
  }
  await writeFile(path.join(folder, 'empty.crt'), files.get('ca-bundle-codesigning.crt') ?? '');
  const empty = await run([openssl, 'storeutl', '-noout', '-certs', path.join(folder, 'empty.crt')], {
    allowFailure: true,
  });
  t.not(empty.exitCode, 0);
  t.notRegex(empty.stdout, /Certificate/);
});

test('the index says of every root what openssl says, and the PEM is what openssl writes', async (t) => {
  const { openssl } = await distribution();
  const index = JSON.parse(files.get('ca-bundle.json') ?? '');
  const blocks = blocksOf('ca-bundle.crt');
  t.is(blocks.length, 175);
  for (const [position, input] of blocks.entries()) {
    const root = index.roots[position];
    const names = ['-nameopt', 'RFC2253,-esc_msb,utf8'];
    const fields = [
      '-subject',
      '-issuer',
      '-serial',
      '-dates',
      '-dateopt',
      'iso_8601',
      '-fingerprint',
      ...names,
    ];
    const sha1 = await run([openssl, 'x509', ...fields, '-sha1'], { input });
    const sha256 = await run([openssl, 'x509', '-noout', '-fingerprint', '-sha256'], { input });
    t.is(
      sha1.stdout + sha256.stdout,
      `subject=${root.subject}
issuer=${root.issuer}
serial=${root.serial}
notBefore=${root.notBefore.replace('T', ' ')}
notAfter=${root.notAfter.replace('T', ' ')}
sha1 Fingerprint=${root.sha1}
${input}sha256 Fingerprint=${root.sha256}
`,
    );
  }
});

test('names are RFC 4514 as openssl writes it, however odd they are', async (t) => {
  const { openssl } = await distribution();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const config = path.join(folder, 'req.cnf');
  const certificate = path.join(folder, 'odd.pem');
  const names = [
    ['/C=HU/O=A \\+ b=c, "q" <x>; \\\\ y/CN=Főtanúsítvány', 'utf8only'],
    ['/OU=#hash/OU= lead and trail /L=a\nb/CN=x \\+ y = z', 'utf8only'],
    ['/C=DE/OU=one+CN=two+L=three \\/ four /O=last', 'utf8only'],
    ['/O=Müller/CN=T61String', 'default'],
    ['/O=Főtanúsítvány/CN=BMPString', 'default'],
  ] as const;
  const seen: string[] = [];
  for (const [subject, mask] of names) {
    await writeFile(config, `[req]\ndistinguished_name = dn\nstring_mask = ${mask}\n[dn]\n`);
    const key = ['-newkey', 'ED25519', '-noenc', '-keyout', path.join(folder, 'key.pem')];
    await run([
      openssl,
      'req',
      '-x509',
      ...key,
      '-config',
      config,
      '-utf8',
      '-subj',
      subject,
      '-out',
      certificate,
    ]);
    const nameopt = ['-nameopt', 'RFC2253,-esc_msb,utf8'];
    const { stdout } = await run([openssl, 'x509', '-in', certificate, '-noout', '-subject', ...nameopt]);
    const der = Buffer.from((await readFile(certificate, 'utf8')).replaceAll(/-----.+-----/g, ''), 'base64');
    const root = describeRoot({ name: 'odd', der, trusted: [], distrusted: [], distrustAfter: {} });
    t.is(`subject=${root.subject}\n`, stdout);
    const { stdout: structure } = await run([openssl, 'asn1parse', '-in', certificate]);
    seen.push(root.subject, ...(structure.match(/T61STRING|BMPSTRING/g) ?? []));
  }
  t.true(seen.includes('O=last,L=three / four\\ +OU=one+CN=two,C=DE'), seen.join('\n'));
  t.true(seen.includes('T61STRING') && seen.includes('BMPSTRING'), 'the odd string types were not made');
});

/** Debian's script knows TLS servers alone, so for another purpose two attributes exchange their names. */
const purposes = [
  ['ca-bundle-server.crt', 'CKA_TRUST_SERVER_AUTH', 150],
  ['ca-bundle-email.crt', 'CKA_TRUST_EMAIL_PROTECTION', 103],
  ['ca-bundle-codesigning.crt', 'CKA_TRUST_CODE_SIGNING', 0],
] as const;

for (const [fileName, attribute, count] of purposes) {
  debianTest(
    `${fileName} holds the ${count} certificates that Debian's certdata2pem.py finds${reason}`,
    async (t) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
      t.teardown(() => rm(folder, { recursive: true }));
      const script = 'ca-certificates/mozilla/certdata2pem.py';
      await run(['tar', '-xJf', await certdataArchive(), '-C', folder, '--strip-components=2', script]);
      const server = 'CKA_TRUST_SERVER_AUTH';
      const exchange = new Map([
        [attribute, server],
        [server, attribute],
      ]);
      const exchanged = text.replaceAll(/^CKA_TRUST_\w+/gm, (name) => exchange.get(name) ?? name);
      await writeFile(path.join(folder, 'certdata.txt'), exchanged);
      await run([python, 'certdata2pem.py'], { cwd: folder });
      const found = (await readdir(folder)).filter((name) => name.endsWith('.crt'));
      const blocks = await Promise.all(found.map((name) => readFile(path.join(folder, name), 'utf8')));

      t.is(blocks.length, count);
      t.deepEqual(digestsOf(blocksOf(fileName)), digestsOf(blocks));
    },
  );
}
