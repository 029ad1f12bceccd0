// The example that looks bundles over.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { examplesFolder, runExample } from '../support/examples.ts';
import { distribution } from '../support/openssl.ts';

const { packageDir } = await distribution();

test('ca-bundle.ts looks over the embedded roots, and a file', async (t) => {
  const cwd = await examplesFolder(t);
  const example = (...args: string[]) => runExample(cwd, ['ca-bundle.ts', ...args]);
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
