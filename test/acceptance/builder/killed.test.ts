// A builder that is killed at any moment leaves nothing that a later one trusts. The steps are those that the pipeline lists;
// each is killed three times, and each time the next run must give what an undisturbed one gave.

import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import {
  builder,
  checkout,
  linkCache,
  linkMirror,
  listedSteps,
  mainCache,
  startBuilder,
} from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { treeDigest } from '../../support/tree-digest.ts';

const rounds = 3;

/** What a run of one step alone gave: its digest and how long it took. */
interface Undisturbed {
  readonly result: string;
  readonly digest: string;
  readonly elapsedMs: number;
}

/** A compiler cache makes the fourth compilation of the same files bearable, and is a launcher that must change no byte. */
const env = { CCACHE_DIR: path.join(mainCache, 'test/ccache') };

async function runStep(t: ExecutionContext, args: readonly string[]): Promise<Undisturbed> {
  const begin = performance.now();
  const { code, stdout, stderr } = await builder(args, env);
  t.is(code, 0, stderr);
  const elapsedMs = performance.now() - begin;
  return { result: stdout.trim(), digest: await treeDigest(stdout.trim()), elapsedMs };
}

/** Runs a step and kills the builder after some time; answers whether it was still running. */
async function killAfter(args: readonly string[], delayMs: number): Promise<boolean> {
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
  for (let kills = 0, tries = 0; kills < rounds; tries++) {
    if (tries === 5 * rounds) return t.fail(`${step} ended too often before it could be killed`);
    await rm(stepDir, { recursive: true, force: true });
    const delayMs = randomInt(100, Math.max(200, Math.round(elapsedMs)));
    const begin = performance.now();
    if (!(await killAfter(args, delayMs))) {
      // it was faster than the last time: the next moment is chosen within what it took now
      elapsedMs = performance.now() - begin;
      continue;
    }
    kills++;
    t.log(`${step}: killed after ${delayMs} ms of ${Math.round(elapsedMs)}`);
    for (const key of existsSync(stepDir) ? await readdir(stepDir) : []) {
      const digest = await treeDigest(path.join(stepDir, key, 'result'));
      t.is(digest, undisturbed.digest, 'what has a key is whole');
    }
    const again = await runStep(t, args);
    t.is(again.digest, undisturbed.digest);
    // a compiler cache that was empty is full now: the next moment is chosen within what the step takes with it
    elapsedMs = again.elapsedMs;
    const left = (await readdir(path.join(cache, 'tmp'))).filter((name) => !name.startsWith(`${step}-`));
    t.deepEqual(left, []);
  }
}

const steps = await listedSteps();
for (const { name } of steps) {
  test.serial(`a kill -9 in the middle of ${name} leaves nothing that the next run trusts`, (t) =>
    killedAndRunAgain(t, name),
  );
}

test.serial('the check of a killed step bites: a half-made result under a key is seen', async (t) => {
  const folder = await temporaryFolder(t);
  const cache = path.join(folder, 'cache');
  await linkCache(cache, ['bundles']);
  const args = ['--until', 'bundles', '--cache', cache];
  const { digest } = await runStep(t, args);
  const [key = ''] = await readdir(path.join(cache, 'steps/bundles'));
  await rm(path.join(cache, 'steps/bundles', key, 'result/ca-bundle.json'));
  t.not((await runStep(t, args)).digest, digest, 'a result that is not whole would be used as it is');
});

test.serial(
  'a kill -9 while dist/ is being written leaves whole files alone, and the next run completes it',
  async (t) => {
    const folder = await temporaryFolder(t);
    const cache = path.join(folder, 'cache');
    await linkCache(cache, []);
    const out = path.join(folder, 'dist');
    const args = ['--cache', cache, '--out', out];
    const whole = await builder(args);
    t.is(whole.code, 0, whole.stderr);
    const digest = await treeDigest(out);
    for (let round = 1; round <= rounds; round++) {
      await rm(out, { recursive: true });
      await killAfter(args, randomInt(100, 1500));
      const { code, stderr } = await builder(args);
      t.is(code, 0, stderr);
      t.is(await treeDigest(out), digest);
    }
    t.deepEqual(await readdir(out), await readdir(path.join(checkout, 'dist')));
  },
);
