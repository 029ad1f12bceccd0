// Kills the builder in the middle of a step, for the tests that a builder that is killed at any moment leaves nothing that a
// later one trusts. Every run after a kill starts from what that kill left; the last one must give what an undisturbed one
// gave. The steps are those that the pipeline lists; three test files share them, so that they run side by side.

import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { builder, linkCache, linkMirror, listedSteps, mainCache, startBuilder } from './builder.ts';
import { temporaryFolder } from './folder.ts';
import { treeDigest } from './tree-digest.ts';

/** How often each step is killed. */
export const rounds = 3;

/** What a run of one step alone gave: its digest and how long it took. */
interface Undisturbed {
  readonly result: string;
  readonly digest: string;
  readonly elapsedMs: number;
}

/** A compiler cache makes the fourth compilation of the same files bearable, and is a launcher that must change no byte. */
const env = { CCACHE_DIR: path.join(mainCache, 'test/ccache') };

export async function runStep(t: ExecutionContext, args: readonly string[]): Promise<Undisturbed> {
  const begin = performance.now();
  const { code, stdout, stderr } = await builder(args, env);
  t.is(code, 0, stderr);
  const elapsedMs = performance.now() - begin;
  return { result: stdout.trim(), digest: await treeDigest(stdout.trim()), elapsedMs };
}

/** Runs a step and kills the builder after some time; answers whether it was still running. */
export async function killAfter(args: readonly string[], delayMs: number): Promise<boolean> {
  const { child, finished } = startBuilder(args, env);
  await Promise.race([sleep(delayMs), finished]);
  child.kill('SIGKILL');
  return (await finished).signal === 'SIGKILL';
}

async function killedAndRunAgain(t: ExecutionContext, step: string): Promise<void> {
  const folder = await temporaryFolder(t);
  const cache = path.join(folder, 'cache');
  const mirror = path.join(folder, 'mirror');
  await mkdir(cache);
  await linkMirror(mirror);
  await linkCache(cache, [step]);
  const launcher = /^(compile|addon)-/.test(step) ? ['--launcher', 'ccache'] : [];
  const args = ['--until', step, '--cache', cache, '--mirror', mirror, ...launcher];
  const stepDir = path.join(cache, 'steps', step);

  const undisturbed = await runStep(t, args);
  const made = path.join(mainCache, path.relative(cache, undisturbed.result));
  t.is(undisturbed.digest, await treeDigest(made), 'another folder and a launcher give the same bytes');
  let { elapsedMs } = undisturbed;
  await rm(stepDir, { recursive: true, force: true });
  for (let kills = 0, tries = 0; kills < rounds; tries++) {
    if (tries === 5 * rounds) return t.fail(`${step} ended too often before it could be killed`);
    const delayMs = randomInt(100, Math.max(200, Math.round(elapsedMs)));
    const begin = performance.now();
    if (!(await killAfter(args, delayMs))) {
      // it was faster than the last time: the next moment is chosen within what it took now
      elapsedMs = performance.now() - begin;
      await rm(stepDir, { recursive: true, force: true });
      continue;
    }
    kills++;
    t.log(`${step}: killed after ${delayMs} ms of ${Math.round(elapsedMs)}`);
    for (const key of existsSync(stepDir) ? await readdir(stepDir) : []) {
      const digest = await treeDigest(path.join(stepDir, key, 'result'));
      t.is(digest, undisturbed.digest, 'what has a key is whole');
    }
  }
  t.is((await runStep(t, args)).digest, undisturbed.digest);
  const left = (await readdir(path.join(cache, 'tmp'))).filter((name) => !name.startsWith(`${step}-`));
  t.deepEqual(left, []);
}

/** The test files that share the steps, and which steps are whose. */
const shares = {
  compile: /^(toolchain|configure|compile|addon)-/,
  packages: /^(stage|validate|package)-/,
  sources: /^(fetch-.*|zig|node-headers|extract|bundles|library)$/,
} as const;

/** Registers a test for every step of one test file, and one that no step is left out. */
export async function registerKills(share: keyof typeof shares): Promise<void> {
  const names = (await listedSteps()).map(({ name }) => name);
  test('every step is in one of the test files, and in one only', (t) => {
    const count = (name: string) => Object.values(shares).filter((pattern) => pattern.test(name)).length;
    t.deepEqual(
      names.filter((name) => count(name) !== 1),
      [],
    );
    t.is(count('no-such-step'), 0);
  });
  for (const name of names.filter((each) => shares[share].test(each))) {
    test.serial(`a kill -9 in the middle of ${name} leaves nothing that the next run trusts`, (t) =>
      killedAndRunAgain(t, name),
    );
  }
}
