// Starts rounds one after the other until the time is up, each in a process of its own, so that a crash ends a round and not
// the fuzzer, and its seed is known.

import path from 'node:path';
import { type Fault, runJournalled } from './journal.ts';
import type { RoundOptions, RoundResult } from './programs/round.ts';

export interface FuzzOptions extends Pick<RoundOptions, 'module' | 'binary' | 'corpus'> {
  /** Of the first round; each further one takes the next number. */
  readonly seed: number;
  /** How long new rounds are started, and running ones go on. */
  readonly seconds: number;
  readonly rounds?: number;
  readonly callsPerRound?: number;
  /** A call that takes more time of the processor, or ten times as long in all, is a fault (default 60). */
  readonly callSeconds?: number;
  readonly onRound?: (seed: number, result: RoundResult) => void;
}

export interface FuzzReport {
  readonly rounds: number;
  readonly calls: number;
  readonly entries: ReadonlyMap<string, readonly [called: number, returned: number]>;
  /** The round that did not end well, which is the last. */
  readonly fault: (Fault & { readonly seed: number }) | undefined;
}

const program = path.join(import.meta.dirname, 'programs/round.ts');

/** Runs rounds until the time is up or one has a fault. */
export async function runRounds(options: FuzzOptions): Promise<FuzzReport> {
  const { module, binary, corpus, callsPerRound = 50_000, callSeconds = 60 } = options;
  const endMs = Date.now() + options.seconds * 1000;
  const entries = new Map<string, readonly [number, number]>();
  let [rounds, calls] = [0, 0];
  while (Date.now() < endMs && rounds < (options.rounds ?? Infinity)) {
    const seed = options.seed + rounds++;
    const seconds = (endMs - Date.now()) / 1000;
    const round: RoundOptions = { seed, calls: callsPerRound, seconds, module, binary, corpus };
    const outcome = await runJournalled({ program, input: round, callSeconds, endsEarly: true });
    if (typeof outcome !== 'string') return { rounds, calls, entries, fault: { seed, ...outcome } };
    const result = JSON.parse(outcome) as RoundResult;
    calls += result.calls;
    for (const [name, [called, returned]] of Object.entries(result.entries)) {
      const [before, returnedBefore] = entries.get(name) ?? [0, 0];
      entries.set(name, [before + called, returnedBefore + returned]);
    }
    options.onRound?.(seed, result);
  }
  return { rounds, calls, entries, fault: undefined };
}
