// Kills the builder in the middle of a step, for the tests that a builder that is killed at any moment leaves nothing that a
// later one trusts. Every run after a kill starts from what that kill left; the last one must give what an undisturbed one
// gave. The steps are those that the pipeline lists; three test files share them, so that they run side by side.
//
// `npm test` kills the steps over a small source, `npm run full` over the whole one (test/support/killed-builder.ts).

import { randomInt } from 'node:crypto';
import { existsSync, watch } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { compilerCache, linkCache, linkMirror, listedSteps } from './builder.ts';
import { temporaryFolder } from './folder.ts';
import { type KilledBuilder, killedBuilder, type Undisturbed, undisturbedRun } from './killed-builder.ts';
import { digestOf } from './result-digest.ts';

/** How often each step is killed: `npm run full` says more. */
export const rounds = Number(process.env.TSOPENSSL_TEST_KILLS ?? 3);

/** A compiler cache makes the fourth compilation of the same files bearable, and is a launcher that must change no byte. */
const env = { CCACHE_DIR: compilerCache };

/** Runs a step to its end; answers where its result is. */
export async function runStep(
  t: ExecutionContext,
  builder: KilledBuilder,
  args: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await builder.start(args, env).finished;
  t.is(code, 0, stderr);
  return stdout.trim();
}

/** Resolves when the folder appears in which a step does its work. */
function begun(cache: string, step: string, signal: AbortSignal): Promise<void> {
  const isWork = (name: string) =>
    name.startsWith(`${step}-`) && /^[0-9a-f]{32}\./.test(name.slice(step.length + 1));
  const tmp = path.join(cache, 'tmp');
  return new Promise((resolve) => {
    // what killed runs left disappears at the start
    watch(tmp, { signal }, (_event, name) => {
      if (name !== null && isWork(name) && existsSync(path.join(tmp, name))) resolve();
    });
  });
}

/** A run that is to be killed. */
interface Attempt {
  readonly wasRunning: boolean;
  /** From the beginning of the step to the end of the run; undefined where an earlier run had made the result. */
  readonly elapsedMs: number | undefined;
}

/** Runs a step and kills the builder some time after the step has begun. */
async function killDuring(
  builder: KilledBuilder,
  args: readonly string[],
  { cache, step, delayMs }: { readonly cache: string; readonly step: string; readonly delayMs: number },
): Promise<Attempt> {
  const watching = new AbortController();
  const begin = begun(cache, step, watching.signal);
  const { child, finished } = builder.start(args, env);
  const hasBegun = await Promise.race([begin.then(() => true), finished.then(() => false)]);
  const beginMs = performance.now();
  await Promise.race([sleep(delayMs), finished]);
  child.kill('SIGKILL');
  const { signal, code, stderr } = await finished;
  watching.abort();
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`${step} failed before it was killed\n${stderr}`);
  const elapsedMs = hasBegun ? performance.now() - beginMs : undefined;
  return { wasRunning: signal === 'SIGKILL', elapsedMs };
}

/** Results under the keys of a step that are not the one that an undisturbed run gave. */
export async function brokenResults(cache: string, step: string, digest: string): Promise<string[]> {
  const dir = path.join(cache, 'steps', step);
  const keys = existsSync(dir) ? await readdir(dir) : [];
  const digests = await Promise.all(keys.map((key) => digestOf(path.join(dir, key, 'result'))));
  return keys.filter((_, index) => digests[index] !== digest);
}

/** A cache without one step, how to run that step in it, and what it gave when nobody disturbed it. */
export interface StepAlone {
  readonly cache: string;
  readonly args: readonly string[];
  readonly undisturbed: Undisturbed;
}

