// What the pipeline costs over the bare `Configure && make`: cold, unchanged, and with one file changed. Cold means that the
// caches of sources, toolchains and steps are empty and sources come from a local mirror; both sides start with an empty
// cache of zig, and alternate.

import { appendFile, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../build/process.ts';
import { configureArguments } from '../../build/steps/configure.ts';
import { openToolchain } from '../../build/steps/toolchain.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { openssl35 } from '../../recipes/openssl-3.5.ts';
import { release } from '../../recipes/release.ts';
import { checkout, linkMirror } from '../support/builder.ts';
import { withPeakMemory } from './peak-memory.ts';
import { machine, median, replaceReport } from './report.ts';
import { measureUnchanged, type Unchanged, unchangedRows } from './unchanged.ts';

interface Round {
  readonly bareSeconds: number;
  readonly coldSeconds: number;
  readonly unchanged: Unchanged;
  readonly confSeconds: number;
  readonly confCompiled: boolean;
  readonly barePeakBytes: number;
  readonly coldPeakBytes: number;
}

/** Rounds of the short measurement within one round of the long one. */
const unchangedRounds = 15;

/** Runs the benchmark and writes its table into docs/benchmarks.md. */
export async function benchBuild(rounds: number): Promise<string> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-bench-'));
  try {
    await builder(['--until', 'compile'], {}, checkout);
    await builder(['--until', 'node-headers'], {}, checkout);
    await builder(['--until', 'fetch-certdata'], {}, checkout);
    const mirror = path.join(work, 'mirror');
    await linkMirror(mirror);
    const all: Round[] = [];
    for (let round = 1; round <= rounds; round++)
      all.push(await oneRound(path.join(work, String(round)), mirror, round));
    const text = report(all, await artifactSizes(path.join(work, String(rounds), 'checkout/dist')));
    await replaceReport('build', text);
    return text;
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function oneRound(work: string, mirror: string, round: number): Promise<Round> {
  await mkdir(work, { recursive: true });
  const copy = path.join(work, 'checkout');
  const cacheDir = path.join(work, 'cache');
  await copyCheckout(copy);
  const bare = () => bareBuild(path.join(work, 'bare'));
  const cold = () =>
    withPeakMemory(() => timed(() => builder(['--mirror', mirror], { TSOPENSSL_CACHE: cacheDir }, copy)));
  // who goes first changes with each round
  const [first, second] = round % 2 === 1 ? [await bare(), await cold()] : [await cold(), await bare()];
  const [bareSide, coldSide] = round % 2 === 1 ? [first, second] : [second, first];
  const unchanged = await measureUnchanged({ checkoutDir: copy, cacheDir }, work, unchangedRounds);
  await appendFile(path.join(copy, 'openssl-config/openssl.cnf'), `# changed in round ${round}\n`);
  let changed = '';
  const confSeconds = await timed(async () => {
    changed = await builder([], { TSOPENSSL_CACHE: cacheDir }, copy);
  });
  return {
    bareSeconds: bareSide.result,
    coldSeconds: coldSide.result,
    unchanged,
    confSeconds,
    confCompiled: /^ {2}(compile|configure|addon)-\S+ .* done$/m.test(changed),
    barePeakBytes: bareSide.peakBytes,
    coldPeakBytes: coldSide.peakBytes,
  };
}

async function copyCheckout(copy: string): Promise<void> {
  await mkdir(copy);
  const left = new Set(['.git', '.cache', '.scratch', 'dist', 'node_modules']);
  for (const name of (await readdir(checkout)).filter((one) => !left.has(one))) {
    await run(['cp', '-a', path.join(checkout, name), copy]);
  }
  await symlink(path.join(checkout, 'node_modules'), path.join(copy, 'node_modules'));
}

/** Extracts the sources outside the measured time, then configures and compiles them as the recipe does, with nothing around it. */
async function bareBuild(work: string) {
  const tree = path.join(work, openssl35.folder);
  await mkdir(work, { recursive: true });
  const sources = await resultOf('extract');
  await run(['cp', '-a', sources, tree]);
  const toolchain = await openToolchain({
    target: linuxX64,
    dir: await resultOf('toolchain'),
    launcher: undefined,
    zigCacheDir: path.join(work, 'zig'),
    workDir: work,
  });
  const env = { ...toolchain.env, SOURCE_DATE_EPOCH: String(release.epochSeconds), PERL_HASH_SEED: '0' };
  const options = { cwd: tree, env, pathFirst: toolchain.pathFirst, log: path.join(work, 'log') };
  const measured = await withPeakMemory(() =>
    timed(async () => {
      await run(['perl', 'Configure', ...configureArguments(openssl35, linuxX64)], options);
      await run(['make', `-j${os.availableParallelism()}`, 'build_sw'], options);
    }),
  );
  await rm(work, { recursive: true, force: true });
  return measured;
}

async function resultOf(step: string): Promise<string> {
  const stdout = await run([process.execPath, '--import', 'tsx', 'build/cli.ts', '--until', step], {
    cwd: checkout,
  });
  return stdout.stdout.trim();
}

/** Runs the builder and answers what it said of its steps. */
async function builder(args: readonly string[], env: Record<string, string>, cwd: string): Promise<string> {
  const argv = [process.execPath, '--import', 'tsx', 'build/cli.ts', ...args];
  return (await run(argv, { cwd, env: { CI: 'true', ...env } })).stderr;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

async function artifactSizes(dist: string): Promise<readonly (readonly [string, number])[]> {
  const names = (await readdir(dist)).sort();
  return Promise.all(names.map(async (name) => [name, (await stat(path.join(dist, name))).size] as const));
}

function medianUnchanged(all: readonly Unchanged[]): Unchanged {
  const of = (key: keyof Unchanged) => median(all.map((one) => one[key]));
  return { emptySeconds: of('emptySeconds'), unchangedSeconds: of('unchangedSeconds'), ratio: of('ratio') };
}

function report(rounds: readonly Round[], sizes: readonly (readonly [string, number])[]): string {
  const of = (key: Exclude<keyof Round, 'confCompiled' | 'unchanged'>) =>
    median(rounds.map((round) => round[key]));
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const mb = (value: number) => `${(value / 1e6).toFixed(1)} MB`;
  const ratio = median(rounds.map((round) => round.coldSeconds / round.bareSeconds));
  return [
    `Machine: ${machine()}. Command: \`npm run bench -- build --rounds ${rounds.length}\`; medians of ${rounds.length}.`,
    '',
    '| what | measured | goal |',
    '| --- | --- | --- |',
    `| bare \`Configure && make build_sw\`, same tree and compiler | ${seconds(of('bareSeconds'))} | |`,
    `| cold \`npm run dist\`, sources from a local mirror | ${seconds(of('coldSeconds'))} | |`,
    `| cold against bare | ${ratio.toFixed(2)} × | at most 1.25 × |`,
    ...unchangedRows(medianUnchanged(rounds.map((round) => round.unchanged))),
    `| only openssl.cnf changed | ${seconds(of('confSeconds'))}, ${rounds.some((one) => one.confCompiled) ? 'compiled' : 'nothing compiled'} | at most 15 s, nothing compiled |`,
    `| peak memory of all processes, bare | ${mb(of('barePeakBytes'))} | |`,
    `| peak memory of all processes, cold | ${mb(of('coldPeakBytes'))} | |`,
    '',
    '| artifact | size |',
    '| --- | --- |',
    ...sizes.map(([name, size]) => `| \`${name}\` | ${mb(size)} |`),
  ].join('\n');
}
