// The end of a run that failed: each failure with its name, its output and the command that runs only that test, in few
// enough lines that the last 40 of the output hold them all.

import type { Failure } from './summary.ts';

/** A failure, and the command of the suite that it belongs to, such as `npm test`. */
export interface NamedFailure extends Failure {
  readonly command: string;
}

/** Lines of the report; what comes after it (the counts, npm) has the rest of the 40. */
export const reportLines = 32;

const columns = 160;

/** The report, at most `reportLines` lines; empty where nothing failed. */
export function failureReport(failures: readonly NamedFailure[]): string {
  if (failures.length === 0) return '';
  const shown = failures.slice(0, Math.floor((reportLines - 1) / 2));
  const left = failures.length - shown.length;
  const more = left === 0 ? [] : [`and ${left} more, named in the output above`];
  const free = reportLines - more.length - 2 * shown.length;
  const lines = shareOut(shown.map(outputLines), free);
  const blocks = shown.map((failure, index) => [
    cut(`✘ ${nameOf(failure)}`),
    ...(lines[index] ?? []),
    `  run it alone: ${commandOf(failure)}`,
  ]);
  return [...blocks.flat(), ...more].join('\n');
}

/** `test/x.test.ts › title`. */
function nameOf({ file, title, command }: NamedFailure): string {
  return [file ?? command, ...(title === undefined ? [] : [title])].join(' › ');
}

/** The command that runs this test and no other. */
export function commandOf({ file, title, command }: NamedFailure): string {
  if (file === undefined) return command;
  // a hook belongs to its file, and ava puts its words before or after the title
  if (title === undefined || / hook( for |$)/.test(title)) return `${command} -- ${quoted(file)}`;
  return `${command} -- ${quoted(file)} --match=${quoted(matching(title))}`;
}

/** In ava's patterns `*` stands for anything, and `!` in front for everything else. */
function matching(title: string): string {
  return title.replaceAll('*', '\\*').replace(/^!/, '*');
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function outputLines({ text }: Failure): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => cut(`  │ ${line}`));
}

function cut(line: string): string {
  const characters = [...line];
  return characters.length <= columns ? line : `${characters.slice(0, columns - 1).join('')}…`;
}

/** Shares the free lines out in turns, so that what one does not need is another's. */
function shareOut(all: readonly (readonly string[])[], free: number): readonly (readonly string[])[] {
  const taken = all.map(() => 0);
  for (let left = free, before = -1; left > 0 && left !== before; ) {
    before = left;
    for (const [index, lines] of all.entries()) {
      const has = taken[index] ?? 0;
      if (left === 0 || has >= lines.length) continue;
      taken[index] = has + 1;
      left--;
    }
  }
  return all.map((lines, index) => withMark(lines, taken[index] ?? 0));
}

/** The first lines; the last of them says how many there would be. */
function withMark(lines: readonly string[], count: number): readonly string[] {
  if (count === 0 || lines.length <= count) return lines.slice(0, count);
  return [...lines.slice(0, count - 1), `  │ … ${lines.length - count + 1} more lines above`];
}
