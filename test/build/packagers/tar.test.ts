import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type { Member } from '../../../build/packagers/members.ts';
import { writeTar } from '../../../build/packagers/tar.ts';
import { run } from '../../../build/process.ts';
import { temporaryFolder } from '../../support/folder.ts';

const list = async (file: string) =>
  (await run(['tar', '--full-time', '--numeric-owner', '-tvf', file])).stdout.trimEnd().split('\n');

test('writes what GNU tar reads: root as owner, one time, modes, links and long names', async (t) => {
  const dir = await temporaryFolder(t);
  const file = path.join(dir, 'x.tar');
  const long = `${'folder-with-a-long-name/'.repeat(12)}file`;
  const members: readonly Member[] = [
    { type: 'directory', path: 'a', mode: 0o755 },
    { type: 'symlink', path: 'a/link', mode: 0o755, linkTarget: '../b' },
    { type: 'made', path: 'a/é', mode: 0o644, content: 'x'.repeat(512) },
    { type: 'made', path: 'empty', mode: 0o755, content: '' },
    { type: 'made', path: long, mode: 0o644, content: 'long' },
  ];

  await writeTar(members, 1_000_000_000, file);

  const time = '2001-09-09 01:46:40';
  t.deepEqual(
    (await list(file)).map((line) => line.replace(/ +/g, ' ')),
    [
      `drwxr-xr-x 0/0 0 ${time} a/`,
      `lrwxrwxrwx 0/0 0 ${time} a/link -> ../b`,
      `-rw-r--r-- 0/0 512 ${time} a/é`,
      `-rwxr-xr-x 0/0 0 ${time} empty`,
      `-rw-r--r-- 0/0 4 ${time} ${long}`,
    ],
  );
  t.is((await run(['tar', '-xOf', file, 'a/é'])).stdout, 'x'.repeat(512));
  t.is((await run(['tar', '-xOf', file, long])).stdout, 'long');
  t.is((await readFile(file)).length % 512, 0);
});

test('refuses a file that is no longer what the stage says', async (t) => {
  const dir = await temporaryFolder(t);
  const source = path.join(dir, 'source');
  await writeFile(source, 'four');
  const member: Member = { type: 'file', path: 'f', mode: 0o644, source, sizeBytes: 4, sha256: '' };
  await t.notThrowsAsync(writeTar([member], 0, path.join(dir, 'good.tar')));

  await writeFile(source, 'five!');

  await t.throwsAsync(writeTar([member], 0, path.join(dir, 'bad.tar')), {
    code: 'ERR_VALIDATION',
    message: `${source}: wanted the 4 bytes of the stage, got 5; build the stage again`,
  });
});
