// A changed byte in what the cache holds: a source, the compiled library, the addon, a stage, an artifact. Nobody packs it.

import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { stepAlone } from '../../support/killed.ts';
import { killedBuilder } from '../../support/killed-builder.ts';
import { digestOf } from '../../support/result-digest.ts';

const builder = await killedBuilder();

/** Copies the result of a step into a cache, since the one that others use is not to be changed. */
async function copyResult(from: string, step: string, cache: string): Promise<string> {
  const folder = path.join(cache, 'steps', step, path.basename(from));
  await mkdir(folder, { recursive: true });
  await run(['cp', '-a', `${from}/.`, folder]);
  return path.join(folder, 'result');
}

/** Flips a bit in the middle of a file and sets its times back. */
async function changeByte(file: string): Promise<void> {
  const { atime, mtime } = await stat(file);
  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(file, bytes);
  await utimes(file, atime, mtime);
}

async function isFound(t: ExecutionContext, step: string, file: RegExp): Promise<void> {
  const { cache, args, undisturbed } = await stepAlone(t, builder, step);
  const { digest, folder } = undisturbed;
  const dir = await copyResult(folder, step, cache);
  const whole = await builder.start(args).finished;
  t.regex(whole.stderr, new RegExp(`^ {2}${step} .* kept$`, 'm'), 'the copy is used as it is');
  const name = (await readdir(dir, { recursive: true })).find((each) => file.test(each)) ?? '';
  await changeByte(path.join(dir, name));
  t.not(await digestOf(dir), digest);

  const { code, stderr } = await builder.start(args).finished;
  t.is(code, 0, stderr);
  const text = `${step}: the result in the cache is damaged and is made again: ${name} was changed: expected`;
  t.true(stderr.includes(text), stderr);
  t.regex(stderr, new RegExp(`^ {2}${step} .* done$`, 'm'));
  t.is(await digestOf(dir), digest, 'what is used then is what an undisturbed build makes');
}

for (const [what, step, file] of [
  ['source', 'fetch-openssl', /\.tar\.gz$/],
  ['source tree', 'extract', /^Configure$/],
  ['library', 'compile-linux-x64', /^lib\/libcrypto\.a$/],
  ['addon', 'addon-linux-x64', /^tsopenssl\.node$/],
  ['stage', 'stage-linux-x64', /^bin\/openssl$/],
  ['artifact', 'package-tar.xz-linux-x64', /\.tar\.xz$/],
] as const) {
  test.serial(
    `a changed byte in a cached ${what} is found and reported, and the ${what} is made again`,
    (t) => isFound(t, step, file),
  );
}
