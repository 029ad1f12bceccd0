// What `npm run dist` takes when nothing has changed, against what npm takes to run an empty script. Both are whole processes, and
// alternate.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../build/process.ts';
import { checkout, mainCache } from '../support/builder.ts';
import { machine, median, replaceReport } from './report.ts';

export interface Unchanged {
  readonly emptySeconds: number;
  readonly unchangedSeconds: number;
  /** The second against the first, median of the rounds. */
  readonly ratio: number;
}

/**
 * Measures both in a checkout whose artifacts are finished.
 * @param dir - folder for the package with the empty script
 */
export async function measureUnchanged(
  { checkoutDir, cacheDir }: { readonly checkoutDir: string; readonly cacheDir: string },
  dir: string,
  rounds: number,
): Promise<Unchanged> {
  const empty = path.join(dir, 'empty');
  await mkdir(empty, { recursive: true });
  const manifest = { name: 'empty', version: '1.0.0', private: true, scripts: { empty: '' } };
  await writeFile(path.join(empty, 'package.json'), JSON.stringify(manifest));
  const sides = {
    empty: () => timed(['npm', 'run', '--silent', 'empty'], empty, cacheDir),
    unchanged: () => timed(['npm', 'run', '--silent', 'dist'], checkoutDir, cacheDir),
  };
  const all: { readonly empty: number; readonly unchanged: number }[] = [];
  await sides.unchanged();
  for (let round = 0; round < rounds; round++) {
    const [first, second] =
      round % 2 === 0 ? (['empty', 'unchanged'] as const) : (['unchanged', 'empty'] as const);
    const one = { [first]: await sides[first](), [second]: await sides[second]() };
    all.push({ empty: one.empty ?? Number.NaN, unchanged: one.unchanged ?? Number.NaN });
  }
  return {
    emptySeconds: median(all.map((one) => one.empty)),
    unchangedSeconds: median(all.map((one) => one.unchanged)),
    ratio: median(all.map((one) => one.unchanged / one.empty)),
  };
}

async function timed(argv: readonly string[], cwd: string, cacheDir: string): Promise<number> {
  const begin = performance.now();
  await run(argv, { cwd, env: { CI: 'true', TSOPENSSL_CACHE: cacheDir } });
  return (performance.now() - begin) / 1000;
}

/** Lines of a table: what, measured, goal. */
export function unchangedRows({ emptySeconds, unchangedSeconds, ratio }: Unchanged): readonly string[] {
  return [
    `| \`npm run\` of an empty script | ${emptySeconds.toFixed(2)} s | |`,
    `| nothing changed, \`npm run dist\` | ${unchangedSeconds.toFixed(2)} s | |`,
    `| nothing changed against the empty script | ${ratio.toFixed(2)} × | at most 3 × |`,
  ];
}

/** Runs this part of the benchmark alone, in this checkout, and writes its table into docs/benchmarks.md. */
export async function benchUnchanged(rounds: number): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-bench-'));
  try {
    const measured = await measureUnchanged({ checkoutDir: checkout, cacheDir: mainCache }, dir, rounds);
    const load = os.loadavg().map((value) => value.toFixed(1));
    const text = [
      `Machine: ${machine()}; load ${load.join(', ')}. Command: \`npm run bench -- build --only unchanged --rounds ${rounds}\`; medians of ${rounds}.`,
      '',
      '| what | measured | goal |',
      '| --- | --- | --- |',
      ...unchangedRows(measured),
    ].join('\n');
    await replaceReport('unchanged', text);
    return text;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
