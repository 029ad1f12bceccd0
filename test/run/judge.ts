// Whether continuous integration passes: every part must have ended well, every suite must have run tests, and none may be
// skipped.

import { stripVTControlCharacters } from 'node:util';
import type { NamedFailure } from './failure-report.ts';
import type { SuiteReport } from './run-suite.ts';
import { failedCount, joinSummaries } from './summary.ts';

/** One command of `.ci/run`. */
export interface Part {
  readonly command: string;
  readonly status: number;
  readonly seconds: number;
  /** What it printed; of a command without tests. */
  readonly log?: string;
  /** Undefined where a suite ended before its build. */
  readonly report?: SuiteReport | undefined;
}

export interface Verdict {
  readonly failures: readonly NamedFailure[];
  /** Names of what was skipped, in few lines. */
  readonly notes: readonly string[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const namedSkips = 3;

/** Judges all parts. */
export function judge(parts: readonly Part[]): Verdict {
  const failures = parts.flatMap(failuresOf);
  const { passed, skipped } = joinSummaries(parts.flatMap(({ report }) => report ?? []));
  const left = skipped.length - namedSkips;
  const names = [...skipped.slice(0, namedSkips), ...(left > 0 ? [`and ${left} more`] : [])];
  return {
    failures,
    notes: names.map((name) => `skipped: ${name}`),
    passed,
    failed: failedCount({ failures }),
    skipped: skipped.length,
  };
}

function failuresOf({ command, status, log, report }: Part): readonly NamedFailure[] {
  const whole = { command, file: undefined, title: undefined, count: 1 };
  if (report !== undefined && report.failures.length > 0) {
    return report.failures.map((failure) => ({ ...failure, command }));
  }
  if (status !== 0) {
    const output = stripVTControlCharacters(log ?? '')
      .trimEnd()
      .split('\n')
      .slice(-keptLogLines);
    return [{ ...whole, text: [`ended with exit status ${status}`, ...output].join('\n') }];
  }
  const hasTests = log === undefined;
  return hasTests && !report?.passed ? [{ ...whole, text: 'no test has run' }] : [];
}

const keptLogLines = 20;
