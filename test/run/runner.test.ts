import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { plantedProject } from '../support/planted-project.ts';

const lastLines = (text: string, count: number) => text.trimEnd().split('\n').slice(-count);

test.serial(
  'a failing run ends with each failed test, its output and the command that runs it alone',
  async (t) => {
    const planted = ['fails', 'crashes', 'throws-late', 'has-no-tests', 'passes'] as const;
    const { root, test: runTests } = await plantedProject(t, { test: planted });
    const { exitCode, stdout, stderr } = await runTests();
    t.is(exitCode, 1);
    // npm adds nothing behind it, and ava's own output is there in full
    t.regex(stdout, /2 tests failed/);
    const end = lastLines(stderr, 40).join('\n');
    const command = "npm test -- test/test/fails.test.ts --match='compares two of it'\\''s numbers'";
    for (const expected of [
      "✘ test/test/fails.test.ts › compares two of it's numbers\n  │ test/test/fails.test.ts:4\n",
      '  │ Difference (- actual, + expected):\n',
      `  run it alone: ${command}\n`,
      '✘ test/test/fails.test.ts › throws an error\n',
      '  │   message: `the planted error',
      '✘ test/test/crashes.test.ts › crashes its process\n  │ the test process ended with signal SIGKILL\n  │ the last words\n',
      '✘ test/test/throws-late.test.ts › leaves an exception to the process\n  │ uncaught exception\n',
      '  │ Error: the late error\n',
      '✘ test/test/has-no-tests.test.ts\n  │ no tests found in this file\n',
      '  run it alone: npm test -- test/test/has-no-tests.test.ts\n',
      'npm test: 3 passed, 5 failed, 0 skipped; ',
    ]) {
      t.true(end.includes(expected), `${expected}\nis not in\n${end}`);
    }
    const alone = await run(['sh', '-c', command], { cwd: root, allowFailure: true });
    t.is(alone.exitCode, 1);
    t.regex(alone.stderr, /npm test: 0 passed, 1 failed, 0 skipped; /);
  },
);

test.serial('a file that times out counts its unfinished test as failed', async (t) => {
  const { test: runTests } = await plantedProject(t, { test: ['hangs'] }, '15s');
  const { exitCode, stderr } = await runTests();
  t.is(exitCode, 1);
  const [name, ...rest] = lastLines(stderr, 5);
  t.is(name, '✘ test/test/hangs.test.ts › never ends');
  t.deepEqual(rest.slice(0, 3), [
    '  │ timed out: no test began or ended for 15 s',
    '  │ did not end: never ends',
    "  run it alone: npm test -- test/test/hangs.test.ts --match='never ends'",
  ]);
  t.regex(rest[3] ?? '', /^npm test: 1 passed, 1 failed, 0 skipped; /);
});

test.serial(
  'lists slow files with what they wait for, and starts the slowest first in the next run',
  async (t) => {
    const { root, test: runTests } = await plantedProject(t, { test: ['passes', 'waits'] });
    const { exitCode, stdout, stderr } = await runTests('--slow', '1');
    t.is(exitCode, 0, stderr);
    const [title, head, row, ...more] = lastLines(stdout, 3);
    t.is(title, 'The 1 slowest of 2 test files');
    t.regex(head ?? '', /^test file +wall s +own CPU s +programs CPU s +waiting s +tests +waits for$/);
    // two sleeps of 1.2 s overlap, one of 0.3 s comes after them
    const [, wall = '', waiting = '', sleep = ''] =
      /^test\/test\/waits\.test\.ts +([\d.]+) +[\d.]+ +[\d.]+ +([\d.]+) +2 +sleep ([\d.]+)$/.exec(
        row ?? '',
      ) ?? [];
    t.true(Number(sleep) >= 1.5 && Number(sleep) < Number(wall), row);
    t.true(Number(waiting) >= 1.4 && Number(waiting) < Number(wall), row);
    t.deepEqual(more, []);
    const kept = JSON.parse(await readFile(path.join(root, 'cache/test-durations.json'), 'utf8')) as object;
    t.deepEqual(Object.keys(kept).sort(), ['test/test/passes.test.ts', 'test/test/waits.test.ts']);
    const plain = await runTests('--concurrency=1');
    t.true(plain.stdout.indexOf('waits › ') < plain.stdout.indexOf('passes › '), plain.stdout);
    // without --slow there is nothing behind what ava says
    t.deepEqual(lastLines(plain.stdout, 1), ['  3 tests passed']);
  },
);

test.serial('a number of slow files that is no positive whole number is wrong usage', async (t) => {
  const { test: runTests } = await plantedProject(t, { test: ['passes'] });
  const { exitCode, stdout, stderr } = await runTests('--slow', '0');
  t.is(exitCode, 2);
  t.regex(stderr, /ERR_USAGE: Expected a positive whole number for --slow, got 0/);
  t.notRegex(stdout, /passed/);
});
