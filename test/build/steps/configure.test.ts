import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { configureArguments } from '../../../build/steps/configure.ts';
import { targets } from '../../../platform/targets.ts';
import { openssl35 } from '../../../recipes/openssl-3.5.ts';

const golden = path.resolve(import.meta.dirname, 'configure.golden.txt');

// `ava test/build/steps/configure.test.ts -- --update` writes the golden file anew
test("Configure's arguments are those of the golden file, for every target", async (t) => {
  const text = targets
    .filter(({ compilers }) => compilers.kind !== 'joined')
    .map((target) => [target.id, ...configureArguments(openssl35, target)].join('\n  '))
    .join('\n');
  if (process.argv.includes('--update')) await writeFile(golden, `${text}\n`);
  t.is(`${text}\n`, await readFile(golden, 'utf8'));
});
