// The builder that the tests kill: the command line over the small source, or over the whole one.

import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readRecord } from '../../build/store.ts';
import { mainCache, type Running, startBuilder } from './builder.ts';
import { digestOfRecord } from './result-digest.ts';
import { smallCheckout } from './small/checkout.ts';

/** Whether to kill it over the whole source, as `npm run full` does. */
const isWhole = process.env.TSOPENSSL_TEST_TREE === 'whole';

export interface KilledBuilder {
  /** Starts it with the options of `npm run dist`. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  /** A cache in which nobody has disturbed the steps. */
  readonly cache: string;
  /** Whether it builds the small source. */
  readonly isSmall: boolean;
  /** A folder that has all sources; without it they are those of the cache. */
  readonly mirror?: string;
}

/** What an undisturbed run of one step gave: its digest and how long it took. */
export interface Undisturbed {
  readonly digest: string;
  /** The result with its record, as the undisturbed run left it. */
  readonly folder: string;
  readonly elapsedMs: number;
}

/** The builder, with all of its steps done once. */
export async function killedBuilder(): Promise<KilledBuilder> {
  if (isWhole) return { isSmall: false, cache: mainCache, start: startBuilder };
  const { root, cache, mirror } = await smallCheckout();
  return { isSmall: true, cache, mirror, start: (args, env) => startBuilder(args, env, root) };
}

/** What nobody has disturbed: the builder's record of the result. @param cache - one that has the result */
export async function undisturbedRun(
  builder: KilledBuilder,
  step: string,
  cache: string,
): Promise<Undisturbed> {
  const { code, stdout, stderr } = await builder.start(['--until', step, '--cache', cache]).finished;
  if (code !== 0) throw new Error(`${step}: wanted its result, got exit status ${code}\n${stderr}`);
  // the folder was made first, and the list of inputs is one of the last files
  const folder = await realpath(path.dirname(stdout.trim()));
  const record = await readRecord(folder);
  if (record === undefined) throw new Error(`${folder}: wanted a record of the result, found none`);
  const { birthtimeMs } = await stat(folder);
  const { mtimeMs } = await stat(path.join(folder, 'inputs.json'));
  return { digest: digestOfRecord(record), folder, elapsedMs: mtimeMs - birthtimeMs };
}
