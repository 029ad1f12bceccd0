// A million operations of the fuzzer of sequences, from a seed of chance.

import { randomInt } from 'node:crypto';
import test from 'ava';
import { runSequences } from '../fuzz/run-sequences.ts';
import { entry } from '../support/addon.ts';

test('a million random operations on connections and streams end no process', async (t) => {
  const seed = randomInt(2 ** 30);
  const { operations, fault } = await runSequences({ module: entry, seed, operations: 1_000_000 });
  t.is(fault, undefined);
  t.log(`${operations} operations`);
});