/** Makes a cache that has all but one step. */
export async function stepAlone(
  t: ExecutionContext,
  builder: KilledBuilder,
  step: string,
): Promise<StepAlone> {
  const folder = await temporaryFolder(t);
  const [cache, fetched] = [path.join(folder, 'cache'), path.join(folder, 'mirror')];
  await mkdir(path.join(cache, 'tmp'), { recursive: true });
  await linkMirror(fetched, builder.cache);
  await linkCache(cache, [], builder.cache);
  const undisturbed = await undisturbedRun(builder, step, cache);
  if (builder.isSmall && step.startsWith('runtime-cxx-'))
    await fillRuntime(builder, step, cache, undisturbed.folder);
  await rm(path.join(cache, 'steps', step), { recursive: true });
  const launcher = /^(compile|addon)-/.test(step) ? ['--launcher', 'ccache'] : [];
  const args = ['--until', step, '--cache', cache, '--mirror', builder.mirror ?? fetched, ...launcher];
  return { cache, args, undisturbed };
}

/**
 * zig's C++ library cannot be made smaller. Its step starts from a copy of the C library's result: with one that has both, zig
 * only links, and everything else that the step does stays.
 * @param made - folder of a result that has both
 */
async function fillRuntime(builder: KilledBuilder, step: string, cache: string, made: string): Promise<void> {
  const c = step.replace('cxx', 'c');
  const { folder } = await undisturbedRun(builder, c, cache);
  const linked = path.join(cache, 'steps', c, path.basename(folder));
  await rm(linked);
  await run(['cp', '-a', '--', `${made}/.`, linked]);
}

async function killedAndRunAgain(t: ExecutionContext, builder: KilledBuilder, step: string): Promise<void> {
  const { cache, args, undisturbed } = await stepAlone(t, builder, step);
  let elapsedMs = undisturbed.elapsedMs;
  for (let kills = 0, tries = 0; kills < rounds; tries++) {
    if (tries === 5 * rounds) return t.fail(`${step} ended too often before it could be killed`);
    const delayMs = randomInt(0, Math.max(2, Math.round(elapsedMs)));
    const attempt = await killDuring(builder, args, { cache, step, delayMs });
    if (!attempt.wasRunning) {
      // it was faster than the last time: the next moment is chosen within what it took now, sooner each time
      if (attempt.elapsedMs !== undefined) elapsedMs = Math.min(attempt.elapsedMs, elapsedMs / 2);
      await rm(path.join(cache, 'steps', step), { recursive: true, force: true });
      continue;
    }
    kills++;
    t.log(`${step}: killed after ${delayMs} ms of ${Math.round(elapsedMs)}`);
    t.deepEqual(await brokenResults(cache, step, undisturbed.digest), [], 'what has a key is whole');
  }
  const last = await digestOf(await runStep(t, builder, args));
  t.is(last, undisturbed.digest, 'another folder and a launcher give the same bytes');
  const left = (await readdir(path.join(cache, 'tmp'))).filter((name) => !name.startsWith(`${step}-`));
  t.deepEqual(left, []);
}

/** The test files that share the steps, and which steps are whose. */
const shares = {
  compile: /^(toolchain|runtime|configure|compile|addon)-/,
  packages: /^(stage|validate|package)-/,
  sources: /^(fetch-.*|zig|node-headers|extract|bundles|library)$/,
} as const;

/** Registers a test for every step of one test file, and one that no step is left out. */
export async function registerKills(share: keyof typeof shares): Promise<KilledBuilder> {
  const builder = await killedBuilder();
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
      killedAndRunAgain(t, builder, name),
    );
  }
  return builder;
}

/**
 * Checks that the check of a killed step finds a half-made result: one file is taken from a result that lies under its key.
 * @param file - below the result
 */
export async function seesHalfMade(
  t: ExecutionContext,
  builder: KilledBuilder,
  step: string,
  file: string,
): Promise<void> {
  const { cache, args, undisturbed } = await stepAlone(t, builder, step);
  const { digest } = undisturbed;
  const result = await runStep(t, builder, args);
  t.deepEqual(await brokenResults(cache, step, digest), []);
  await rm(path.join(result, file));
  t.deepEqual(await brokenResults(cache, step, digest), [path.basename(path.dirname(result))]);
  t.is(await digestOf(await runStep(t, builder, args)), digest, 'the next run finds it and makes it again');
}
