import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { findPublished, publish } from '../../../build/steps/publish.ts';
import { digestFile } from '../../../build/store.ts';
import { temporaryFolder } from '../../support/folder.ts';

const makeManifest = (artifacts: unknown) => JSON.stringify({ artifacts });

async function setUp(dir: string, names: readonly string[]) {
  await mkdir(path.join(dir, 'store'), { recursive: true });
  for (const name of names) await writeFile(path.join(dir, 'store', name), `content of ${name}`);
  return names.map((name) => ({
    source: path.join(dir, 'store', name),
    format: 'deb' as const,
    target: 'linux-x64' as const,
    tools: { ar: '1' },
  }));
}

test('publishes artifacts with a manifest and checksums of all of it', async (t) => {
  const dir = await temporaryFolder(t);
  const out = path.join(dir, 'out');
  const paths = await publish(await setUp(dir, ['a.deb', 'b.deb']), out, makeManifest);
  t.deepEqual((await readdir(out)).sort(), ['SHA256SUMS', 'a.deb', 'b.deb', 'manifest.json']);
  t.deepEqual(
    paths.map((file) => path.basename(file)),
    ['a.deb', 'b.deb', 'manifest.json', 'SHA256SUMS'],
  );
  const sums = (await readFile(path.join(out, 'SHA256SUMS'), 'utf8')).trim().split('\n');
  for (const line of sums) {
    const [sha256 = '', name = ''] = line.split('  ');
    t.is(
      createHash('sha256')
        .update(await readFile(path.join(out, name)))
        .digest('hex'),
      sha256,
    );
  }
  t.is(sums.length, 3);
  const { artifacts } = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8'));
  t.like(artifacts[0], {
    file: 'a.deb',
    format: 'deb' as const,
    target: 'linux-x64',
    sizeBytes: 16,
    tools: { ar: '1' },
  });
});

test('replaces a damaged artifact, leaves a right one alone, and removes what the last manifest listed', async (t) => {
  const dir = await temporaryFolder(t);
  const out = path.join(dir, 'out');
  const artifacts = await setUp(dir, ['a.deb', 'b.deb', 'old.deb']);
  await publish(artifacts, out, makeManifest);
  await writeFile(path.join(out, 'a.deb'), 'damaged');
  await writeFile(path.join(out, 'mine.txt'), 'not ours');
  const before = await stat(path.join(out, 'b.deb'));
  await publish(artifacts.slice(0, 2), out, makeManifest);
  t.is(await readFile(path.join(out, 'a.deb'), 'utf8'), 'content of a.deb');
  t.is((await stat(path.join(out, 'b.deb'))).ino, before.ino);
  t.deepEqual((await readdir(out)).sort(), ['SHA256SUMS', 'a.deb', 'b.deb', 'manifest.json', 'mine.txt']);
});

test('an output folder that cannot be made is a clear error', async (t) => {
  const dir = await temporaryFolder(t);
  await writeFile(path.join(dir, 'file'), '');
  const publishing = publish(await setUp(dir, ['a.deb']), path.join(dir, 'file/out'), makeManifest);
  const error = await t.throwsAsync(publishing, {
    instanceOf: BuildError,
    message: /file\/out: wanted a folder that this user may write/,
  });
  t.is(error?.code, 'ERR_NOT_WRITABLE');
});

test('finds what is published already, and nothing where one byte or one file differs', async (t) => {
  const dir = await temporaryFolder(t);
  const out = path.join(dir, 'out');
  const artifacts = await setUp(dir, ['a.deb', 'b.deb']);
  const find = () => findPublished(artifacts, out, makeManifest, { digestFile });
  t.is(await find(), undefined);
  const paths = await publish(artifacts, out, makeManifest);
  t.deepEqual(await find(), paths);
  for (const name of ['a.deb', 'manifest.json', 'SHA256SUMS']) {
    const file = path.join(out, name);
    const whole = await readFile(file);
    await writeFile(file, 'other');
    t.is(await find(), undefined, name);
    await rm(file);
    t.is(await find(), undefined, name);
    await writeFile(file, whole);
    t.deepEqual(await find(), paths);
  }
  t.is(await findPublished(artifacts.slice(0, 1), out, makeManifest, { digestFile }), undefined);
});
