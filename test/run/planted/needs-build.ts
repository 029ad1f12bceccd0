import { existsSync, writeFileSync } from 'node:fs';
import test from 'ava';

test('runs when the build is done', (t) => {
  writeFileSync('late-mark', '');
  t.true(existsSync('build-done'));
});
