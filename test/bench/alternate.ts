// Measures several ways of doing the same thing in turns, so that whatever slows the machine down slows them all.

import { median } from './report.ts';

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

/**
 * Each round measures every side once, for about 150 ms or one time, whichever is longer; the order turns by one a round.
 * @param rounds - how often
 */
export async function alternate(sides: readonly Side[], rounds: number): Promise<readonly Measured[]> {
  const times = await Promise.all(
    sides.map(async (side) => ({ side, count: await calibrate(side), ms: [] as number[] })),
  );
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < times.length; turn++) {
      const one = times[(round + turn) % times.length];
      if (one !== undefined) one.ms.push((await sample(one.side, one.count)) / one.count);
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
