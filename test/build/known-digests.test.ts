import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openDigests } from '../../build/known-digests.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A clock that is far ahead, so that every file counts as old. */
const later = () => Date.now() + 60_000;

/** A folder with one file, and the digests of a cache in it. */
async function fixture() {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-digests-'));
  const cache = path.join(dir, 'cache');
  const file = path.join(dir, 'file');
  await mkdir(cache);
  await writeFile(file, 'one');
  return { dir, cache, file, open: (now = later) => openDigests(cache, now) };
}

/** Replaces a remembered digest by one that no file has: a caller that returns it has not read the file. */
async function mark(cache: string): Promise<string> {
  const list = path.join(cache, 'digests');
  const marked = 'f'.repeat(64);
  await writeFile(list, (await readFile(list, 'utf8')).replace(/^[0-9a-f]{64} /gm, `${marked} `));
  return marked;
}

test('reads an unchanged file once, in this process and in later ones', async (t) => {
  const { cache, file, open } = await fixture();
  const digests = open();
  t.is(await digests.digestFile(file), sha256('one'));
  digests.save();
  const marked = await mark(cache);
  t.is(await digests.digestFile(file), sha256('one'));
  t.is(await open().digestFile(file), marked);
});

test('remembers nothing of a process that does not save', async (t) => {
  const { cache, file, open } = await fixture();
  await open().digestFile(file);
  t.deepEqual(await readdir(cache), []);
});

for (const [change, apply, wanted] of [
  ['another size', (file: string) => writeFile(file, 'three'), 'three'],
  [
    'the same size and time of modification',
    async (file: string) => {
      const { atime, mtime } = await stat(file);
      await writeFile(file, 'two');
      await utimes(file, atime, mtime);
    },
    'two',
  ],
  [
    'another file under its name',
    async (file: string) => {
      const { atime, mtime } = await stat(file);
      await writeFile(`${file}.new`, 'two');
      await utimes(`${file}.new`, atime, mtime);
      await rename(`${file}.new`, file);
    },
    'two',
  ],
] as const) {
  test(`reads a file again after a change that leaves ${change}`, async (t) => {
    const { cache, file, open } = await fixture();
    const digests = open();
    await digests.digestFile(file);
    digests.save();
    await mark(cache);
    // the clock of the file system ticks every few milliseconds
    await new Promise((resolve) => setTimeout(resolve, 50));
    await apply(file);
    t.is(await open().digestFile(file), sha256(wanted));
    t.is(await digests.digestFile(file), sha256(wanted));
  });
}

test('does not remember a file that changed within the last two seconds', async (t) => {
  const { cache, file, open } = await fixture();
  const { ctimeMs } = await stat(file);
  const young = open(() => ctimeMs + 1999);
  await young.digestFile(file);
  young.save();
  t.deepEqual(await readdir(cache), []);
  // the time of modification of a copied file may be old; the time of its change is not
  await utimes(file, 1, 1);
  const copied = open(() => Date.now());
  await copied.digestFile(file);
  copied.save();
  t.deepEqual(await readdir(cache), []);
  const old = open(() => ctimeMs + 60_000);
  await old.digestFile(file);
  old.save();
  t.deepEqual(await readdir(cache), ['digests']);
});

test('does not remember a file whose times lie in the future', async (t) => {
  const { cache, file, open } = await fixture();
  await utimes(file, 4e9, 4e9);
  const digests = open();
  await digests.digestFile(file);
  digests.save();
  t.deepEqual(await readdir(cache), []);
});

test('keeps what another process has saved meanwhile, and leaves out files that are gone', async (t) => {
  const { dir, cache, open } = await fixture();
  const names = ['a', 'b', 'gone'].map((name) => path.join(dir, name));
  for (const name of names) await writeFile(name, name);
  const [a = '', b = '', gone = ''] = names;
  const [one, two] = [open(), open()];
  await one.digestFile(a);
  await one.digestFile(gone);
  await two.digestFile(b);
  one.save();
  await rm(gone);
  two.save();
  const list = await readFile(path.join(cache, 'digests'), 'utf8');
  t.deepEqual(
    list
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1)),
    ['1', a, b],
  );
  t.deepEqual(await readdir(cache), ['digests']);
});

test('follows a link to the file that it names', async (t) => {
  const { dir, file, open } = await fixture();
  const link = path.join(dir, 'link');
  await symlink(file, link);
  const digests = open();
  t.is(await digests.digestFile(link), sha256('one'));
  await rm(link);
  await writeFile(`${file}2`, 'two');
  await symlink(`${file}2`, link);
  t.is(await digests.digestFile(link), sha256('two'));
});

test('takes a damaged or foreign list for an empty one', async (t) => {
  const { cache, file, open } = await fixture();
  for (const text of ['', 'something else\n', 'tsopenssl digests 1\nnot a line\n']) {
    await writeFile(path.join(cache, 'digests'), text);
    t.is(await open().digestFile(file), sha256('one'));
  }
});

test('works with a cache that cannot be written', async (t) => {
  const { cache, file, open } = await fixture();
  await rm(cache, { recursive: true });
  await writeFile(cache, 'a file where the folder would be');
  const digests = open();
  t.is(await digests.digestFile(file), sha256('one'));
  t.notThrows(() => digests.save());
});

test('names the file that is not there', async (t) => {
  const { dir, open } = await fixture();
  await t.throwsAsync(open().digestFile(path.join(dir, 'none')), { code: 'ENOENT', message: /none/ });
});

test('makes no cache folder', async (t) => {
  const { cache, file, open } = await fixture();
  await rm(cache, { recursive: true });
  const digests = open();
  await digests.digestFile(file);
  digests.save();
  await t.throwsAsync(stat(cache), { code: 'ENOENT' });
});
