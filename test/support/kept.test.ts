import path from 'node:path';
import test from 'ava';
import { checkout } from './builder.ts';
import { kept } from './kept.ts';

test('what is kept may not depend on the place of the checkout, since a fresh clone has another', async (t) => {
  const make = () => Promise.reject(new Error('made'));
  const asked = async (input: string) => kept('none', { input }, make);
  await t.throwsAsync(asked(path.join(checkout, 'addon')), {
    message: /^none: wanted inputs that every checkout has, got one that names /,
  });
  await t.throwsAsync(asked('addon'), { message: 'made' }, 'another input is taken');
});
