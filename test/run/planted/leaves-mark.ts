import { existsSync, writeFileSync } from 'node:fs';
import test from 'ava';

test('runs before the build is done', (t) => {
  t.false(existsSync('build-done'));
  writeFileSync('mark', '');
});
