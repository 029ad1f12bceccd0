import test from 'ava';
import { judge, type Part } from './judge.ts';
import type { SuiteReport } from './run-suite.ts';

const good: SuiteReport = {
  command: 'npm test',
  buildSeconds: 1,
  testSeconds: 2,
  passed: 5,
  failures: [],
  skipped: [],
  files: [],
};
const lint: Part = { command: 'npm run lint', status: 0, seconds: 1, log: 'fine\n' };
const suite: Part = { command: 'npm test', status: 0, seconds: 3, report: good };

test('parts that end well with tests have no failure', (t) => {
  t.deepEqual(judge([lint, suite]), { failures: [], notes: [], passed: 5, failed: 0, skipped: 0 });
});

const failing: readonly (readonly [string, Part, string])[] = [
  [
    'a linter that fails shows its last lines',
    { ...lint, status: 1, log: 'a.ts: bad\n\n' },
    'ended with exit status 1\na.ts: bad',
  ],
  ['a suite in which no test has run fails', { ...suite, report: { ...good, passed: 0 } }, 'no test has run'],
  [
    'a suite that ends before its build fails',
    { ...suite, status: 2, report: undefined },
    'ended with exit status 2',
  ],
  [
    'a suite without a report fails even with exit status 0',
    { ...suite, report: undefined },
    'no test has run',
  ],
  ['a suite that passes all tests and ends badly fails', { ...suite, status: 7 }, 'ended with exit status 7'],
];

for (const [title, part, text] of failing) {
  test(title, (t) => {
    const { failures, failed } = judge([part]);
    t.is(failed, 1);
    t.deepEqual(
      failures.map((one) => [one.command, one.text.trimEnd()]),
      [[part.command, text]],
    );
  });
}

test('skipped tests are counted, and the first three named', (t) => {
  const skipped = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.test.ts › waits`);
  const verdict = judge([{ ...suite, report: { ...good, skipped } }]);
  t.is(verdict.skipped, 5);
  t.deepEqual(verdict.notes, [
    ...skipped.slice(0, 3).map((name) => `skipped: ${name}`),
    'skipped: and 2 more',
  ]);
});
