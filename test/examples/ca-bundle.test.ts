// The examples, as somebody runs them who has installed the package.

import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { temporaryFolder } from '../support/folder.ts';
import { distribution } from '../support/openssl.ts';

const { packageDir, openssl } = await distribution();
const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const env = { OPENSSL_CONF: '/dev/null' };

async function makeProject(t: ExecutionContext): Promise<string> {
  const dir = await temporaryFolder(t);
  await cp(examples, dir, { recursive: true });
  await mkdir(path.join(dir, 'node_modules'));
  await symlink(packageDir, path.join(dir, 'node_modules/tsopenssl'));
  await writeFile(path.join(dir, 'package.json'), '{"type":"module"}\n');
  return dir;
}

test('ca-bundle.ts looks over the embedded roots, and a file', async (t) => {
  const cwd = await makeProject(t);
  const example = (...args: string[]) =>
    run([process.execPath, '--import', import.meta.resolve('tsx'), 'ca-bundle.ts', ...args], { cwd, env });
  const server = await readFile(path.join(packageDir, 'ca-bundles/ca-bundle-server.crt'), 'utf8');
  const { stdout } = await example();
  t.true(stdout.endsWith(`\n${server.split('-----BEGIN').length - 1} roots\n`));
  t.regex(stdout, /: not trusted for servers whose certificate begins after \d{4}-/);
  const own = fileURLToPath(
    new URL('../addon/ca-bundle/fixtures/openssl-x509-trustout.pem', import.meta.url),
  );
  t.is(
    (await example(own)).stdout,
    'bravo alias (ed1a6923d0eb6aba95d430638866abdb1325f045): explicitly distrusted\n2 roots\n',
  );
});

test('https-client.cjs trusts what the bundle holds, and nothing else', async (t) => {
  const cwd = await makeProject(t);
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'key.pem',
    '-out',
    'own.pem',
  ];
  await run([openssl, ...request, '-subj', '/CN=Own', '-addext', 'subjectAltName=DNS:localhost'], {
    cwd,
    env,
  });
  const read = (name: string) => readFile(path.join(cwd, name));
  const server = createServer({ key: await read('key.pem'), cert: await read('own.pem') }, (_, response) =>
    response.end('x'),
  );
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  t.teardown(() => server.close());
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  const example = (...args: string[]) =>
    run([process.execPath, 'https-client.cjs', ...args], { cwd, env, allowFailure: true });
  t.deepEqual(await example(url, 'own.pem'), { exitCode: 0, stdout: '200, trusted by Own\n', stderr: '' });
  const refused = await example(url);
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /self-signed certificate/);
  t.like(await example(), { exitCode: 2, stderr: 'Usage: node https-client.cjs URL [BUNDLE]\n' });
});
