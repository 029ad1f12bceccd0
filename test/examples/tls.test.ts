// The examples of TLS, each against real servers or clients on loopback, and each once where it must refuse.

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run, start } from '../../build/process.ts';
import { examplesFolder, runExample, startExample } from '../support/examples.ts';
import { freePort } from '../support/free-port.ts';
import { makeCertificate } from '../support/handshake.ts';
import { nodes } from '../support/nodes.ts';
import { distribution } from '../support/openssl.ts';

const { openssl, packageDir } = await distribution();

async function demo(cwd: string): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const read = (name: string) => readFile(path.join(cwd, name));
  return { cert: await read('demo.crt'), key: await read('demo.key') };
}

/** A server of node:https with a page of 2,000 letters. */
async function pageServer(t: ExecutionContext, options: ServerOptions): Promise<string> {
  const server = createHttps(options, (_, response) => response.end('x'.repeat(2000)));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}/`;
}

test('https-client.ts shows 500 bytes of a server that it trusts, and nothing of another', async (t) => {
  const cwd = await examplesFolder(t);
  const url = await pageServer(t, await demo(cwd));
  const trusted = await runExample(cwd, ['https-client.ts', url, 'demo.crt']);
  t.is(trusted.exitCode, 0, trusted.stderr);
  t.regex(
    trusted.stdout,
    /^depth 0: CN=localhost, right\nTLSv1\.3, TLS_\w+, group \w+\nstatus 200\n\nx{500}$/,
  );
  // with Mozilla's roots, which have not signed it
  const refused = await runExample(cwd, ['https-client.ts', url]);
  t.is(refused.exitCode, 1);
  t.is(refused.stdout, 'depth 0: CN=localhost, error 18\n');
  t.regex(refused.stderr, /^https:\/\/localhost:\d+\/: .*self-signed certificate/);
  t.like(await runExample(cwd, ['https-client.ts']), {
    exitCode: 2,
    stderr: 'Usage: npx tsx https-client.ts URL [ROOTS]\n',
  });
});

test('https-client.ts shows its certificate to a server that asks', async (t) => {
  const cwd = await examplesFolder(t);
  const { cert, key } = await demo(cwd);
  const url = await pageServer(t, { cert, key, ca: cert, requestCert: true });
  t.is((await runExample(cwd, ['https-client.ts', url, 'demo.crt'])).exitCode, 0);
});

test('the command in https-client.ts makes certificate and key anew', async (t) => {
  const cwd = await examplesFolder(t);
  const before = new X509Certificate((await demo(cwd)).cert);
  const [, command] = /^\/\/ {3}npx tsopenssl (openssl req (?:.*\\\n\/\/ )?.*)$/m.exec(
    await readFile(path.join(cwd, 'https-client.ts'), 'utf8'),
  ) ?? ['', ''];
  const words = command.replace('\\\n//', '').trim().split(/\s+/);
  t.deepEqual(words.slice(0, 3), ['openssl', 'req', '-x509']);
  await run([process.execPath, path.join(packageDir, 'lib/cli.js'), ...words], { cwd });
  const { cert, key } = await demo(cwd);
  const after = new X509Certificate(cert);
  t.not(after.serialNumber, before.serialNumber);
  t.is(after.subject, before.subject);
  t.is(after.subjectAltName, before.subjectAltName);
  const url = await pageServer(t, { cert, key });
  t.is((await runExample(cwd, ['https-client.ts', url, 'demo.crt'])).exitCode, 0);
  // those that come with the examples last as long as the examples
  t.true(before.checkHost('localhost') === 'localhost' && Date.parse(before.validTo) > Date.UTC(2120, 0));
});

test('client-certificates.ts lets in who has the key, and nobody else', async (t) => {
  const cwd = await examplesFolder(t);
  const example = startExample(t, cwd, ['client-certificates.ts', '0', 'demo.crt']);
  const [url = ''] = await example.line(/^https:.*$/);
  const own = await runExample(cwd, ['https-client.ts', url, 'demo.crt']);
  t.regex(own.stdout, /\n\nHello localhost, until 21\d\d-/);
  const curl = (...words: string[]) =>
    run(['curl', '--silent', '--cacert', 'demo.crt', ...words, url], { cwd, allowFailure: true });
  t.regex((await curl('--cert', 'demo.crt', '--key', 'demo.key')).stdout, /^Hello localhost/);
  t.not((await curl()).exitCode, 0);
  const stranger = await makeCertificate(t, [openssl]);
  t.not((await curl('--cert', stranger.certificate, '--key', stranger.key)).exitCode, 0);
});

test('tls-versions.ts finds what a server speaks', async (t) => {
  const cwd = await examplesFolder(t);
  const versions = async (options: ServerOptions) => {
    const url = new URL(await pageServer(t, { ...(await demo(cwd)), ...options }));
    const { stdout } = await runExample(cwd, ['tls-versions.ts', url.hostname, url.port]);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/no: .*/, 'no'));
  };
  t.deepEqual(await versions({}), [
    'TLS 1.0 alone: no',
    'TLS 1.1 alone: no',
    'TLS 1.2 alone: TLSv1.2',
    'TLS 1.3 alone: TLSv1.3',
    'TLS 1.2 and newer: TLSv1.3',
    'without SSL, TLS 1.0 and 1.1: TLSv1.3',
  ]);
  t.deepEqual(await versions({ minVersion: 'TLSv1', maxVersion: 'TLSv1.2', ciphers: 'DEFAULT@SECLEVEL=0' }), [
    'TLS 1.0 alone: TLSv1',
    'TLS 1.1 alone: TLSv1.1',
    'TLS 1.2 alone: TLSv1.2',
    'TLS 1.3 alone: no',
    'TLS 1.2 and newer: TLSv1.2',
    'without SSL, TLS 1.0 and 1.1: TLSv1.2',
  ]);
});

test('openssl-config.ts: the file sets what contexts offer, and describes a certificate', async (t) => {
  const cwd = await examplesFolder(t);
  const certificate = [
    'certificate: CN=localhost,O=Example, ecdsa-with-SHA384',
    '  basicConstraints: CA:FALSE',
    '  keyUsage: Digital Signature',
    '  extendedKeyUsage: TLS Web Server Authentication',
    '  subjectAltName: DNS:localhost, IP Address:127.0.0.1',
    '  subjectKeyIdentifier: …',
  ];
  const say = async (file: string) => {
    const { stdout } = await runExample(cwd, ['openssl-config.ts'], { OPENSSL_CONF: file });
    return stdout
      .trimEnd()
      .replace(/(\w\w:){19}\w\w/, '…')
      .split('\n');
  };
  const [reason = '', ...lines] = await say(path.join(cwd, 'openssl.cnf'));
  t.regex(reason, /^configuration: .*openssl\.cnf/);
  t.deepEqual(lines.slice(0, 6), certificate);
  t.regex(lines[6] ?? '', /^up to TLSv1\.2: .*(no protocols available|protocol)/);
  t.is(lines[7], 'up to TLSv1.3: TLSv1.3, group X25519MLKEM768');
  const without = await say('/dev/null');
  t.deepEqual(without.slice(1, 7), certificate);
  t.regex(without[7] ?? '', /^up to TLSv1\.2: TLSv1\.2, group/);
});

test('post-quantum.ts shows both handshakes, and which group a server takes', async (t) => {
  const cwd = await examplesFolder(t);
  const { exitCode, stdout, stderr } = await runExample(cwd, ['post-quantum.ts']);
  t.is(exitCode, 0, stderr);
  t.regex(
    stdout,
    /^elliptic curves: TLSv1\.3, group x25519, key \d+\n {2}\d{3,4} bytes of the client, \d{3,4} of the server\npost-quantum: TLSv1\.3, group X25519MLKEM768, key ml-dsa-65\n {2}\d{4} bytes of the client, \d{5} of the server\n$/i,
  );
});

test('dtls.ts sends back what it is told, to who is who', async (t) => {
  const cwd = await examplesFolder(t);
  const example = startExample(t, cwd, ['dtls.ts', 'server', '0']);
  const [, port = ''] = await example.line(/^listens on port (\d+)$/);
  t.like(await runExample(cwd, ['dtls.ts', 'client', port, 'over UDP']), {
    exitCode: 0,
    stdout: 'over UDP\n',
  });
  t.truthy(await example.line(/^127\.0\.0\.1:\d+: DTLSv1\.2, \w+/));
  t.truthy(await example.line(/^127\.0\.0\.1:\d+: goodbye$/));
  // a client that trusts another certificate refuses the server
  const { certificate } = await makeCertificate(t, [openssl]);
  await copyFile(certificate, path.join(cwd, 'demo.crt'));
  const refused = await runExample(cwd, ['dtls.ts', 'client', port, 'over UDP']);
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /certificate/);
  t.regex((await runExample(cwd, ['dtls.ts', 'client', String(await freePort())])).stderr, /ECONNREFUSED/);
  t.like(await runExample(cwd, ['dtls.ts']), { exitCode: 2 });
});

test('dtls.ts speaks with other programs', async (t) => {
  const cwd = await examplesFolder(t);
  const example = startExample(t, cwd, ['dtls.ts', 'server', '0']);
  const [, port = ''] = await example.line(/^listens on port (\d+)$/);
  const trusted = path.join(cwd, 'demo.crt');
  const words = ['-dtls1_2', '-connect', `127.0.0.1:${port}`, '-quiet', '-CAfile', trusted];
  const child = start(['openssl', 's_client', ...words]);
  t.teardown(() => child.kill());
  child.stdin.write('a line\n');
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  t.is(answer.toString(), 'a line\n');
});

test('a Node that strips types runs them without tsx', async (t) => {
  const cwd = await examplesFolder(t);
  const able = (await nodes()).filter(({ version }) => Number(version.split('.')[0]) >= 24);
  t.true(able.length > 0);
  for (const { node } of able) {
    const { exitCode, stdout, stderr } = await run([node, 'post-quantum.ts'], { cwd, allowFailure: true });
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /X25519MLKEM768/);
  }
});
