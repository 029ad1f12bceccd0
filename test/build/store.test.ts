import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { checkResult, ensureResult, removeLeftovers, resultDir, resultFolder } from '../../build/store.ts';
import { temporaryFolder } from '../support/folder.ts';

const name = 'step';
const key = '0123456789abcdef0123456789abcdef';

/** A cache with one result: two files, a folder, an empty folder, a link. */
async function setUp(t: ExecutionContext) {
  const cacheDir = await temporaryFolder(t);
  let made = 0;
  const damages: string[] = [];
  const ensure = () =>
    ensureResult({
      cacheDir,
      name,
      key,
      inputs: { word: 'one' },
      async make(dir) {
        made++;
        await mkdir(path.join(dir, 'folder'));
        await mkdir(path.join(dir, 'empty'));
        await writeFile(path.join(dir, 'text'), 'the same text');
        await writeFile(path.join(dir, 'folder/program'), 'program', { mode: 0o755 });
        await symlink('folder/program', path.join(dir, 'link'));
      },
      onDamage: (damage) => damages.push(damage),
    });
  await ensure();
  const dir = resultDir(cacheDir, name, key);
  return { cacheDir, dir, damages, ensure, made: () => made };
}

/** Changes one byte and sets the times back, as somebody would who wants it not to be seen. */
async function changeByte(file: string): Promise<void> {
  const { atime, mtime } = await stat(file);
  const bytes = await readFile(file);
  bytes[3] = (bytes[3] ?? 0) ^ 1;
  await writeFile(file, bytes);
  await utimes(file, atime, mtime);
}

type Damage = readonly [what: string, damage: (dir: string) => Promise<void>, message: RegExp];

const table: readonly Damage[] = [
  [
    'a changed byte',
    (dir) => changeByte(path.join(dir, 'text')),
    /^text was changed: expected 13 bytes .*, found 13/,
  ],
  [
    'another length',
    (dir) => writeFile(path.join(dir, 'text'), ''),
    /^text was changed: expected 13 bytes .*, found 0/,
  ],
  ['a file less', (dir) => rm(path.join(dir, 'folder/program')), /^folder\/program was removed$/],
  ['a file more', (dir) => writeFile(path.join(dir, 'folder/more'), ''), /^folder\/more was added$/],
  ['a folder less', (dir) => rm(path.join(dir, 'empty'), { recursive: true }), /^empty was removed$/],
  ['a folder more', (dir) => mkdir(path.join(dir, 'more')).then(() => undefined), /^more was added$/],
  [
    'another mode',
    (dir) => chmod(path.join(dir, 'folder/program'), 0o644),
    /^folder\/program .*the mode 0755 .*the mode 0644/,
  ],
  [
    'another mode of a folder',
    (dir) => chmod(path.join(dir, 'folder'), 0o700),
    /^folder was changed: .*0755.*0700/,
  ],
  [
    'a link elsewhere',
    async (dir) => {
      await rm(path.join(dir, 'link'));
      await symlink('text', path.join(dir, 'link'));
    },
    /^link was changed: expected a link to folder\/program, found a link to text$/,
  ],
  [
    'a link in place of a file',
    async (dir) => {
      await rename(path.join(dir, 'text'), path.join(path.dirname(dir), 'moved'));
      await symlink('../moved', path.join(dir, 'text'));
    },
    /^text was changed: .*, found a link to \.\.\/moved$/,
  ],
  ['no record', (dir) => rm(path.join(dir, '../record.json')), /^record\.json is missing or cannot be read$/],
  [
    'half a record',
    (dir) => writeFile(path.join(dir, '../record.json'), '{"digest":'),
    /^record\.json is missing/,
  ],
  ['no result', (dir) => rm(dir, { recursive: true }), /^the folder result is missing$/],
];

for (const [what, damage, message] of table) {
  test(`finds and makes again a result with ${what}`, async (t) => {
    const { cacheDir, dir, damages, ensure, made } = await setUp(t);
    t.is(await checkResult(cacheDir, name, key), 'whole');
    await damage(dir);
    t.true(await ensure());
    t.is(made(), 2);
    t.is(damages.length, 1);
    t.regex(damages[0] ?? '', message);
    t.is(await readFile(path.join(dir, 'text'), 'utf8'), 'the same text');
    t.is(await checkResult(cacheDir, name, key), 'whole');
    t.false(await ensure(), 'and it is used then');
    t.deepEqual(await readdir(path.join(cacheDir, 'tmp')), []);
  });
}

test('uses a result whose files have other times and inodes but the same contents, and reads them once', async (t) => {
  const { cacheDir, dir, damages, ensure, made } = await setUp(t);
  const folder = resultFolder(cacheDir, name, key);
  await run(['cp', '-a', folder, `${folder}.copy`]);
  await rm(folder, { recursive: true });
  await rename(`${folder}.copy`, folder);
  const record = () => readFile(path.join(folder, 'record.json'), 'utf8');
  const before = await record();
  t.false(await ensure());
  t.not(await record(), before, 'the new times are recorded');
  const after = await record();
  t.false(await ensure());
  t.is(await record(), after);
  t.deepEqual([made(), damages], [1, []]);
  t.is(await readFile(path.join(dir, 'link'), 'utf8'), 'program');
});

test('a failure while it is made again leaves no result', async (t) => {
  const { cacheDir, dir } = await setUp(t);
  await changeByte(path.join(dir, 'text'));
  const make = () => Promise.reject(new Error('failed on purpose'));
  await t.throwsAsync(ensureResult({ cacheDir, name, key, inputs: {}, make }), {
    message: 'failed on purpose',
  });
  t.is(await checkResult(cacheDir, name, key), 'missing');
  t.deepEqual(await readdir(path.join(cacheDir, 'tmp')), []);
});

test('several that want one result make it once', async (t) => {
  const cacheDir = await temporaryFolder(t);
  let made = 0;
  const make = async (dir: string) => {
    made++;
    await writeFile(path.join(dir, 'text'), 'text');
  };
  const all = Array.from({ length: 5 }, () => ensureResult({ cacheDir, name, key, inputs: {}, make }));
  t.deepEqual((await Promise.all(all)).filter(Boolean), [true]);
  t.is(made, 1);
});

test('removes the work of killed builds, and none whose lock is held', async (t) => {
  const cacheDir = await temporaryFolder(t);
  await mkdir(path.join(cacheDir, `tmp/killed-${key}.abc123/result`), { recursive: true });
  const swept = ensureResult({
    cacheDir,
    name,
    key,
    inputs: {},
    async make(dir) {
      await writeFile(path.join(dir, 'text'), 'text');
      await removeLeftovers(cacheDir);
      t.is(await readFile(path.join(dir, 'text'), 'utf8'), 'text', 'its own work is still there');
    },
  });
  t.true(await swept);
  t.deepEqual(await readdir(path.join(cacheDir, 'tmp')), []);
  t.deepEqual(await readdir(path.join(cacheDir, 'locks')), []);
});
