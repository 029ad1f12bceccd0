// The store of finished steps. A result lies under a key made of everything that went in; it is written beside its place
// and renamed, so what lies under a key is always whole.
//
//   <cache>/steps/<step>/<key>/inputs.json   what the key was made of, for --explain
//   <cache>/steps/<step>/<key>/result/       the step's output
//   <cache>/tmp/                             work in progress; emptied by the next build
//   <cache>/logs/                            what the started programs said

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { BuildError, fromFileSystemError } from './errors.ts';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export type JsonObject = { readonly [key: string]: Json };

/** Plain data as JSON shows it, so that it can be part of a key. */
export function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** Results of a step that are kept when a newer one is made. */
const keptResults = 4;

/** The key of a step: SHA-256 of its inputs as JSON, shortened to 32 hex digits. */
export function contentKey(inputs: Json): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 32);
}

const stepDir = (cacheDir: string, step: string) => path.join(cacheDir, 'steps', step);

/** Where the result of a step lies, or would lie. */
export function resultDir(cacheDir: string, step: string, key: string): string {
  return path.join(stepDir(cacheDir, step), key, 'result');
}

/** Whether the result of a step is there. */
export function hasResult(cacheDir: string, step: string, key: string): boolean {
  return existsSync(resultDir(cacheDir, step, key));
}

/**
 * Makes a result: `make` writes into a folder of its own, which becomes the result when it returns; a second folder is for
 * what it needs on the way. When it throws, nothing is left but the log.
 */
export async function makeResult(
  cacheDir: string,
  step: string,
  key: string,
  inputs: Json,
  make: (dir: string, scratchDir: string) => Promise<void>,
): Promise<void> {
  const final = path.join(stepDir(cacheDir, step), key);
  let work: string | undefined;
  try {
    await mkdir(path.join(cacheDir, 'tmp'), { recursive: true });
    await mkdir(path.dirname(final), { recursive: true });
    work = await mkdtemp(path.join(cacheDir, 'tmp', `${step}-`));
    const [dir, scratchDir] = [path.join(work, 'result'), path.join(work, 'scratch')];
    await mkdir(dir);
    await mkdir(scratchDir);
    await make(dir, scratchDir);
    await rm(scratchDir, { recursive: true, maxRetries: 5 });
    await writeFile(path.join(work, 'inputs.json'), `${JSON.stringify(inputs, undefined, 2)}\n`);
    await rename(work, final);
  } catch (error) {
    if (work !== undefined) await rm(work, { recursive: true, force: true, maxRetries: 5 });
    throw fromFileSystemError(error, `step ${step} in ${cacheDir}`);
  }
  await prune(cacheDir, step);
}

/** Marks a result as used now, so that pruning takes older ones first. */
export async function touchResult(cacheDir: string, step: string, key: string): Promise<void> {
  const now = new Date();
  await utimes(path.join(stepDir(cacheDir, step), key), now, now);
}

async function newestFirst(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  const stats = await Promise.all(
    names.map(async (name) => ({ name, ms: (await lstat(path.join(dir, name))).mtimeMs })),
  );
  return stats.sort((a, b) => b.ms - a.ms).map((entry) => entry.name);
}

async function prune(cacheDir: string, step: string): Promise<void> {
  const dir = stepDir(cacheDir, step);
  for (const name of (await newestFirst(dir)).slice(keptResults)) {
    const doomed = path.join(cacheDir, 'tmp', `pruned-${step}-${name}`);
    await rename(path.join(dir, name), doomed);
    await rm(doomed, { recursive: true, force: true });
  }
}

/**
 * Removes what a killed build left behind, as far as it can be: its compilers may still be writing there for a moment, and
 * what is left goes with the next build. Only the holder of the lock may call this.
 */
export async function removeLeftovers(cacheDir: string): Promise<void> {
  const tmp = path.join(cacheDir, 'tmp');
  for (const name of await readdir(tmp).catch(() => [])) {
    await rm(path.join(tmp, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
  }
}

/** Says in words why a step has no result under its key: the inputs that differ from the last time it was made. */
export async function explainMiss(cacheDir: string, step: string, inputs: Json): Promise<string> {
  const [newest] = await newestFirst(stepDir(cacheDir, step));
  if (newest === undefined) return 'it was never made here';
  const file = path.join(stepDir(cacheDir, step), newest, 'inputs.json');
  const before = flatten(JSON.parse(await readFile(file, 'utf8')) as Json);
  const now = flatten(inputs);
  const names = [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => before.get(name) !== now.get(name),
  );
  const shown = names
    .slice(0, 5)
    .map((name) => `${name}: ${shorten(before.get(name))} → ${shorten(now.get(name))}`);
  return `changed since ${newest.slice(0, 8)}: ${shown.join('; ')}${names.length > 5 ? `; and ${names.length - 5} more` : ''}`;
}

function shorten(value: string | undefined): string {
  if (value === undefined) return 'none';
  return value.length > 40 ? `${value.slice(0, 12)}…` : value;
}

function flatten(value: Json, prefix = ''): Map<string, string> {
  if (value === null || typeof value !== 'object') return new Map([[prefix, JSON.stringify(value)]]);
  const pairs = Array.isArray(value)
    ? value.map((item: Json): [string, Json] => [JSON.stringify(item).slice(0, 80), item])
    : Object.entries(value as Record<string, Json>);
  return new Map(
    pairs.flatMap(([key, item]) => [...flatten(item, prefix === '' ? key : `${prefix}.${key}`)]),
  );
}

/** Reads one file and answers its SHA-256 in lower-case hex. */
export async function digestFile(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/**
 * Digests of all files below some files and folders, by their path below `root`, sorted.
 * @throws {BuildError} ERR_RECIPE when one of them does not exist
 */
export async function digestTree(root: string, paths: readonly string[]): Promise<Record<string, string>> {
  const files: string[] = [];
  for (const item of paths) {
    const full = path.join(root, item);
    const info = await stat(full).catch(() => undefined);
    if (info === undefined)
      throw new BuildError('ERR_RECIPE', `${full}: wanted a file of the project, found none`);
    if (info.isFile()) files.push(item);
    else
      for (const entry of await readdir(full, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) files.push(path.relative(root, path.join(entry.parentPath, entry.name)));
  }
  const pairs = await Promise.all(
    files.map(async (file) => [file, await digestFile(path.join(root, file))] as const),
  );
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}
