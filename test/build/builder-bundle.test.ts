import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { builderBundle } from '../../build/builder-bundle.mjs';
import { run } from '../../build/process.ts';
import { temporaryFolder } from '../support/folder.ts';

/** A checkout whose builder prints what its second module exports. */
async function setUp(t: ExecutionContext) {
  const root = await temporaryFolder(t);
  for (const dir of ['build', 'platform', 'node_modules']) await mkdir(path.join(root, dir));
  const write = (name: string, text: string) => writeFile(path.join(root, name), text);
  await write('package-lock.json', '{}');
  await write('build/builder-bundle.mjs', '');
  await write(
    'build/cli.ts',
    "import { word } from '../platform/word.ts';\nprocess.stdout.write(word as string);\n",
  );
  await write('platform/word.ts', "export const word: string = 'one';\n");
  const say = async () => (await run([process.execPath, await builderBundle(root)])).stdout;
  return { root, write, say };
}

test('runs the sources as they are, and makes a file once for the same sources', async (t) => {
  const { root, say } = await setUp(t);
  t.is(await say(), 'one');
  const file = await builderBundle(root);
  const { mtimeMs, ino } = await stat(file);
  t.is(await builderBundle(root), file);
  t.like(await stat(file), { mtimeMs, ino });
});

test('notices a changed source whose size and times are the same', async (t) => {
  const { root, write, say } = await setUp(t);
  const file = path.join(root, 'platform/word.ts');
  const { atime, mtime } = await stat(file);
  t.is(await say(), 'one');
  await write('platform/word.ts', "export const word: string = 'two';\n");
  await utimes(file, atime, mtime);
  t.is(await say(), 'two');
});

test('notices a module that is new, and one that is gone', async (t) => {
  const { write, say } = await setUp(t);
  t.is(await say(), 'one');
  await write('platform/other.ts', "export const word = 'other';\n");
  await write('build/cli.ts', "import { word } from '../platform/other.ts';\nprocess.stdout.write(word);\n");
  t.is(await say(), 'other');
});

test('a module finds the files beside it', async (t) => {
  const { root, write, say } = await setUp(t);
  await write('platform/word.ts', 'export const word = import.meta.dirname;\n');
  t.is(await say(), path.join(root, 'platform'));
});

test('makes a damaged list of modules anew, and leaves no half-written file', async (t) => {
  const { root, write, say } = await setUp(t);
  t.is(await say(), 'one');
  await write('node_modules/.cache/tsopenssl/inputs.json', '["build');
  t.is(await say(), 'one');
  const names = await readdir(path.join(root, 'node_modules/.cache/tsopenssl'));
  t.is(names.length, 2, names.join());
  t.deepEqual(
    JSON.parse(await readFile(path.join(root, 'node_modules/.cache/tsopenssl/inputs.json'), 'utf8')),
    ['build/cli.ts', 'platform/word.ts'],
  );
});

test('says what is wrong with a source that cannot be read', async (t) => {
  const { root, write } = await setUp(t);
  await write('platform/word.ts', 'export const = ;\n');
  await t.throwsAsync(builderBundle(root), { message: /platform\/word\.ts:1:13: ERROR/ });
});
