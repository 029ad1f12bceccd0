// The bootstrap on machines that lack something. What it installs is not tried here: the acceptance of a fresh machine is.

import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const isRoot = process.getuid?.() === 0;

/** A checkout with its npm packages installed, and a PATH of node and whatever else is named. */
async function setUp(t: ExecutionContext, programs: readonly string[]) {
  const dir = await temporaryFolder(t);
  await chmod(dir, 0o755);
  await mkdir(path.join(dir, 'build'));
  await mkdir(path.join(dir, 'bin'));
  await mkdir(path.join(dir, 'node_modules'));
  for (const name of ['bootstrap.mjs', 'npm-packages.mjs', 'system-packages.mjs'])
    await copyFile(path.join(checkout, 'build', name), path.join(dir, 'build', name));
  await copyFile(path.join(checkout, 'package-lock.json'), path.join(dir, 'package-lock.json'));
  const lock = await readFile(path.join(dir, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  await writeFile(path.join(dir, 'node_modules/.installed-lock'), digest);
  // the bootstrap only looks whether they are there; perl is asked for its modules
  for (const name of programs) await symlink('/bin/true', path.join(dir, 'bin', name));
  const drop = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  const bootstrap = [
    ...drop,
    'env',
    `PATH=${dir}/bin`,
    process.execPath,
    path.join(dir, 'build/bootstrap.mjs'),
  ];
  return { dir, start: (...words: string[]) => run([...bootstrap, ...words], { allowFailure: true }) };
}

const all = [
  ...['make', 'perl', 'python3', 'xz', 'gzip', 'dpkg-deb', 'rpmbuild', 'flock'],
  ...['gcc', 'ld', 'openssl', 'shellcheck'],
];

test('stops with exit 2 and the one line to run, where it may not install what is missing', async (t) => {
  const { start } = await setUp(t, [
    'apt-get',
    ...all.filter((name) => name !== 'rpmbuild' && name !== 'make'),
  ]);
  const { exitCode, stdout, stderr } = await start('check');
  t.is(exitCode, 2, stderr);
  t.is(stdout, '');
  t.regex(
    stderr,
    /System packages are missing\. Run this, then try again:\n {2}sudo apt-get update && sudo apt-get install --yes --no-install-recommends make rpm\n/,
  );
});

test('says nothing and exits 0 where nothing is missing', async (t) => {
  const { start } = await setUp(t, all);
  t.like(await start('check'), { exitCode: 0, stdout: '', stderr: '' });
});

test('perl without its modules counts as missing', async (t) => {
  const { dir, start } = await setUp(
    t,
    all.filter((name) => name !== 'perl'),
  );
  await symlink('/bin/false', path.join(dir, 'bin/perl'));
  const { exitCode, stderr } = await start('check');
  t.is(exitCode, 2);
  t.regex(stderr, /These are missing: perl \(Debian's names\)/);
});

test('wants what runs and reads the artifacts of other systems for all platforms alone, and nothing for npm', async (t) => {
  const { start } = await setUp(t, all);
  const { exitCode, stderr } = await start('platforms');
  t.is(exitCode, 2);
  t.regex(stderr, /missing: .*clang-19, .*faketime, .*lld-19, .*llvm-19, .*msitools, .*nsis, .*wixl, /);
  t.notRegex((await start('test')).stderr, /wixl|clang-19/);
  t.like(await start('npm'), { exitCode: 0, stdout: '', stderr: '' });
});

test('names the packages where there is no apt', async (t) => {
  const { start } = await setUp(
    t,
    all.filter((name) => name !== 'flock'),
  );
  const { exitCode, stderr } = await start('check');
  t.is(exitCode, 2);
  t.regex(stderr, /These are missing: util-linux \(Debian's names\)\. Install them and try again\./);
});

test('stops with exit 2 for a purpose that it does not know', async (t) => {
  const { start } = await setUp(t, all);
  const { exitCode, stderr } = await start('chekc');
  t.is(exitCode, 2);
  t.regex(stderr, /Expected npm, check, test, platforms, got chekc/);
});
