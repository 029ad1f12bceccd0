// What the records of a run say: counts, failures, and a row a test file.

import type { TestRecord, Wait } from './records.ts';

export interface FileResult {
  readonly file: string;
  readonly wallSeconds: number;
  readonly ownSeconds: number;
  readonly programsSeconds: number;
  readonly tests: number;
  readonly waits: readonly Wait[];
}

export interface Failure {
  /** Undefined where no single file is to blame. */
  readonly file: string | undefined;
  /** Undefined where the file as a whole failed. */
  readonly title: string | undefined;
  readonly text: string;
  /** Tests that it stands for: those that had not ended when the process of a file crashed, otherwise 1. */
  readonly count: number;
}

export interface Summary {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** `file › title` of each. */
  readonly skipped: readonly string[];
  readonly files: readonly FileResult[];
}

/** How many tests failed. */
export function failedCount({ failures }: Pick<Summary, 'failures'>): number {
  return failures.reduce((sum, { count }) => sum + count, 0);
}

/**
 * Sums up a run.
 * @param exitCode - of ava; where it is not 0 and no record says why, that is a failure of its own
 */
export function summarise(records: readonly TestRecord[], exitCode: number): Summary {
  const names = [...new Set(records.flatMap((record) => ('file' in record ? [record.file] : [])))];
  const failures = [...names.flatMap((file) => failuresOf(file, records)), ...failuresOfRun(records)];
  const isUnexplained = exitCode !== 0 && failures.length === 0;
  const text = `ava ended with exit status ${exitCode}; its output above says why`;
  return {
    passed: records.filter(({ kind }) => kind === 'passed').length,
    failures: isUnexplained ? [{ file: undefined, title: undefined, text, count: 1 }] : failures,
    skipped: records.flatMap((one) => (one.kind === 'skipped' ? [`${one.file} › ${one.title}`] : [])),
    files: names.map((file) => fileResult(file, records)),
  };
}

function failuresOfRun(records: readonly TestRecord[]): readonly Failure[] {
  return records.flatMap((one) =>
    one.kind === 'run-failed' ? [{ file: undefined, title: undefined, text: one.text, count: 1 }] : [],
  );
}

function failuresOf(file: string, all: readonly TestRecord[]): readonly Failure[] {
  const records = all.filter((one) => 'file' in one && one.file === file);
  const failed = records.flatMap((one) =>
    one.kind === 'failed' || one.kind === 'hook-failed' ? [{ ...one, count: 1 }] : [],
  );
  const pending = titles(records, 'selected').filter(
    (title) => !records.some((one) => isOutcome(one) && one.title === title),
  );
  const broken = records.flatMap((one) => (one.kind === 'file-failed' ? [one.text] : []));
  if (broken.length === 0 && pending.length === 0) return failed;
  const unfinished = pending.map((title) => `did not end: ${title}`);
  const text = [...broken.slice(0, 1), ...unfinished, ...broken.slice(1)].join('\n');
  const title = pending.length === 1 ? pending[0] : undefined;
  return [...failed, { file, title, text, count: Math.max(1, pending.length) }];
}

function isOutcome(one: TestRecord): one is Extract<TestRecord, { readonly kind: 'passed' | 'failed' }> {
  return one.kind === 'passed' || one.kind === 'failed';
}

function titles(records: readonly TestRecord[], kind: 'selected'): readonly string[] {
  return records.flatMap((one) => (one.kind === kind ? [one.title] : []));
}

/** A process that was killed has measured nothing: then its wall time is what ava saw of it. */
function fileResult(file: string, all: readonly TestRecord[]): FileResult {
  const records = all.filter((one) => 'file' in one && one.file === file);
  const tests = records.filter(isOutcome).length;
  const measured = records.find((one) => one.kind === 'measured');
  if (measured !== undefined) return { ...measured, tests };
  const began = records.find((one) => one.kind === 'begin');
  const ended = records.find((one) => one.kind === 'end');
  const wallSeconds = began && ended ? (ended.atMs - began.atMs) / 1000 : 0;
  return { file, wallSeconds, ownSeconds: 0, programsSeconds: 0, tests, waits: [] };
}

/** Joins the summaries of several runs of ava. */
export function joinSummaries(all: readonly Summary[]): Summary {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failures: all.flatMap(({ failures }) => failures),
    skipped: all.flatMap(({ skipped }) => skipped),
    files: all.flatMap(({ files }) => files),
  };
}
