// The store of results: what steps make, and what tests prepare at length. A result lies under a key made of everything that
// went in. It is written beside its place and renamed, with a record of every file; the record is checked whenever the result
// is used, so a file that was changed, added or removed since is found.
//
//   <cache>/steps/<name>/<key>/result/       what was made
//   <cache>/steps/<name>/<key>/inputs.json   what the key was made of, for --explain
//   <cache>/steps/<name>/<key>/record.json   what was made, file by file (build/tree-record.ts)
//   <cache>/tmp/<lock>.<random>/             work in progress, by the name of the lock that protects it
//   <cache>/locks/                           one file per lock that is held (build/lock.ts)
//   <cache>/uses/                            which results the running builds use (build/uses.ts)
//   <cache>/logs/                            output of the started programs

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError, fromFileSystemError } from './errors.ts';
import { takeLock, tryLock } from './lock.ts';
import { firstTreeDifference, isAsStamped, recordTree, type TreeRecord } from './tree-record.ts';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export type JsonObject = { readonly [key: string]: Json };

/** Plain data as JSON shows it, so that it can be part of a key. */
export function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** The key of a step: SHA-256 of its inputs as JSON, shortened to 32 hex digits. */
export function contentKey(inputs: Json): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 32);
}

/** Where all results lie. */
export function resultsFolder(cacheDir: string): string {
  return path.join(cacheDir, 'steps');
}

/** The folder of one result, with its record. */
export function resultFolder(cacheDir: string, name: string, key: string): string {
  return path.join(resultsFolder(cacheDir), name, key);
}

/** Where the result of a step lies, or would lie. */
export function resultDir(cacheDir: string, name: string, key: string): string {
  return path.join(resultFolder(cacheDir, name, key), 'result');
}

/** Whether there is a result under a key; {@link checkResult} says whether it is whole. */
export function hasResult(cacheDir: string, name: string, key: string): boolean {
  return existsSync(resultDir(cacheDir, name, key));
}

/** The record of a result; undefined where it is missing or cannot be read. */
export async function readRecord(folder: string): Promise<TreeRecord | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, 'record.json'), 'utf8')) as TreeRecord;
  } catch {
    return undefined;
  }
}

/** State of a result: it can be used, there is none, or what is wrong with it. */
export type ResultState = 'whole' | 'missing' | { readonly damage: string };

/**
 * Checks a result against its record.
 * @param isThorough - reads every file, even where sizes and times prove that it is unchanged
 */
export async function checkResult(
  cacheDir: string,
  name: string,
  key: string,
  isThorough = false,
): Promise<ResultState> {
  const folder = resultFolder(cacheDir, name, key);
  const dir = path.join(folder, 'result');
  if (!existsSync(folder)) return 'missing';
  const wanted = await readRecord(folder);
  if (wanted === undefined) return { damage: 'record.json is missing or cannot be read' };
  if (!existsSync(dir)) return { damage: 'the folder result is missing' };
  if (!isThorough && isAsStamped(dir, wanted)) return 'whole';
  const found = await recordTree(dir);
  const damage = firstTreeDifference(wanted, found);
  if (damage !== undefined) return { damage };
  if (!isAsStamped(dir, wanted)) await writeRecord(folder, found);
  return 'whole';
}

async function writeRecord(folder: string, record: TreeRecord): Promise<void> {
  const part = path.join(folder, `record.${process.pid}.part`);
  await writeFile(part, `${JSON.stringify(record)}\n`);
  await rename(part, path.join(folder, 'record.json'));
}

/** What {@link ensureResult} makes, and how. */
export interface ResultRequest {
  readonly cacheDir: string;
  /** File name: the step, or what is prepared. */
  readonly name: string;
  readonly key: string;
  /** What the key was made of. */
  readonly inputs: Json;
  /** Writes into `dir`, which becomes the result when it returns; `scratchDir` is for what it needs on the way. */
  make(dir: string, scratchDir: string): Promise<void>;
  /** Called once when another process makes the same result. */
  onWait?(): void;
  /** Called when a damaged result is found; it is removed and made again. */
  onDamage?(damage: string): void;
}

/**
 * Makes a result unless it is there and whole. Two processes that want the same one make it once.
 * @returns whether it was made by this call
 */
export async function ensureResult(request: ResultRequest): Promise<boolean> {
  const { cacheDir, name, key } = request;
  if ((await checkResult(cacheDir, name, key)) === 'whole') {
    await touchResult(cacheDir, name, key);
    return false;
  }
  const release = await takeLock(cacheDir, lockName(name, key), request.onWait ?? (() => undefined));
  try {
    // another process may have made it while this one waited
    const state = await checkResult(cacheDir, name, key);
    if (state === 'whole') return false;
    if (state !== 'missing') {
      request.onDamage?.(state.damage);
      await removeResult(cacheDir, name, key);
    }
    await makeResult(request);
    return true;
  } finally {
    await release();
  }
}

