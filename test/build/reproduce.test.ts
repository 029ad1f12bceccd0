import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../build/errors.ts';
import { run } from '../../build/process.ts';
import { compareArtifacts } from '../../build/reproduce.ts';
import { temporaryFolder } from '../support/folder.ts';

async function setUp(dir: string, side: string, text: string): Promise<string> {
  const folder = path.join(dir, side);
  await mkdir(path.join(folder, 'top'), { recursive: true });
  await writeFile(path.join(folder, 'top/same'), 'same');
  await writeFile(path.join(folder, 'top/text'), text);
  const tar = [
    'tar',
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--mtime=@0',
    '-cJf',
    'artifact.tar.xz',
    'top',
  ];
  await run(tar, { cwd: folder });
  await run(['rm', '-r', path.join(folder, 'top')]);
  return folder;
}

test('equal artifacts are listed with their digests', async (t) => {
  const dir = await temporaryFolder(t);
  const [a, b] = [await setUp(dir, 'a', 'one'), await setUp(dir, 'b', 'one')];
  t.regex(await compareArtifacts(a, b), /^[0-9a-f]{64} {2}artifact\.tar\.xz$/);
});

test('a difference is an error that names the file, the member and the byte', async (t) => {
  const dir = await temporaryFolder(t);
  const [a, b] = [await setUp(dir, 'a', 'one'), await setUp(dir, 'b', 'two')];
  const error = await t.throwsAsync(compareArtifacts(a, b), { instanceOf: BuildError });
  t.is(error?.code, 'ERR_REPRODUCE');
  t.regex(
    error?.message ?? '',
    /^artifact\.tar\.xz: the two builds differ: member top\/text .* at byte \d+ of \d+ and \d+/,
  );
});

test('a file that only one build made is an error', async (t) => {
  const dir = await temporaryFolder(t);
  const [a, b] = [await setUp(dir, 'a', 'one'), await setUp(dir, 'b', 'one')];
  await writeFile(path.join(b, 'extra'), '');
  await t.throwsAsync(compareArtifacts(a, b), {
    message: /wanted the same files, got artifact\.tar\.xz and artifact\.tar\.xz, extra/,
  });
});
