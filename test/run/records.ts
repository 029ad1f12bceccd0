// What one run of ava leaves in its folder: a file of JSON lines, written by ava's own process (record-events.ts) and by each
// test process (measure.ts), and the durations of the last run, by which ava sorts.

import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Name of the variable that holds the folder. The processes of the tests remove it before a test can see it. */
export const runVariable = 'TSOPENSSL_TEST_RUN';

/** A program that a test process waited for. */
export interface Wait {
  readonly program: string;
  readonly seconds: number;
}

/** One line. Files are relative to the project. */
export type TestRecord =
  | { readonly kind: 'begin'; readonly file: string; readonly atMs: number }
  | {
      readonly kind: 'measured';
      readonly file: string;
      /** Wall time from the start of the process to its end. */
      readonly wallSeconds: number;
      /** Processor time of the test process itself. */
      readonly ownSeconds: number;
      /** Processor time of the programs that it started and waited for, and of theirs. */
      readonly programsSeconds: number;
      readonly waits: readonly Wait[];
    }
  | { readonly kind: 'selected' | 'passed' | 'skipped'; readonly file: string; readonly title: string }
  | { readonly kind: 'failed'; readonly file: string; readonly title: string; readonly text: string }
  | { readonly kind: 'hook-failed'; readonly file: string; readonly title: string; readonly text: string }
  /** The file as a whole: its process crashed, timed out, or has no tests. */
  | { readonly kind: 'file-failed'; readonly file: string; readonly text: string }
  | { readonly kind: 'end'; readonly file: string; readonly atMs: number }
  | { readonly kind: 'run-failed'; readonly text: string };

const recordsFile = (folder: string) => path.join(folder, 'records.jsonl');

/** The durations of an earlier run: seconds by file. */
export const durationsFile = (folder: string) => path.join(folder, 'durations.json');

/** Appends one line; several processes may do so at once. */
export function appendRecord(folder: string, record: TestRecord): void {
  appendFileSync(recordsFile(folder), `${JSON.stringify(record)}\n`);
}

/** Reads what was written so far. */
export function readRecords(folder: string): readonly TestRecord[] {
  let text = '';
  try {
    text = readFileSync(recordsFile(folder), 'utf8');
  } catch (error) {
    // ava ended before any test process began
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TestRecord);
}
