// Whom a client trusts: the option, else what the environment names, else the embedded roots with their dates.

import { X509Certificate } from 'node:crypto';
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { binary, entry, runProgram } from '../../support/addon.ts';
import { type MadeCertificate, makeCertificate } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { distribution } from '../../support/openssl.ts';
import { listen } from '../../support/tls-server.ts';

const { tls } = (await import(entry)) as typeof Tsopenssl;
const { packageDir } = await distribution();

const date = new Date('2024-11-30T23:59:59Z');
const names = ['subjectAltName=DNS:localhost'];

async function serve(t: ExecutionContext, { pem, keyFile }: MadeCertificate): Promise<number> {
  const key = await readFile(keyFile, 'utf8');
  return listen(
    t,
    tls.createServer({ cert: pem, key }, (socket) => socket.on('error', () => {}).end()),
  );
}

/** What a client in a process of its own makes of a server: `true`, or what was found of the certificate. */
async function verdict(
  port: number,
  options: { readonly entry?: string; readonly env?: Record<string, string>; readonly ca?: string } = {},
): Promise<string> {
  const { stdout, stderr } = await runProgram(
    `const { tls } = await import(${JSON.stringify(options.entry ?? entry)});
     const ca = ${JSON.stringify(options.ca)};
     try {
       const socket = await tls.connect({ port: ${port}, ...(ca === undefined ? {} : { ca }) });
       console.log(socket.authorized);
       socket.destroy();
     } catch (error) {
       console.log(error.verification?.code ?? error);
     }`,
    { env: options.env ?? {} },
  );
  return `${stdout}${stderr}`.trim();
}

test('a copy of the package with a root of our own: a leaf from each side of its date', async (t) => {
  const folder = await temporaryFolder(t);
  const root = await makeCertificate(folder, { subject: '/CN=Embedded' });
  const leaf = (notBefore: Date) =>
    makeCertificate(folder, { subject: '/CN=leaf', issuer: root, notBefore, extensions: names });
  const punctual = await serve(t, await leaf(date));
  const late = await serve(t, await leaf(new Date(date.getTime() + 1000)));

  const copy = path.join(folder, 'node_modules/tsopenssl');
  await cp(packageDir, copy, { recursive: true });
  await cp(path.dirname(binary), path.join(folder, 'node_modules/@tsopenssl/linux-x64'), { recursive: true });
  const where = { entry: pathToFileURL(path.join(copy, 'lib/index.js')).href };
  // the control: nobody has embedded it yet
  t.is(await verdict(punctual, where), 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');

  await appendFile(path.join(copy, 'ca-bundles/ca-bundle-server.crt'), root.pem);
  t.regex(await verdict(punctual, where), /ERR_CA_BUNDLE_FILE/);
  const indexFile = path.join(copy, 'ca-bundles/ca-bundle.json');
  const index = JSON.parse(await readFile(indexFile, 'utf8'));
  const sha256 = new X509Certificate(root.pem).fingerprint256;
  const [first] = index.roots;
  const write = (distrustAfter: object) =>
    writeFile(
      indexFile,
      JSON.stringify({ ...index, roots: [...index.roots, { ...first, sha256, distrustAfter }] }),
    );
  await write({});
  t.is(await verdict(late, where), 'true');
  await write({ serverAuthentication: date.toISOString() });
  t.is(await verdict(punctual, where), 'true');
  t.is(await verdict(late, where), 'ERR_CERT_REJECTED');
});

test('SSL_CERT_FILE and SSL_CERT_DIR count in the place of the embedded roots, and the option in the place of both', async (t) => {
  const folder = await temporaryFolder(t);
  const root = await makeCertificate(folder, { subject: '/CN=Of the environment' });
  const other = await makeCertificate(folder, { subject: '/CN=Another' });
  const leaf = await makeCertificate(folder, { subject: '/CN=leaf', issuer: root, extensions: names });
  const port = await serve(t, leaf);
  const unknown = 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
  t.is(await verdict(port), unknown);
  t.is(await verdict(port, { env: { SSL_CERT_FILE: root.file } }), 'true');
  t.is(await verdict(port, { env: { SSL_CERT_FILE: other.file } }), unknown);
  const hashes = await temporaryFolder(t);
  const { openssl } = await distribution();
  const { stdout } = await run([openssl, 'x509', '-noout', '-hash', '-in', root.file]);
  await writeFile(path.join(hashes, `${stdout.trim()}.0`), root.pem);
  t.is(await verdict(port, { env: { SSL_CERT_DIR: hashes } }), 'true');
  t.is(await verdict(port, { ca: root.pem, env: { SSL_CERT_FILE: other.file } }), 'true');
  t.is(await verdict(port, { ca: other.pem, env: { SSL_CERT_FILE: root.file } }), unknown);
});

test('a context that trusts what others trust too is changed without them', async (t) => {
  const folder = await temporaryFolder(t);
  const root = await makeCertificate(folder, { subject: '/CN=Of one context' });
  const leaf = await makeCertificate(folder, { subject: '/CN=leaf', issuer: root, extensions: names });
  const port = await serve(t, leaf);
  const { stdout } = await runProgram(
    `const { tls, crypto } = await import(entry);
     const [one, other] = [tls.createSecureContext(), tls.createSecureContext()];
     const root = crypto.loadCertificate(crypto.FILETYPE_PEM, ${JSON.stringify(root.pem)});
     one.getCertStore().addCert(root);
     for (const secureContext of [one, other, tls.createSecureContext()])
       await tls.connect({ port: ${port}, secureContext }).then(
         (socket) => { console.log('trusted'); socket.destroy(); },
         (error) => console.log(error.verification.code));
     try { other.getCertStore(); } catch (error) { console.log(error.code); }`,
  );
  const unknown = 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
  t.deepEqual(stdout.trim().split('\n'), ['trusted', unknown, unknown, 'ERR_CONTEXT_IN_USE']);
});
