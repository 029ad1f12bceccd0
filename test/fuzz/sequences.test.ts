// The fuzzer of sequences, for as long as there is time in every run; test/full/sequences.test.ts runs it for longer.

import path from 'node:path';
import test from 'ava';
import { entry } from '../support/addon.ts';
import { sanitizedModules } from '../support/sanitizer.ts';
import { runSequences } from './run-sequences.ts';

test('random sequences of operations on connections end no process', async (t) => {
  const seconds = sanitizedModules === undefined ? 20 : 120;
  const { operations, fault } = await runSequences({ module: entry, seed: 1, seconds });
  t.is(fault, undefined);
  t.log(`${operations} operations`);
  t.true(operations > 1000);
});

test('a process that ends is reported with a command that repeats it', async (t) => {
  const module = path.join(import.meta.dirname, 'programs/planted-sequences.mjs');
  const { fault } = await runSequences({ module, seed: 3, seconds: 60 });
  t.regex(fault ?? '', /^seed 3: signal SIGABRT\n/);
  t.regex(fault ?? '', /sequences\.ts .*planted-sequences\.mjs 3 \d+$/m);
});
