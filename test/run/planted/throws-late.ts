import { once } from 'node:events';
import test from 'ava';

test('leaves an exception to the process', async (t) => {
  setTimeout(() => {
    throw new Error('the late error');
  });
  await once(process, 'never');
  t.pass();
});
