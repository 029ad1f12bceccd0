// The fuzzer, for as long as there is time in every run, and that it would find what it looks for.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { binary, entry } from '../support/addon.ts';
import { stepResult } from '../support/step-result.ts';
import { type FuzzReport, runRounds } from './run-rounds.ts';

const corpus = path.join(await stepResult('extract'), 'test/certs');

test('everything exported bears wrong and half-right arguments', async (t) => {
  // as many calls on every machine: what returned among them is counted
  const callsPerRound = 30_000;
  const report = await runRounds({
    module: entry,
    binary,
    corpus,
    seed: 1,
    seconds: 600,
    rounds: 1,
    callsPerRound,
  });
  t.is(report.fault, undefined);
  t.is(report.calls, callsPerRound);
  const returned = [...report.entries.values()].filter(([, times]) => times > 0).length;
  t.log(`${report.calls} calls of ${report.entries.size} entries, ${returned} of which have returned`);
  t.true(returned > report.entries.size / 2, 'more than half of them were called as they are meant to be');
});

/** Runs the fuzzer on a module with one fault in it. */
function fuzzPlanted(fault: string): Promise<FuzzReport> {
  const module = `${pathToFileURL(path.join(import.meta.dirname, 'programs/planted-faults.mjs'))}#${fault}`;
  const options = { module, binary: undefined, corpus, seed: 7, callsPerRound: 3000, callSeconds: 2 };
  return runRounds({ ...options, seconds: 120, rounds: 1 });
}

async function requireFault(t: ExecutionContext, name: string, ending: string, stderr: RegExp) {
  const { fault } = await fuzzPlanted(name);
  t.is(fault?.seed, 7);
  t.is(fault?.ending, ending);
  t.regex(fault?.call ?? '', /^call \d+: /);
  t.regex(fault?.stderr ?? '', stderr);
}

/** Faults, how the round ends, and what is said of them. */
const faults: readonly (readonly [fault: string, ending: string, stderr: RegExp])[] = [
  ['signal', 'signal SIGSEGV', /^$/],
  ['exit', 'exit status 3', /^$/],
  ['stray', 'exit status 1', /Box\.prototype\.open\(.*\nthrew what it may not throw: Error: planted/],
  ['stray%20value', 'exit status 1', /threw what it may not throw: planted/],
  ['rejection', 'exit status 1', /threw what it may not throw: Error: planted/],
  ['unhandled', 'exit status 1', /an unhandled rejection: Error: planted/],
  ['queue', 'exit status 1', /left in the error queue: \["planted"\]/],
  ['hang', 'no end of a call after 2 s', /^$/],
];

for (const [fault, ending, stderr] of faults) {
  test(`a planted fault is reported with its seed: ${decodeURIComponent(fault)}`, (t) =>
    requireFault(t, fault, ending, stderr));
}

test('nothing is reported where no fault was planted', async (t) => {
  const { fault, entries } = await fuzzPlanted('none');
  t.is(fault, undefined);
  t.true((entries.get('Box.prototype.open')?.[1] ?? 0) > 0, 'it was called as it is meant to be');
});
