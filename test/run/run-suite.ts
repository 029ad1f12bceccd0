// A suite: builds what it needs, runs its tests, and tells of failures, slow files and, to `.ci/run`, of everything.

import { appendFileSync } from 'node:fs';
import { consoleReporter, formatSeconds, printResult } from '../../build/console.ts';
import { BuildError } from '../../build/errors.ts';
import type { TargetId } from '../../build/types.ts';
import type { TestRequest } from './arguments.ts';
import { runsWholeFiles } from './arguments.ts';
import { keepDurations, readDurations } from './durations.ts';
import { summaryFile } from './environment.ts';
import { failureReport } from './failure-report.ts';
import { withKeptResults } from './kept-results.ts';
import { runAva } from './run-ava.ts';
import { type PartwiseTests, runWhileBuilding } from './run-while-building.ts';
import { slowTable } from './slow-table.ts';
import { failedCount, type Summary } from './summary.ts';

export interface Suite {
  /** What the user types: `npm test`. */
  readonly command: string;
  /** The project, absolute. */
  readonly root: string;
  /** ava's configuration, relative to the project. */
  readonly config: string;
  /** Folder in which the durations are kept. */
  readonly cacheDir: string;
  /** Makes what the tests need, and tells of each target whose artifacts are ready. */
  build(onTarget: (id: TargetId) => void): Promise<void>;
  /** Of a suite whose files start when their targets are built. */
  readonly partwise?: PartwiseTests | undefined;
}

/** A suite as `.ci/run` reads it. */
export interface SuiteReport extends Summary {
  readonly command: string;
  readonly buildSeconds: number;
  readonly testSeconds: number;
}

/**
 * Runs a suite.
 * @returns the exit status: 0 all tests passed, 1 some failed, 2 wrong usage or something missing on this machine
 */
export async function runSuite(suite: Suite, { slow, words }: TestRequest): Promise<number> {
  const { command, cacheDir } = suite;
  const begin = performance.now();
  let built = begin;
  const onBuilt = () => {
    built = performance.now();
  };
  try {
    const summary = await buildAndTest(suite, words, onBuilt);
    if (runsWholeFiles(words)) await keepDurations(cacheDir, summary.files);
    if (slow !== undefined) printResult(slowTable(summary.files, slow));
    // tests that run beside the build are in both times
    const testSeconds = secondsSince(suite.partwise ? begin : built);
    tell({ command, ...summary, buildSeconds: (built - begin) / 1000, testSeconds });
    return summary.failures.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const failure = { file: undefined, title: undefined, text: `${error.code}: ${error.message}`, count: 1 };
    tell({ command, ...noTests, failures: [failure], buildSeconds: secondsSince(begin), testSeconds: 0 });
    return error.exitStatus;
  }
}

/** Where words choose tests, everything is built first, and one ava runs them all. */
async function buildAndTest(suite: Suite, words: readonly string[], onBuilt: () => void): Promise<Summary> {
  const { cacheDir, partwise } = suite;
  const durations = await readDurations(cacheDir);
  const isPartwise = partwise !== undefined && words.length === 0;
  if (!isPartwise) {
    await suite.build(() => {});
    onBuilt();
  }
  const { value, damages } = await withKeptResults(cacheDir, () =>
    isPartwise
      ? runWhileBuilding({ ...suite, tests: partwise, durations, onBuilt })
      : runAva({ ...suite, words, durations }),
  );
  const damaged = damages.map((text) => ({ file: undefined, title: undefined, text, count: 1 }));
  return { ...value, failures: [...value.failures, ...damaged] };
}

/** Runs a command: an error of the builder is shown, and gives its exit status. */
export async function exitStatusOf(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    consoleReporter.note(`${error.code}: ${error.message}`);
    return error.exitStatus;
  }
}

const noTests: Summary = { passed: 0, failures: [], skipped: [], files: [] };

function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1000;
}

/** To the user the failures alone, last; ava has said everything else. */
function tell(report: SuiteReport): void {
  if (summaryFile !== undefined) appendFileSync(summaryFile, `${JSON.stringify(report)}\n`);
  const { command, failures, passed, skipped } = report;
  if (failures.length === 0) return;
  const counts = `${passed} passed, ${failedCount(report)} failed, ${skipped.length} skipped`;
  const named = failures.map((failure) => ({ ...failure, command }));
  const times = `build ${formatSeconds(report.buildSeconds)}, tests ${formatSeconds(report.testSeconds)}`;
  consoleReporter.note(`\n${failureReport(named)}\n${command}: ${counts}; ${times}`);
}
