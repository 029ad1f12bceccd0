import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ensureResult, resultDir, resultFolder } from '../../build/store.ts';
import { builder } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const key = 'k'.repeat(32);

/** A cache with a result that was used just now and one that was used 40 days ago. */
async function setUp(t: ExecutionContext) {
  const cacheDir = await temporaryFolder(t);
  for (const [name, days] of [
    ['new', 0],
    ['old', 40],
  ] as const) {
    const make = (dir: string) => writeFile(path.join(dir, 'text'), 'x'.repeat(2000));
    await ensureResult({ cacheDir, name, key, inputs: {}, make });
    const used = new Date(Date.now() - days * 86_400_000);
    await utimes(resultFolder(cacheDir, name, key), used, used);
  }
  const cache = (...words: string[]) => builder(['cache', ...words, '--cache', cacheDir]);
  return { cacheDir, cache };
}

test('cache shows size and entries, as text and as JSON', async (t) => {
  const { cacheDir, cache } = await setUp(t);
  const { code, stdout } = await cache();
  t.is(code, 0);
  t.regex(stdout, new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +2\\.0 kB  new/${key}$`, 'm'));
  t.true(stdout.endsWith(`${cacheDir} holds 2 results, 4.0 kB\n`));
  const json = JSON.parse((await cache('--json')).stdout);
  t.is(json.folder, cacheDir);
  t.is(json.sizeBytes, 4000);
  t.deepEqual(
    json.entries.map((entry: { name: string; sizeBytes: number }) => [entry.name, entry.sizeBytes]),
    [
      ['new', 2000],
      ['old', 2000],
    ],
  );
});

test('cache prune removes what has not been used for so long, or is too much', async (t) => {
  const { cacheDir, cache } = await setUp(t);
  const { stdout } = await cache('prune', '--older-than', '30d', '--json');
  t.deepEqual(
    JSON.parse(stdout).removed.map((entry: { name: string }) => entry.name),
    ['old'],
  );
  t.deepEqual(await readdir(path.join(cacheDir, 'steps/old')), []);
  t.regex((await cache('prune', '--max', '1kB')).stdout, /lost 1 results, 2\.0 kB/);
  t.is(JSON.parse((await cache('--json')).stdout).sizeBytes, 0);
});

test('cache verify names each damaged result, and only those', async (t) => {
  const { cacheDir, cache } = await setUp(t);
  t.is((await cache('verify')).code, 0);
  const file = path.join(resultDir(cacheDir, 'old', key), 'text');
  await writeFile(file, (await readFile(file, 'utf8')).replace('x', 'y'));
  const { code, stderr } = await cache('verify');
  t.is(code, 1);
  t.regex(
    stderr,
    new RegExp(`ERR_INTEGRITY: .*damaged results; .*\\n  old/${key}: text was changed: expected 2000 bytes`),
  );
  t.false(stderr.includes('new/'));
});

for (const [words, message] of [
  [['prune'], /Expected --older-than DAYSd, --max SIZE, or both after `cache prune`/],
  [['prune', '--max', '20'], /Expected a size such as 500MB or 20GB for --max, got 20/],
  [['prune', '--older-than', '1w'], /Expected days or hours such as 30d or 12h for --older-than, got 1w/],
  [['--max', '1GB'], /--older-than and --max belong to `cache prune`/],
  [['prun'], /Expected nothing, prune or verify after cache, got prun/],
  [['prune', 'all'], /got all/],
] as const) {
  test(`cache ${words.join(' ')} is refused`, async (t) => {
    const { code, stderr } = await (await setUp(t)).cache(...words);
    t.is(code, 2);
    t.regex(stderr, message);
  });
}
