// Folders that are full or cannot be written, on file systems made for the test.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { builder, linkCache, linkMirror } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';

const mayMount =
  process.getuid?.() === 0 &&
  (await run(['unshare', '--mount', 'true'], { allowFailure: true })).exitCode === 0;
const mounted = mayMount ? test : test.skip;
if (!mayMount)
  console.error('Full and read-only disks are not tested: this user may not mount a file system');

async function mount(t: ExecutionContext, dir: string, options: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await run(['mount', '-t', 'tmpfs', '-o', `mode=0700,${options}`, 'tmpfs', dir]);
  t.teardown(() => run(['umount', '--lazy', dir]));
}

async function files(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

mounted(
  'a full disk in the middle of a download is a clear error, and nothing half-made stays',
  async (t) => {
    const folder = await temporaryFolder(t);
    const cache = path.join(folder, 'cache');
    const mirror = path.join(folder, 'mirror');
    await linkMirror(mirror);
    await mount(t, cache, 'size=8m');
    const full = await builder(['--until', 'fetch-openssl', '--cache', cache, '--mirror', mirror]);
    t.is(full.code, 1);
    t.regex(
      full.stderr,
      /ERR_DISK_FULL: fetching openssl_3\.5\.7\.orig\.tar\.gz: the disk is full; make room and run/,
    );
    t.deepEqual(await files(cache), ['module-keys'], 'what was read before the step began');
    await run(['mount', '-o', 'remount,size=200m', cache]);
    t.is(
      (await builder(['--until', 'fetch-openssl', '--cache', cache, '--mirror', mirror])).code,
      0,
      'with room it works',
    );
  },
);

mounted('a full disk in the middle of extracting and of copying is a clear error too', async (t) => {
  const folder = await temporaryFolder(t);
  await mount(t, path.join(folder, 'small'), 'size=60m');
  for (const step of ['extract', 'configure-linux-x64']) {
    const cache = path.join(folder, 'small', step);
    await linkCache(cache, [step]);
    const { code, stderr } = await builder(['--until', step, '--cache', cache]);
    t.is(code, 1, stderr);
    t.regex(stderr, /ERR_DISK_FULL: /, step);
    t.deepEqual(await readdir(path.join(cache, 'tmp')), []);
    t.deepEqual(await readdir(path.join(cache, 'steps', step)), []);
    await run(['mount', '-o', 'remount,size=600m', path.join(folder, 'small')]);
    t.is((await builder(['--until', step, '--cache', cache])).code, 0, 'with room it works');
    await rm(cache, { recursive: true });
    await run(['mount', '-o', 'remount,size=60m', path.join(folder, 'small')]);
  }
});

mounted('a full disk under dist/ leaves no part of an artifact', async (t) => {
  const folder = await temporaryFolder(t);
  const cache = path.join(folder, 'cache');
  const out = path.join(folder, 'dist');
  await linkCache(cache, []);
  await mount(t, out, 'size=1m');
  const { code, stderr } = await builder(['--cache', cache, '--out', out, '--format', 'deb']);
  t.is(code, 1);
  t.regex(stderr, /ERR_DISK_FULL: writing to .*dist: the disk is full/);
  t.deepEqual(await files(out), []);
});

mounted('a cache or an output folder on a read-only file system is a clear error', async (t) => {
  const folder = await temporaryFolder(t);
  const readOnly = path.join(folder, 'read-only');
  await mount(t, readOnly, 'size=1m,ro');
  const noCache = await builder(['--until', 'fetch-certdata', '--cache', path.join(readOnly, 'cache')]);
  t.is(noCache.code, 1);
  t.regex(
    noCache.stderr,
    /ERR_NOT_WRITABLE: .*: wanted a folder that this user may write, got .*; choose another with --cache or --out/,
  );
  const cache = path.join(folder, 'cache');
  await linkCache(cache, []);
  const noOut = await builder(['--cache', cache, '--out', path.join(readOnly, 'dist'), '--format', 'deb']);
  t.is(noOut.code, 1);
  t.regex(noOut.stderr, /ERR_NOT_WRITABLE: .*read-only\/dist: wanted a folder that this user may write/);
});

test('a file where a folder should be is a clear error', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'file'), '');
  const { code, stderr } = await builder([
    '--until',
    'fetch-certdata',
    '--cache',
    path.join(folder, 'file/cache'),
  ]);
  t.is(code, 1);
  t.regex(stderr, /ERR_NOT_WRITABLE: .*file\/cache: wanted a folder that this user may write/);
});
