import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { openCacheFolder } from '../../build/cache-folder.ts';
import { BuildError } from '../../build/errors.ts';
import { builder } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

test('makes the folder for its owner alone', async (t) => {
  const dir = path.join(await temporaryFolder(t), 'a/cache');
  await openCacheFolder(dir);
  t.is((await stat(dir)).mode & 0o777, 0o700);
  await openCacheFolder(dir);
});

test('accepts a folder that others may read, and refuses each one that others may write', async (t) => {
  const dir = await temporaryFolder(t);
  for (const mode of [0o700, 0o750, 0o755]) {
    await chmod(dir, mode);
    await t.notThrowsAsync(openCacheFolder(dir), mode.toString(8));
  }
  for (const mode of [0o720, 0o702, 0o777, 0o1777, 0o2770]) {
    await chmod(dir, mode);
    const error = await t.throwsAsync(openCacheFolder(dir), { instanceOf: BuildError }, mode.toString(8));
    t.is(error?.code, 'ERR_UNSAFE_CACHE');
    t.is(error?.exitStatus, 2);
    t.true(
      error?.message.includes(
        `found the mode ${mode.toString(8).padStart(4, '0')}; run \`chmod go-w '${dir}'\``,
      ),
    );
  }
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot('refuses a folder of another user', async (t) => {
  const dir = path.join(await temporaryFolder(t), 'cache');
  await mkdir(dir, { mode: 0o700 });
  await chown(dir, 65534, 65534);
  const error = await t.throwsAsync(openCacheFolder(dir), { instanceOf: BuildError });
  t.is(error?.code, 'ERR_UNSAFE_CACHE');
  t.regex(
    error?.message ?? '',
    /expected a cache folder that belongs to this user \(uid 0\), found one of uid 65534/,
  );
});

test('the command line refuses such a folder before it uses anything in it', async (t) => {
  const dir = await temporaryFolder(t);
  await chmod(dir, 0o777);
  for (const args of [['--until', 'fetch-certdata'], ['cache'], ['cache', 'prune', '--older-than', '1d']]) {
    const { code, stderr } = await builder([...args, '--cache', dir]);
    t.is(code, 2, args.join(' '));
    t.regex(stderr, /ERR_UNSAFE_CACHE: .*: expected a cache folder that only its owner may write/);
  }
});

test('the default is the folder tsopenssl in the user’s cache folder; a relative XDG_CACHE_HOME is ignored', async (t) => {
  const home = await temporaryFolder(t);
  await mkdir(path.join(home, 'xdg'));
  await writeFile(path.join(home, 'xdg/other'), '');
  const folderOf = async (env: Record<string, string>) => {
    const { stdout } = await builder(['cache', '--json'], { HOME: home, TSOPENSSL_CACHE: '', ...env });
    return (JSON.parse(stdout) as { folder: string }).folder;
  };
  t.is(await folderOf({ XDG_CACHE_HOME: path.join(home, 'xdg') }), path.join(home, 'xdg/tsopenssl'));
  t.is(await folderOf({ XDG_CACHE_HOME: 'xdg' }), path.join(home, '.cache/tsopenssl'));
  t.is(await folderOf({}), path.join(home, '.cache/tsopenssl'));
  t.is(await folderOf({ TSOPENSSL_CACHE: path.join(home, 'own') }), path.join(home, 'own'));
});
