import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';

test('passes before the crash', (t) => t.pass());

test('crashes its process', async (t) => {
  process.stderr.write('the last words\n');
  // until the outcome of the other test is on its way
  await delay(1000);
  process.kill(process.pid, 'SIGKILL');
  await once(process, 'never');
  t.pass();
});
