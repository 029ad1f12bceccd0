import test from 'ava';
import { plantedProject } from '../support/planted-project.ts';

const lastLines = (text: string, count: number) => text.trimEnd().split('\n').slice(-count);

test.serial('.ci/run passes when every test of both suites passes', async (t) => {
  const { ci } = await plantedProject(t, { test: ['waits'], platforms: ['passes'] });
  const { exitCode, stdout, stderr } = await ci();
  t.is(exitCode, 0, stderr);
  t.deepEqual(lastLines(stdout, 1), ['3 passed, 0 failed, 0 skipped']);
  const [, table = ''] = /The 2 slowest of 2 test files\n.*\n(.*\n.*\n)/.exec(stdout) ?? [];
  const rows = table
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/\s+/));
  t.deepEqual(rows.map(([file]) => file).sort(), [
    'test/platforms/passes.test.ts',
    'test/test/waits.test.ts',
  ]);
  const [slower, faster] = rows.map(([, seconds]) => Number(seconds));
  t.true(Number(slower) >= Number(faster), table);
  t.regex(stdout, /\nnpm run lint .*\nnpm test .*\nnpm run test:platforms .*\nwhole run .*\n/);
});

test.serial(
  '.ci/run fails when a test fails, and ends with its name, its output and its command',
  async (t) => {
    const { ci } = await plantedProject(t, { test: ['fails', 'passes'], platforms: ['crashes', 'skips'] });
    const { exitCode, stdout } = await ci();
    t.is(exitCode, 1);
    t.deepEqual(lastLines(stdout, 2), [
      'skipped: test/platforms/skips.test.ts › is left out',
      '4 passed, 3 failed, 1 skipped',
    ]);
    const end = lastLines(stdout, 40).join('\n');
    t.true(end.includes('✘ test/test/fails.test.ts › throws an error\n'), end);
    t.true(end.includes('  │   message: `the planted error'), end);
    t.true(end.includes("npm test -- test/test/fails.test.ts --match='throws an error'\n"), end);
    const crash = "npm run test:platforms -- test/platforms/crashes.test.ts --match='crashes its process'\n";
    t.true(end.includes(crash), end);
  },
);

test.serial('.ci/run fails when a suite is not built, although the other passes', async (t) => {
  const { ci } = await plantedProject(t, { test: ['passes'] });
  const { exitCode, stdout } = await ci();
  t.is(exitCode, 1);
  t.deepEqual(lastLines(stdout, 4), [
    '✘ npm run test:platforms',
    '  │ ERR_NETWORK: the planted failure of the build',
    '  run it alone: npm run test:platforms',
    '1 passed, 1 failed, 0 skipped',
  ]);
});
