// The builder that the tests kill: over the small source, or the command line itself over the whole one.

import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { newestResults, readRecord, resultFolder } from '../../build/store.ts';
import { linkCache, mainCache, type Running, startBuilder, startProgram } from './builder.ts';
import { smallCheckout } from './small/checkout.ts';
import { stepResult } from './step-result.ts';

/** Whether to kill `npm run dist` itself, as `npm run full` does. */
const isWhole = process.env.TSOPENSSL_TEST_TREE === 'whole';

export interface KilledBuilder {
  /** Starts it with the options of `npm run dist`. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  /** A cache in which nobody has disturbed the steps. */
  readonly cache: string;
}

/** What an undisturbed run of one step gave: its digest and how long it took. */
export interface Undisturbed {
  readonly digest: string;
  readonly elapsedMs: number;
}

/** The builder, with all of its steps done once. */
export async function killedBuilder(): Promise<KilledBuilder> {
  if (isWhole) return { cache: mainCache, start: startBuilder };
  const { program, cache: small } = await smallCheckout();
  const cache = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-small-'));
  test.after.always(() => rm(cache, { recursive: true, force: true }));
  await linkCache(cache, [], small);
  await run([process.execPath, program, 'adopt', mainCache, '--cache', cache]);
  return { cache, start: (args, env) => startProgram([program, ...args], env) };
}

/** What nobody has disturbed: the record that the builder made with the result. */
export async function undisturbedRun({ cache }: KilledBuilder, step: string): Promise<Undisturbed> {
  const folder = isWhole ? path.dirname(await stepResult(step)) : await onlyResult(cache, step);
  const record = await readRecord(folder);
  if (record === undefined) throw new Error(`${folder}: wanted a record of the result, found none`);
  // the folder was made first, and this file is one of the last
  const { birthtimeMs } = await stat(folder);
  const { mtimeMs } = await stat(path.join(folder, 'inputs.json'));
  return { digest: record.digest, elapsedMs: mtimeMs - birthtimeMs };
}

async function onlyResult(cache: string, step: string): Promise<string> {
  const [key, ...others] = await newestResults(cache, step);
  if (key === undefined || others.length > 0) throw new Error(`${step}: wanted one result, got ${key}`);
  return resultFolder(cache, step, key);
}
