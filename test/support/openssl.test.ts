import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { distribution } from './openssl.ts';

const tarballName = 'tsopenssl-1.0.0.3.5.7-linux-x64.tar.xz';

/** A checkout whose dist/ holds a tarball with the given files. */
async function makeCheckout(root: string, files: readonly string[]): Promise<void> {
  const tree = path.join(root, 'tree');
  for (const file of files) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), file);
  }
  await mkdir(path.join(root, 'dist'));
  await run(['tar', '-cJf', path.join(root, 'dist', tarballName), '-C', tree, '.']);
}

test('unpacks the tarball once, also when several ask at the same time', async (t) => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
  t.teardown(() => rm(root, { recursive: true }));
  await makeCheckout(root, ['tsopenssl/bin/openssl', 'tsopenssl/ssl/openssl.cnf']);

  const found = await Promise.all([distribution(root), distribution(root), distribution(root)]);

  t.deepEqual(found[1], found[0]);
  t.deepEqual(found[2], found[0]);
  t.is(await readFile(found[0].openssl, 'utf8'), 'tsopenssl/bin/openssl');
  t.is(await readFile(found[0].cnf, 'utf8'), 'tsopenssl/ssl/openssl.cnf');
  t.is(path.basename(path.resolve(found[0].prefix, '..')), 'result');
  t.is((await distribution(root)).prefix, found[0].prefix);
});

test('says which command makes what is missing', async (t) => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
  t.teardown(() => rm(root, { recursive: true }));

  await t.throwsAsync(distribution(root), { message: /found none; run `npm run dist` first$/ });

  await makeCheckout(root, ['tsopenssl/bin/other']);
  await t.throwsAsync(distribution(root), { message: /wanted bin\/openssl in the tarball/ });

  await writeFile(path.join(root, 'dist', tarballName.replace('3.5.7', '3.6.3')), '');
  await t.throwsAsync(distribution(root), { message: /wanted one tarball, found .*3\.5\.7.* and .*3\.6\.3/ });
});
