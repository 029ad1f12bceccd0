// Joining trees as far as texts and paths go; what llvm-lipo makes of binaries is tested on the artifacts for macOS.

import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { joinTrees } from '../../../build/steps/join.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** Makes two trees out of their files, joins them, and answers the joined folder and the error, if there was one. */
async function joined(t: ExecutionContext, trees: readonly Readonly<Record<string, string>>[]) {
  const dir = await temporaryFolder(t);
  const folders: string[] = [];
  for (const [index, files] of trees.entries()) {
    const folder = path.join(dir, `tree-${index}`);
    folders.push(folder);
    await mkdir(path.join(folder, 'lib'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    await symlink('a.txt', path.join(folder, 'lib/link'));
  }
  const out = path.join(dir, 'out');
  await mkdir(out);
  const options = { pathFirst: [], log: path.join(dir, 'log') };
  const error = await joinTrees(folders, out, options).catch((caught: unknown) => caught);
  return { out, error };
}

test('keeps what is the same in every architecture: texts, folders and links', async (t) => {
  const files = { 'lib/a.txt': 'the same', 'b.txt': 'also' };
  const { out, error } = await joined(t, [files, files]);
  t.is(error, undefined);
  t.deepEqual((await readdir(out, { recursive: true })).sort(), ['b.txt', 'lib', 'lib/a.txt', 'lib/link']);
  t.is(await readFile(path.join(out, 'lib/a.txt'), 'utf8'), 'the same');
  t.is(await readlink(path.join(out, 'lib/link')), 'a.txt');
});

test('refuses a text that differs, and a path that only one architecture has', async (t) => {
  const one = { 'lib/a.txt': 'the same' };
  for (const [other, message] of [
    [{ 'lib/a.txt': 'another' }, /^lib\/a\.txt: wanted one text in every architecture, got several$/],
    [{ ...one, 'lib/more': '' }, /^wanted the same paths in every architecture, got lib\/more in /],
  ] as const) {
    const { error } = await joined(t, [one, other]);
    t.true(error instanceof BuildError && error.code === 'ERR_VALIDATION');
    t.regex((error as BuildError).message, message);
  }
});