function lockName(name: string, key: string): string {
  return `${name}-${key}`;
}

/** Makes a result under its lock. When it fails, nothing stays but the log. */
async function makeResult({ cacheDir, name, key, inputs, make }: ResultRequest): Promise<void> {
  const final = resultFolder(cacheDir, name, key);
  let work: string | undefined;
  try {
    work = await makeWorkFolder(cacheDir, lockName(name, key));
    await mkdir(path.dirname(final), { recursive: true });
    const [dir, scratchDir] = [path.join(work, 'result'), path.join(work, 'scratch')];
    await mkdir(dir);
    await mkdir(scratchDir);
    await make(dir, scratchDir);
    await rm(scratchDir, { recursive: true, maxRetries: 5 });
    await writeFile(path.join(work, 'inputs.json'), `${JSON.stringify(inputs, undefined, 2)}\n`);
    await writeRecord(work, await recordTree(dir));
    await rename(work, final);
  } catch (error) {
    if (work !== undefined) await rm(work, { recursive: true, force: true, maxRetries: 5 });
    throw fromFileSystemError(error, `step ${name} in ${cacheDir}`);
  }
}

/** Makes an empty folder for work under a lock that the caller holds. A later build removes it once nobody holds the lock. */
async function makeWorkFolder(cacheDir: string, lock: string): Promise<string> {
  const tmp = path.join(cacheDir, 'tmp');
  await mkdir(tmp, { recursive: true });
  return mkdtemp(path.join(tmp, `${lock}.`));
}

/** Marks a result as used now. */
export async function touchResult(cacheDir: string, name: string, key: string): Promise<void> {
  const now = new Date();
  await utimes(resultFolder(cacheDir, name, key), now, now);
}

/** Takes a result out of the store at once, and then removes its files. */
async function removeResult(cacheDir: string, name: string, key: string): Promise<void> {
  await mkdir(path.join(cacheDir, 'tmp'), { recursive: true });
  const doomed = await mkdtemp(path.join(cacheDir, 'tmp', `removed-${lockName(name, key)}.`));
  const folder = resultFolder(cacheDir, name, key);
  await rename(folder, path.join(doomed, 'gone')).catch(ignoreMissing);
  await rm(doomed, { recursive: true, force: true, maxRetries: 5 });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

/** Keys of a step's results, the last used first. */
export async function newestResults(cacheDir: string, name: string): Promise<string[]> {
  const dir = path.join(resultsFolder(cacheDir), name);
  const keys = await readdir(dir).catch(() => []);
  const used = await Promise.all(
    keys.map(async (key) => ({ key, ms: (await lstat(path.join(dir, key))).mtimeMs })),
  );
  return used.sort((a, b) => b.ms - a.ms).map(({ key }) => key);
}

/**
 * Removes work that killed builds left behind: folders whose lock nobody holds. Their compilers may still write there for a
 * moment; what cannot be removed now goes with the next build.
 */
export async function removeLeftovers(cacheDir: string): Promise<void> {
  const tmp = path.join(cacheDir, 'tmp');
  for (const name of await readdir(tmp).catch(() => [])) {
    const release = await tryLock(cacheDir, name.slice(0, name.lastIndexOf('.')));
    if (release === undefined) continue;
    await rm(path.join(tmp, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
    await release();
  }
}

/** SHA-256 of a file in lower-case hex. */
export async function digestFile(file: string): Promise<string> {
  return sha256(await readFile(file));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Digests of all files below some files and folders, by their path below `root`, sorted. The files are small and many: to read
 * them one by one is faster than to let node's threads do it.
 * @throws {BuildError} ERR_RECIPE when one of them does not exist
 */
export function digestTree(root: string, paths: readonly string[]): Record<string, string> {
  const files: string[] = [];
  for (const item of paths) {
    const full = path.join(root, item);
    const info = statSync(full, { throwIfNoEntry: false });
    if (info === undefined)
      throw new BuildError('ERR_RECIPE', `${full}: wanted a file of the project, found none`);
    if (info.isFile()) files.push(item);
    else
      for (const entry of readdirSync(full, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) files.push(path.relative(root, path.join(entry.parentPath, entry.name)));
  }
  const pairs = files.map((file) => [file, sha256(readFileSync(path.join(root, file)))] as const);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}
