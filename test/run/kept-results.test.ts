import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { ensureResult, resultDir } from '../../build/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { damagedSince, withKeptResults } from './kept-results.ts';

const make = (dir: string) => writeFile(path.join(dir, 'text'), 'text');

test('a kept folder that a test changes fails the run, one that it only reads does not', async (t) => {
  const cacheDir = await temporaryFolder(t);
  const ensure = (name: string) => ensureResult({ cacheDir, name, key: 'key', inputs: {}, make });
  await ensure('unused');
  await writeFile(path.join(resultDir(cacheDir, 'unused', 'key'), 'text'), 'changed before');
  const later = Date.now() + 10_000;
  const { value, damages } = await withKeptResults(cacheDir, async () => {
    for (const name of ['read', 'written', 'closed']) await ensure(name);
    await writeFile(path.join(resultDir(cacheDir, 'written', 'key'), 'more'), '');
    await chmod(path.join(resultDir(cacheDir, 'closed', 'key'), 'text'), 0o600);
    return 'what the tests returned';
  });
  t.is(value, 'what the tests returned');
  const found = damages.filter((line) => !line.startsWith('unused'));
  t.is(found.length, 2);
  t.regex(
    found[0] ?? '',
    /^closed\/key in the cache was changed during the tests: text was changed: .*0644.*0600/,
  );
  t.regex(found[1] ?? '', /^written\/key in the cache was changed during the tests: more was added$/);
  t.deepEqual(await damagedSince(cacheDir, later), []);
});
