// The slowest test files, and what each waits for.

import type { FileResult } from './summary.ts';
import { textTable } from './text-table.ts';

/** Programs that are named of one file. */
const namedWaits = 3;

/**
 * A table of the slowest files, the slowest first. `waiting` is wall time that neither the test process nor a program that
 * it started spent on a processor; the last column says for how long each program ran, where runs that overlap count once.
 * @param count - rows
 */
export function slowTable(files: readonly FileResult[], count: number): string {
  const slowest = [...files].sort((a, b) => b.wallSeconds - a.wallSeconds).slice(0, count);
  const head = ['test file', 'wall s', 'own CPU s', 'programs CPU s', 'waiting s', 'tests', 'waits for'];
  const rows = slowest.map((one) => [
    one.file,
    one.wallSeconds.toFixed(1),
    one.ownSeconds.toFixed(1),
    one.programsSeconds.toFixed(1),
    Math.max(0, one.wallSeconds - one.ownSeconds - one.programsSeconds).toFixed(1),
    String(one.tests),
    waitsText(one),
  ]);
  return textTable(`The ${slowest.length} slowest of ${files.length} test files`, head, rows);
}

function waitsText({ waits }: FileResult): string {
  const longest = [...waits].sort((a, b) => b.seconds - a.seconds).slice(0, namedWaits);
  return longest.map(({ program, seconds }) => `${program} ${seconds.toFixed(1)}`).join(', ') || '–';
}
