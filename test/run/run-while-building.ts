// Runs test files while the targets of others are still compiled: one file at a time beside the build, two when it is done.
// Each file has an ava of its own, whose output is printed when the file ends, so that files do not mix.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { printResult } from '../../build/console.ts';
import { BuildError } from '../../build/errors.ts';
import type { TargetId } from '../../build/types.ts';
import type { Durations } from './durations.ts';
import { type AvaRun, runAva } from './run-ava.ts';
import { longestFirst } from './sort-files.ts';
import { type Failure, joinSummaries, type Summary } from './summary.ts';

/** A suite whose files need different parts of the build. */
export interface PartwiseTests {
  /** Folder of the test files, relative to the project. */
  readonly folder: string;
  /** What a file needs; undefined for the whole build. */
  needs(file: string): readonly TargetId[] | undefined;
}

export interface PartwiseRun extends Omit<AvaRun, 'words'> {
  readonly tests: PartwiseTests;
  readonly durations: Durations;
  build(onTarget: (id: TargetId) => void): Promise<void>;
  /** Called when the build is done. */
  onBuilt(): void;
}

const lanesWhenBuilt = 2;

/**
 * Builds and tests at once. When the build fails, files that run are awaited, none is started, and the summary has the failure.
 * @throws what the build throws, where no test file has run
 */
export async function runWhileBuilding(run: PartwiseRun): Promise<Summary> {
  const { root, tests, durations } = run;
  const waiting = new Set(await testFiles(root, tests.folder, durations));
  const targets = new Set<TargetId>();
  const running = new Set<Promise<void>>();
  const summaries: Summary[] = [];
  const state = { isBuilt: false, isStopped: false };
  let wake = () => {};

  const building = run
    .build((id) => {
      targets.add(id);
      wake();
    })
    .then(run.onBuilt)
    .then(() => {
      state.isBuilt = true;
    })
    .finally(() => {
      state.isStopped = !state.isBuilt;
      wake();
    });
  // it is awaited below, after the files that run
  building.catch(() => {});
  const isReady = (file: string) =>
    state.isBuilt || (tests.needs(file)?.every((id) => targets.has(id)) ?? false);

  while (waiting.size + running.size > 0) {
    const lanes = state.isStopped ? 0 : state.isBuilt ? lanesWhenBuilt : 1;
    const next = running.size < lanes ? [...waiting].find(isReady) : undefined;
    if (next !== undefined) {
      waiting.delete(next);
      const one: Promise<void> = runFile(run, next)
        .then((summary) => void summaries.push(summary))
        .finally(() => running.delete(one));
      running.add(one);
    } else if (state.isStopped && running.size === 0) {
      break;
    } else {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([...running, ...(state.isBuilt || state.isStopped ? [] : [changed])]);
    }
  }
  const failures = await building.then(
    () => [],
    (error: unknown) => buildFailure(error, summaries.length > 0),
  );
  const summary = joinSummaries(summaries);
  return { ...summary, failures: [...summary.failures, ...failures] };
}

/** A build that failed counts beside the tests that have run; without any, its error is all there is to report. */
function buildFailure(error: unknown, hasRun: boolean): readonly Failure[] {
  if (!hasRun || !(error instanceof BuildError)) throw error;
  return [{ file: undefined, title: undefined, text: `${error.code}: ${error.message}`, count: 1 }];
}

async function runFile({ root, config, durations }: PartwiseRun, file: string): Promise<Summary> {
  const color = process.stdout.isTTY ? ['--color'] : [];
  const chunks: Buffer[] = [];
  const onOutput = (chunk: Buffer) => void chunks.push(chunk);
  const summary = await runAva({ root, config, durations, words: [file, ...color], onOutput });
  printResult(`\n${file}\n${Buffer.concat(chunks).toString().trimEnd()}`);
  return summary;
}

async function testFiles(root: string, folder: string, durations: Durations): Promise<readonly string[]> {
  const found = await readdir(path.join(root, folder), { recursive: true });
  const files = found
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join(root, folder, file));
  return files.sort(longestFirst(root, durations)).map((file) => path.relative(root, file));
}
