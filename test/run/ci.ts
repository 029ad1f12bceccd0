// The end of `.ci/run`: the slowest test files, the time of each part, what failed, and the counts.
//
//   node --import tsx test/run/ci.ts SUMMARIES LINT-LOG {COMMAND STATUS SECONDS} …
//
// SUMMARIES has a line of JSON for each suite that got as far as its tests; the first command is the one that checks the
// sources and has no tests.

import { existsSync, readFileSync } from 'node:fs';
import { formatSeconds, printResult } from '../../build/console.ts';
import { failureReport } from './failure-report.ts';
import { judge, type Part } from './judge.ts';
import type { SuiteReport } from './run-suite.ts';
import { slowTable } from './slow-table.ts';
import { joinSummaries } from './summary.ts';
import { textTable } from './text-table.ts';

const slowRows = 10;

function readParts([summaries = '', lintLog = '', ...rest]: readonly string[]): readonly Part[] {
  const text = existsSync(summaries) ? readFileSync(summaries, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line !== '');
  const reports = lines.map((line) => JSON.parse(line) as SuiteReport);
  return rest
    .filter((_, index) => index % 3 === 0)
    .map((command, index) => ({
      command,
      status: Number(rest[3 * index + 1]),
      seconds: Number(rest[3 * index + 2]),
      // the last lines of a linter say how many problems there are, the ones before which
      ...(index === 0
        ? { log: readFileSync(lintLog, 'utf8') }
        : { report: reports.find((one) => one.command === command) }),
    }));
}

/** The build and the tests of a suite overlap where targets are tested as soon as they are built. */
function timesTable(parts: readonly Part[]): string {
  const rows = parts.map(({ command, seconds, report }) => [
    command,
    report ? formatSeconds(report.buildSeconds) : '–',
    report ? formatSeconds(report.testSeconds) : '–',
    formatSeconds(seconds),
  ]);
  const whole = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  const total = ['whole run', '', '', formatSeconds(whole)];
  return textTable('Time', ['part', 'build', 'tests', 'in all'], [...rows, total]);
}

const parts = readParts(process.argv.slice(2));
const { failures, notes, passed, failed, skipped } = judge(parts);
const { files } = joinSummaries(parts.flatMap(({ report }) => report ?? []));
printResult(slowTable(files, slowRows));
printResult(timesTable(parts));
printResult('');
for (const text of [failureReport(failures), ...notes]) if (text !== '') printResult(text);
printResult(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed + skipped > 0 ? 1 : 0;
