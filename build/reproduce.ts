// `npm run dist -- reproduce`: builds everything twice, from two copies of the checkout in folders of different names and
// lengths, with empty caches, another umask, time zone, locale and job count and another number of visible cores, and
// compares what came out.

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Reporter } from './console.ts';
import { ensureDir } from './ensure-dir.ts';
import { ensurePackages } from './ensure-packages.ts';
import { BuildError } from './errors.ts';
import { firstDifference } from './first-difference.ts';
import { pipelineSteps } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { run } from './process.ts';
import { digestFile } from './store.ts';

interface Surroundings {
  readonly folder: string;
  readonly umask: string;
  readonly jobs: number;
  readonly env: Readonly<Record<string, string>>;
  /** CPUs that the build may see, as taskset takes them. */
  readonly cpus: string | undefined;
}

const surroundings: readonly [Surroundings, Surroundings] = [
  { folder: 'a', umask: '022', jobs: 2, cpus: undefined, env: { TZ: 'UTC', LC_ALL: 'C.UTF-8' } },
  {
    folder: 'another-place',
    umask: '077',
    jobs: 3,
    cpus: '0',
    env: { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8' },
  },
];

/**
 * Builds twice and compares.
 * @returns a line for every artifact
 * @throws {BuildError} ERR_REPRODUCE with the first difference of the first artifact that differs
 */
export async function reproduce(plan: Plan, _flags: unknown, reporter: Reporter): Promise<string> {
  // beforehand, since the output of the two builds goes into a log
  ensurePackages(pipelineSteps(plan), plan);
  await ensureDir(plan.cacheDir);
  const work = await mkdtemp(path.join(plan.cacheDir, 'reproduce-'));
  try {
    // both copies before the first build, so that an edit in between is in neither
    for (const one of surroundings) await copyCheckout(plan.root, path.join(work, one.folder));
    for (const one of surroundings) await buildIn(path.join(work, one.folder), one, plan, reporter);
    const [first, second] = surroundings;
    return await compareArtifacts(
      path.join(work, first.folder, 'dist'),
      path.join(work, second.folder, 'dist'),
    );
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function buildIn(folder: string, one: Surroundings, plan: Plan, reporter: Reporter): Promise<void> {
  const report = reporter.begin(`build ${one.folder}`);
  const options = [
    ...plan.targets.flatMap(({ id }) => ['--target', id]),
    ...['--toolchain', plan.toolchain, '--jobs', String(one.jobs)],
    ...['--cache', path.join(folder, '.cache'), '--out', path.join(folder, 'dist')],
    ...(plan.mirrorDir === undefined ? [] : ['--mirror', plan.mirrorDir]),
    ...plan.formats.flatMap((format) => ['--format', format]),
  ];
  const build = [process.execPath, '--import', 'tsx', 'build/cli.ts', ...options];
  const seen = one.cpus === undefined ? build : ['taskset', '--cpu-list', one.cpus, ...build];
  const log = path.join(plan.cacheDir, 'logs', `reproduce-${surroundings.indexOf(one) + 1}.log`);
  const env = { ...one.env, SOURCE_DATE_EPOCH: String(plan.epochSeconds) };
  await run(['sh', '-c', 'umask "$1"; shift; exec "$@"', 'sh', one.umask, ...seen], {
    cwd: folder,
    env,
    log,
  });
  report.end(`built with --jobs ${one.jobs}, umask ${one.umask}, ${one.env.TZ}, ${one.env.LC_ALL}`);
}

/** Copies the sources and the installed packages; neither caches nor artifacts. */
async function copyCheckout(root: string, folder: string): Promise<void> {
  await mkdir(folder);
  const left = new Set(['.git', '.cache', 'dist']);
  const names = (await readdir(root)).filter((name) => !left.has(name));
  const sources = names.map((name) => path.join(root, name));
  await run(['cp', '-a', '--reflink=auto', ...sources, folder]);
}

/**
 * Compares two folders of artifacts.
 * @returns a line for every file: its SHA-256 and its name
 * @throws {BuildError} ERR_REPRODUCE with the first difference of the first file that differs
 */
export async function compareArtifacts(first: string, second: string): Promise<string> {
  const names = (await readdir(first)).sort();
  const others = (await readdir(second)).sort();
  if (names.join() !== others.join()) {
    throw new BuildError(
      'ERR_REPRODUCE',
      `wanted the same files, got ${names.join(', ')} and ${others.join(', ')}`,
    );
  }
  const lines: string[] = [];
  for (const name of names) {
    const [a, b] = await Promise.all([first, second].map((dir) => digestFile(path.join(dir, name))));
    if (a !== b) {
      const where = await firstDifference(path.join(first, name), path.join(second, name));
      throw new BuildError('ERR_REPRODUCE', `${name}: the two builds differ: ${where}`);
    }
    lines.push(`${a}  ${name}`);
  }
  return lines.join('\n');
}
