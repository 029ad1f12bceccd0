// Kills the builder in the middle of a step, for the tests that a builder that is killed at any moment leaves nothing that a
// later one trusts. Every run after a kill starts from what that kill left; the last one must give what an undisturbed one
// gave. The steps are those that the pipeline lists; three test files share them, so that they run side by side.

import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { builder, linkCache, linkMirror, listedSteps, mainCache, startBuilder } from './builder.ts';
import { temporaryFolder } from './folder.ts';
import { stepResult } from './step-result.ts';
import { treeDigest } from './tree-digest.ts';

/** How often each step is killed: `npm run full` says more. */
export const rounds = Number(process.env.TSOPENSSL_TEST_KILLS ?? 3);

/** What an undisturbed run of one step gave: its digest and how long it took. */
interface Undisturbed {
  readonly digest: string;
  readonly elapsedMs: number;
}

/** A compiler cache makes the fourth compilation of the same files bearable, and is a launcher that must change no byte. */
const env = { CCACHE_DIR: path.join(mainCache, 'test/ccache') };

/** Runs a step to its end; answers where its result is. */
export async function runStep(t: ExecutionContext, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await builder(args, env);
  t.is(code, 0, stderr);
  return stdout.trim();
}

/** What the run gave that made dist/: nobody has disturbed that one. */
async function undisturbedRun(step: string): Promise<Undisturbed> {
  const result = await stepResult(step);
  // the folder was made first, and this file written last
  const folder = path.dirname(result);
  const { birthtimeMs } = await stat(folder);
  const { mtimeMs } = await stat(path.join(folder, 'inputs.json'));
  return { digest: await treeDigest(result), elapsedMs: mtimeMs - birthtimeMs };
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

  const undisturbed = await undisturbedRun(step);
  // the builder itself takes a second to start
  let elapsedMs = undisturbed.elapsedMs + 1000;
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
  const last = await treeDigest(await runStep(t, args));
  t.is(last, undisturbed.digest, 'another folder and a launcher give the same bytes');
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
