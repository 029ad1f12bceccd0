import { once } from 'node:events';
import test from 'ava';

test('passes before the timeout', (t) => t.pass());

test('never ends', async (t) => {
  setInterval(() => {}, 1000);
  await once(process, 'never');
  t.pass();
});
