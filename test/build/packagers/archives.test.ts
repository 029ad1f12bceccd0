import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { caBundles } from '../../../build/packagers/ca-bundles.ts';
import { npmMain, npmPlatform } from '../../../build/packagers/npm.ts';
import { tarXz } from '../../../build/packagers/tar-xz.ts';
import { run } from '../../../build/process.ts';
import type { Packager, Stage } from '../../../build/types.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fixtureInfo, fixtureStage } from '../../support/stage-fixture.ts';

/** Packs the small stage, or what `change` makes of it, and answers the archive. */
async function packed(
  t: ExecutionContext,
  packager: Packager,
  change: (stage: Stage) => Stage = (stage) => stage,
): Promise<string> {
  const dir = await temporaryFolder(t);
  const stage = change(await fixtureStage(dir));
  await mkdir(path.join(dir, 'dist'));
  const file = path.join(dir, 'dist', packager.fileName(fixtureInfo, stage.target));
  await packager.pack(stage, fixtureInfo, file);
  t.deepEqual(await readdir(path.join(dir, 'dist')), [path.basename(file)]);
  return file;
}

const names = async (file: string) => (await run(['tar', '-tf', file])).stdout.trimEnd().split('\n');
const content = async (file: string, name: string) => (await run(['tar', '-xOf', file, name])).stdout;

test('tar.xz: the whole stage in one folder', async (t) => {
  const file = await packed(t, tarXz);

  t.is(path.basename(file), 'tsopenssl-1.2.3.3.5.7-linux-x64.tar.xz');
  const listed = await names(file);
  t.is(listed[0], 'tsopenssl-1.2.3.3.5.7-linux-x64/');
  t.true(listed.every((name) => name.startsWith('tsopenssl-1.2.3.3.5.7-linux-x64/')));
  t.true(listed.includes('tsopenssl-1.2.3.3.5.7-linux-x64/ssl/ca-bundle.crt'));
  t.is(listed.length, 1 + 46);
  t.is(await content(file, 'tsopenssl-1.2.3.3.5.7-linux-x64/bin/tsopenssl'), 'platform/linux/launcher.sh\n');
});

test('ca-bundles: the bundles, their licence and what to know about them, and nothing else', async (t) => {
  const file = await packed(t, caBundles);

  t.is(path.basename(file), 'tsopenssl-ca-bundles-2.74.tar.xz');
  t.deepEqual(
    (await names(file)).map((name) => name.replace(/^tsopenssl-ca-bundles-2\.74\//, '')),
    [
      '',
      'LICENSE',
      'README.md',
      'ca-bundle-codesigning.crt',
      'ca-bundle-email.crt',
      'ca-bundle-server.crt',
      'ca-bundle.crt',
      'ca-bundle.json',
    ],
  );
  t.regex(await content(file, 'tsopenssl-ca-bundles-2.74/LICENSE'), /^Mozilla Public License Version 2\.0\n/);
  t.regex(await content(file, 'tsopenssl-ca-bundles-2.74/README.md'), /root module 2\.74/);
});

test('npm: the main package is its subtree of the stage, files only', async (t) => {
  const file = await packed(t, npmMain);

  t.is(path.basename(file), 'tsopenssl-1.2.3.3.5.7-npm.tgz');
  t.deepEqual(await names(file), [
    'package/LICENSE',
    'package/README.md',
    'package/ca-bundles/ca-bundle-codesigning.crt',
    'package/ca-bundles/ca-bundle-email.crt',
    'package/ca-bundles/ca-bundle-server.crt',
    'package/ca-bundles/ca-bundle.crt',
    'package/ca-bundles/ca-bundle.json',
    'package/lib/cli.js',
    'package/lib/index.d.ts',
    'package/lib/index.js',
    'package/openssl.cnf',
    'package/package.json',
    'package/src/binding.gyp',
  ]);
});

test('npm: the package of the target brings the command line and its libraries along', async (t) => {
  const file = await packed(t, npmPlatform);

  t.is(path.basename(file), 'tsopenssl-1.2.3.3.5.7-linux-x64-npm.tgz');
  t.deepEqual(await names(file), [
    'package/LICENSE',
    'package/README.md',
    'package/bin/openssl',
    'package/lib/libcrypto.so.3',
    'package/lib/libssl.so.3',
    'package/package.json',
    'package/tsopenssl.node',
  ]);
  t.is(await content(file, 'package/bin/openssl'), 'openssl/bin/openssl\n');
});

test('npm: refuses a link, which npm would drop without a word', async (t) => {
  const withLink = (stage: Stage): Stage => ({
    ...stage,
    entries: [
      ...stage.entries,
      { type: 'symlink', path: 'node_modules/tsopenssl/lib/link', mode: 0o755, linkTarget: 'index.js' },
    ],
  });

  await t.throwsAsync(packed(t, npmMain, withLink), {
    code: 'ERR_VALIDATION',
    message: 'tsopenssl-1.2.3.3.5.7-npm.tgz: npm accepts no links, wanted a file at package/lib/link',
  });
  await t.notThrowsAsync(packed(t, npmPlatform, withLink));
});
