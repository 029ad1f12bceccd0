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
  await copyFile(path.join(checkout, 'build/bootstrap.mjs'), path.join(dir, 'build/bootstrap.mjs'));
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

const all = ['make', 'perl', 'python3', 'xz', 'gzip', 'dpkg-deb', 'rpmbuild', 'flock'];

test('stops with exit 2 and the one line to run, where it may not install what is missing', async (t) => {
  const { start } = await setUp(t, [
    'apt-get',
    ...all.filter((name) => name !== 'rpmbuild' && name !== 'make'),
  ]);
  const { exitCode, stdout, stderr } = await start('dist');
  t.is(exitCode, 2, stderr);
  t.is(stdout, '');
  t.regex(
    stderr,
    /System packages are missing\. Run this, then try again:\n {2}sudo apt-get update && sudo apt-get install --yes --no-install-recommends make rpm\n/,
  );
});

test('says nothing and exits 0 where nothing is missing', async (t) => {
  const { start } = await setUp(t, all);
  t.like(await start('dist'), { exitCode: 0, stdout: '', stderr: '' });
});

test('perl without its modules counts as missing', async (t) => {
  const { dir, start } = await setUp(
    t,
    all.filter((name) => name !== 'perl'),
  );
  await symlink('/bin/false', path.join(dir, 'bin/perl'));
  const { exitCode, stderr } = await start('dist');
  t.is(exitCode, 2);
  t.regex(stderr, /These are missing: perl \(Debian's names\)/);
});

test('wants the compilers and packagers of the targets that are named, and of no other', async (t) => {
  const { start } = await setUp(t, all);
  const { exitCode, stderr } = await start('dist', 'win32-x64', 'linux-arm64');
  t.is(exitCode, 2);
  t.regex(stderr, /missing: faketime, g\+\+-mingw-w64-x86-64-posix, msitools, nsis, wixl \(Debian's names\)/);
  t.regex((await start('dist', 'all')).stderr, /missing: clang-19, faketime, .*, lld-19, llvm-19, /);
});

test('names the packages where there is no apt', async (t) => {
  const { start } = await setUp(
    t,
    all.filter((name) => name !== 'flock'),
  );
  const { exitCode, stderr } = await start('dist');
  t.is(exitCode, 2);
  t.regex(stderr, /These are missing: util-linux \(Debian's names\)\. Install them and try again\./);
});

test('stops with exit 2 for a purpose that it does not know', async (t) => {
  const { start } = await setUp(t, all);
  const { exitCode, stderr } = await start('distt');
  t.is(exitCode, 2);
  t.regex(stderr, /Expected dist, check, test, platforms, got distt/);
});
