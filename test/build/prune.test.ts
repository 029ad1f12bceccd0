import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type CacheEntry, cacheEntries, entryId, prune, pruned } from '../../build/prune.ts';
import { ensureResult, resultFolder } from '../../build/store.ts';
import { everyResult, registerUses } from '../../build/uses.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const entry = (name: string, key: string, sizeBytes: number, lastUsedMs: number): CacheEntry => ({
  name,
  key,
  sizeBytes,
  lastUsedMs,
});
const entries = [
  entry('a', '1', 100, 1000),
  entry('a', '2', 50, 3000),
  entry('a', '3', 10, 2000),
  entry('b', '1', 200, 4000),
];
for (const [rule, wanted] of [
  [{}, []],
  [{ usedAfterMs: 2000 }, ['a/1']],
  [{ usedAfterMs: 5000 }, ['a/1', 'a/2', 'a/3', 'b/1']],
  [{ maxBytes: 1000 }, []],
  [{ maxBytes: 260 }, ['a/1']],
  [{ maxBytes: 210 }, ['a/1', 'a/2']],
  [{ maxBytes: 0 }, ['a/1', 'a/2', 'a/3', 'b/1']],
  [{ keptPerStep: 1 }, ['a/1', 'a/3']],
  [{ keptPerStep: 2, usedAfterMs: 2500 }, ['a/1', 'a/3']],
] as const) {
  test(`the rule ${JSON.stringify(rule)} removes ${wanted.join(' ') || 'nothing'}`, (t) => {
    t.deepEqual(pruned(entries, rule).map(entryId).sort(), wanted);
  });
}

/** A cache with results of one step, used one hour apart, the first one last. */
async function setUp(t: ExecutionContext, count: number) {
  const cacheDir = await temporaryFolder(t);
  for (let index = 0; index < count; index++) {
    const make = (dir: string) => writeFile(path.join(dir, 'text'), 'x'.repeat(1000));
    await ensureResult({ cacheDir, name: 'step', key: `key${index}`, inputs: {}, make });
    const used = new Date(Date.now() - index * 3_600_000);
    await utimes(resultFolder(cacheDir, 'step', `key${index}`), used, used);
  }
  const keys = async () => (await readdir(path.join(cacheDir, 'steps/step'))).sort();
  return { cacheDir, keys };
}

test('lists results with their size and the time of their last use', async (t) => {
  const { cacheDir } = await setUp(t, 2);
  const listed = await cacheEntries(cacheDir);
  t.deepEqual(
    listed.map(({ name, key, sizeBytes }) => [name, key, sizeBytes]),
    [
      ['step', 'key0', 1000],
      ['step', 'key1', 1000],
    ],
  );
  t.true((listed[0]?.lastUsedMs ?? 0) > (listed[1]?.lastUsedMs ?? 0));
});

test('removes the least recently used results and leaves nothing of them', async (t) => {
  const { cacheDir, keys } = await setUp(t, 3);
  t.deepEqual((await prune(cacheDir, { maxBytes: 2500 })).map(entryId), ['step/key2']);
  t.deepEqual(await keys(), ['key0', 'key1']);
  t.deepEqual(await readdir(path.join(cacheDir, 'tmp')), []);
});

test('removes nothing that a running build uses, and everything that a killed one used', async (t) => {
  const { cacheDir, keys } = await setUp(t, 4);
  const program = `
    import { registerUses } from './build/uses.ts';
    await registerUses(${JSON.stringify(cacheDir)}, ['step/key3']);
    console.log('registered');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    cwd: checkout,
  });
  await once(child.stdout, 'data');
  const end = await registerUses(cacheDir, ['step/key2']);
  await prune(cacheDir, { maxBytes: 0 });
  t.deepEqual(await keys(), ['key2', 'key3']);
  await end();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await prune(cacheDir, { maxBytes: 0 });
  t.deepEqual(await keys(), []);
  t.deepEqual(await readdir(path.join(cacheDir, 'uses')), [], 'the list of the killed one is gone');
});

test('removes nothing while a test run uses every result', async (t) => {
  const { cacheDir, keys } = await setUp(t, 2);
  const end = await registerUses(cacheDir, [everyResult]);
  t.deepEqual(await prune(cacheDir, { maxBytes: 0 }), []);
  t.deepEqual(await keys(), ['key0', 'key1']);
  await end();
});
