// The fuzzer of sequences for ten minutes, from a seed of chance.

import { randomInt } from 'node:crypto';
import test from 'ava';
import { runSequences } from '../fuzz/run-sequences.ts';
import { entry } from '../support/addon.ts';

test('random sequences of operations on connections end no process for ten minutes', async (t) => {
  const { operations, fault } = await runSequences({ module: entry, seed: randomInt(2 ** 30), seconds: 600 });
  t.is(fault, undefined);
  t.log(`${operations} operations`);
});
