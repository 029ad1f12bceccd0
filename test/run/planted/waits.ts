import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';

test('waits for sleep', async (t) => {
  await Promise.all([1, 2].map(() => once(spawn('sleep', ['1.2']), 'exit')));
  execFileSync('sleep', ['0.3']);
  t.pass();
});

test('sees nothing of the runner', (t) => {
  t.deepEqual(
    Object.keys(process.env).filter((name) => name.startsWith('TSOPENSSL_TEST_')),
    [],
  );
  t.deepEqual(process.execArgv, ['--import=tsx', '--enable-source-maps']);
});
