// Runs the builder as a user does, in a process of its own, with caches that a test chooses.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../../build/environment.ts';
import { baseEnvironment } from '../../build/process.ts';

export const checkout = path.resolve(import.meta.dirname, '../..');

/** The cache that `npm run dist` has filled. */
export const mainCache = environment.cacheDir;

/** Folder of ccache, for tests that need what a compiler makes of the same source again and again. */
export const compilerCache = path.join(mainCache, 'test/ccache');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** The mirror folder that the tests were started with, for the builders that they start. */
const mirror: Readonly<Record<string, string>> =
  environment.mirrorDir === undefined ? {} : { TSOPENSSL_MIRROR: environment.mirrorDir };

/** Starts `npm run dist -- …args` without npm. @param folder - the checkout whose builder it is */
export function startBuilder(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder: string = checkout,
): Running {
  return startProgram(['build/main.mjs', ...args], env, folder);
}

/** Starts node with these words in the environment of a builder. */
export function startProgram(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder: string = checkout,
): Running {
  const options = {
    cwd: folder,
    env: { ...baseEnvironment(), CI: 'true', TSOPENSSL_CACHE: mainCache, ...mirror, ...env },
  };
  const child = spawn(process.execPath, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const finished = new Promise<Finished>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) =>
      resolve({ code, signal, stdout, stderr });
    // what it has said last may come after its end
    child.on('close', end);
    // but the pipes may be held open by compilers that outlive a killed builder
    child.on('exit', (code, signal) => {
      if (signal !== null) setImmediate(end, code, signal);
    });
  });
  return { child, finished };
}

/** Runs the builder to its end. */
export function builder(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return startBuilder(args, env).finished;
}

/** A step as `list --json` shows it. */
export interface ListedStep {
  readonly name: string;
  readonly needs: readonly string[];
}

/** The steps of the pipeline, by the builder's own word. */
export async function listedSteps(...args: string[]): Promise<readonly ListedStep[]> {
  const { stdout } = await builder(['list', '--json', ...args]);
  return (JSON.parse(stdout) as { steps: ListedStep[] }).steps;
}

/**
 * Makes a cache whose steps are those of another one, but for some: links, so that it costs nothing.
 * @param without - steps that are to be made anew
 */
export async function linkCache(
  dir: string,
  without: readonly string[],
  from: string = mainCache,
): Promise<void> {
  const steps = path.join(from, 'steps');
  for (const step of existsSync(steps) ? await readdir(steps) : []) {
    // nor what tests keep there
    if (without.includes(step) || step.startsWith('test-')) continue;
    await mkdir(path.join(dir, 'steps', step), { recursive: true });
    for (const key of await readdir(path.join(steps, step))) {
      const result = path.join(steps, step, key);
      // a link into another cache leads nowhere once that cache was pruned
      if (existsSync(result)) await symlink(result, path.join(dir, 'steps', step, key));
    }
  }
}

/** Makes a mirror folder of everything that a cache has fetched. */
export async function linkMirror(dir: string, from: string = mainCache): Promise<void> {
  await mkdir(dir, { recursive: true });
  const steps = path.join(from, 'steps');
  for (const step of (await readdir(steps)).filter((name) => name.startsWith('fetch-'))) {
    for (const key of await readdir(path.join(steps, step))) {
      const result = path.join(steps, step, key, 'result');
      for (const name of await readdir(result)) {
        const link = path.join(dir, name);
        if (!existsSync(link)) await symlink(path.join(result, name), link);
      }
    }
  }
}
