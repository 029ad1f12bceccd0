// Removes results that no running build uses. Each one is taken out of the store first; when a build has listed it meanwhile it
// is put back, and otherwise no build can find it any more and its files go.

import { lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { newestResults, readRecord, resultFolder, resultsFolder } from './store.ts';
import { type ResultId, usedResults } from './uses.ts';

/** A result in the cache. */
export interface CacheEntry {
  readonly name: string;
  readonly key: string;
  /** All of its files together. */
  readonly sizeBytes: number;
  /** When a build or a test last used it, in milliseconds since 1970. */
  readonly lastUsedMs: number;
}

export function entryId({ name, key }: Pick<CacheEntry, 'name' | 'key'>): ResultId {
  return `${name}/${key}`;
}

/** Every result, sorted by name, the last used first. */
export async function cacheEntries(cacheDir: string): Promise<readonly CacheEntry[]> {
  const entries: CacheEntry[] = [];
  for (const name of (await readdir(resultsFolder(cacheDir)).catch(() => [])).sort()) {
    for (const key of await newestResults(cacheDir, name)) {
      const folder = resultFolder(cacheDir, name, key);
      const lastUsedMs = (await lstat(folder)).mtimeMs;
      entries.push({ name, key, sizeBytes: (await readRecord(folder))?.sizeBytes ?? 0, lastUsedMs });
    }
  }
  return entries;
}

/** What stays in the cache. */
export interface PruneRule {
  /** Results that were used after this time stay, in milliseconds since 1970. */
  readonly usedAfterMs?: number;
  /** The least recently used go until the rest is not larger than this. */
  readonly maxBytes?: number;
  /** How many results of each step stay. */
  readonly keptPerStep?: number;
}

/** The results that a rule removes. */
export function pruned(entries: readonly CacheEntry[], rule: PruneRule): readonly CacheEntry[] {
  const newest = [...entries].sort((a, b) => b.lastUsedMs - a.lastUsedMs);
  const seen = new Map<string, number>();
  let total = 0;
  return newest.filter((entry) => {
    const place = (seen.get(entry.name) ?? 0) + 1;
    seen.set(entry.name, place);
    const isOld = rule.usedAfterMs !== undefined && entry.lastUsedMs < rule.usedAfterMs;
    const isSurplus = rule.keptPerStep !== undefined && place > rule.keptPerStep;
    const isTooMuch = rule.maxBytes !== undefined && total + entry.sizeBytes > rule.maxBytes;
    const goes = isOld || isSurplus || isTooMuch;
    if (!goes) total += entry.sizeBytes;
    return goes;
  });
}

/**
 * Removes what a rule removes and no running build uses.
 * @returns what was removed
 */
export async function prune(cacheDir: string, rule: PruneRule): Promise<readonly CacheEntry[]> {
  const doomed = pruned(await cacheEntries(cacheDir), rule);
  if (doomed.length === 0) return [];
  const isUsed = await usedResults(cacheDir);
  const unused = doomed.filter((entry) => !isUsed(entryId(entry)));
  const tmp = path.join(cacheDir, 'tmp');
  await mkdir(tmp, { recursive: true });
  const work = await mkdtemp(path.join(tmp, 'pruned.'));
  try {
    for (const [index, { name, key }] of unused.entries()) {
      await rename(resultFolder(cacheDir, name, key), path.join(work, String(index))).catch(() => undefined);
    }
    const isUsedNow = await usedResults(cacheDir);
    const kept = new Set(unused.filter((entry) => isUsedNow(entryId(entry))));
    for (const [index, entry] of unused.entries()) {
      if (!kept.has(entry)) continue;
      // where the build has made it again already, its own stays
      const place = resultFolder(cacheDir, entry.name, entry.key);
      await rename(path.join(work, String(index)), place).catch(() => undefined);
    }
    return unused.filter((entry) => !kept.has(entry));
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}
