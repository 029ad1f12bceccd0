// Measures several ways of doing the same thing in turns, so that whatever slows the machine down slows them all.

import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { median } from './report.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** One way of doing it: does it once. */
export interface Side {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Measured {
  readonly name: string;
  /** Milliseconds for one time, median of the rounds. */
  readonly medianMs: number;
}

const sampleMs = 150;

/** What another side has left is not to be collected in the time of the next one; finalizers run between two turns of the loop. */
async function tidy(): Promise<void> {
  collectGarbage();
  await setTimeout(1);
}

/**
 * Each round measures every side once, for about 150 ms or one time, whichever is longer; the order turns by one a round.
 * @param rounds - how often
 */
export async function alternate(sides: readonly Side[], rounds: number): Promise<readonly Measured[]> {
  const times: { side: Side; count: number; ms: number[] }[] = [];
  for (const side of sides) times.push({ side, count: await calibrate(side), ms: [] });
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < times.length; turn++) {
      const one = times[(round + turn) % times.length];
      if (one === undefined) continue;
      await tidy();
      one.ms.push((await sample(one.side, one.count)) / one.count);
    }
  }
  return times.map(({ side, ms }) => ({ name: side.name, medianMs: median(ms) }));
}

/** How many times fill a sample; the first calls also let the compiler of JavaScript do its work. */
async function calibrate(side: Side): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const took = await sample(side, count);
    if (took > sampleMs / 2) return Math.max(1, Math.round((count * sampleMs) / took));
  }
}

async function sample({ run }: Side, count: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < count; i++) await run();
  return performance.now() - begin;
}
