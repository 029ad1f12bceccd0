// Everything is built twice, in two folders and surroundings; the artifacts are the same bytes, and those of dist/.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { builder, checkout } from '../support/builder.ts';

test('two builds in two surroundings give the artifacts that lie in dist/', async (t) => {
  const { code, stdout, stderr } = await builder(['reproduce']);
  t.is(code, 0, stderr);
  t.log(stdout);
  const sums = (await readFile(path.join(checkout, 'dist/SHA256SUMS'), 'utf8')).trim().split('\n');
  t.deepEqual(
    stdout
      .trim()
      .split('\n')
      .filter((line) => !line.endsWith('SHA256SUMS'))
      .sort(),
    sums.sort(),
  );
});
