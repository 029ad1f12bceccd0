// `npm run dist -- cache`: what lies in the cache. `cache prune` removes what was not used for long, or the least recently used
// until the cache is small enough; `cache verify` reads every file again and compares it with its record.

import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { openCacheFolder } from './cache-folder.ts';
import { formatBytes } from './console.ts';
import { BuildError } from './errors.ts';
import type { Plan } from './plan.ts';
import { type CacheEntry, cacheEntries, prune } from './prune.ts';
import { checkResult } from './store.ts';

export interface CacheFlags {
  /** The word after `cache`, if any. */
  readonly action: string | undefined;
  readonly json: boolean;
  /** As typed: `30d`. */
  readonly olderThan: string | undefined;
  /** As typed: `20GB`. */
  readonly max: string | undefined;
}

/** What each word after `cache` does. */
const actions = { list, prune: pruneCache, verify } as const;

/**
 * Runs `cache`, `cache prune` or `cache verify`.
 * @returns text or JSON
 * @throws {BuildError} ERR_USAGE another word, or options that do not belong to it; ERR_INTEGRITY `verify` found damage
 */
export async function cache(plan: Plan, flags: CacheFlags): Promise<string> {
  const { action = 'list' } = flags;
  if (!Object.hasOwn(actions, action)) {
    throw new BuildError('ERR_USAGE', `Expected nothing, prune or verify after cache, got ${action}`);
  }
  if (action !== 'prune' && (flags.olderThan ?? flags.max) !== undefined) {
    throw new BuildError('ERR_USAGE', '--older-than and --max belong to `cache prune`');
  }
  await openCacheFolder(plan.cacheDir);
  return actions[action as keyof typeof actions](plan.cacheDir, flags);
}

async function list(cacheDir: string, { json }: CacheFlags): Promise<string> {
  const entries = await cacheEntries(cacheDir);
  if (json) return asJsonText(cacheDir, 'entries', entries);
  return [...rows(entries), summary(cacheDir, 'holds', entries)].join('\n');
}

async function pruneCache(cacheDir: string, { json, olderThan, max }: CacheFlags): Promise<string> {
  if (olderThan === undefined && max === undefined) {
    throw new BuildError('ERR_USAGE', 'Expected --older-than DAYSd, --max SIZE, or both after `cache prune`');
  }
  const usedAfterMs = olderThan === undefined ? undefined : Date.now() - milliseconds(olderThan);
  const removed = await prune(cacheDir, {
    ...(usedAfterMs === undefined ? {} : { usedAfterMs }),
    ...(max === undefined ? {} : { maxBytes: bytes(max) }),
  });
  if (usedAfterMs !== undefined) await removeOldLogs(path.join(cacheDir, 'logs'), usedAfterMs);
  if (json) return asJsonText(cacheDir, 'removed', removed);
  return [...rows(removed), summary(cacheDir, 'lost', removed)].join('\n');
}

async function verify(cacheDir: string, { json }: CacheFlags): Promise<string> {
  const entries = await cacheEntries(cacheDir);
  const problems: string[] = [];
  for (const { name, key } of entries) {
    const state = await checkResult(cacheDir, name, key, true);
    if (typeof state === 'object') problems.push(`${name}/${key}: ${state.damage}`);
  }
  if (problems.length > 0) {
    const remedy = 'the next build that needs them makes them again';
    throw new BuildError(
      'ERR_INTEGRITY',
      `${cacheDir}: damaged results; ${remedy}\n  ${problems.join('\n  ')}`,
    );
  }
  return json ? asJsonText(cacheDir, 'entries', entries) : summary(cacheDir, 'holds', entries);
}

/** What the programs of steps that ran long ago printed. */
async function removeOldLogs(dir: string, usedAfterMs: number): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const file = path.join(dir, name);
    if ((await stat(file)).mtimeMs < usedAfterMs) await rm(file, { force: true });
  }
}

function asJsonText(folder: string, key: string, entries: readonly CacheEntry[]): string {
  const shown = entries.map(({ lastUsedMs, ...entry }) => ({
    ...entry,
    lastUsed: new Date(lastUsedMs).toISOString(),
  }));
  return JSON.stringify({ folder, sizeBytes: total(entries), [key]: shown });
}

function rows(entries: readonly CacheEntry[]): string[] {
  return entries.map(({ name, key, sizeBytes, lastUsedMs }) => {
    const day = new Date(lastUsedMs).toISOString().slice(0, 16).replace('T', ' ');
    return `${day}  ${formatBytes(sizeBytes).padStart(10)}  ${name}/${key}`;
  });
}

function summary(cacheDir: string, verb: string, entries: readonly CacheEntry[]): string {
  return `${cacheDir} ${verb} ${entries.length} results, ${formatBytes(total(entries))}`;
}

function total(entries: readonly CacheEntry[]): number {
  return entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** `30d`, `12h`. */
function milliseconds(text: string): number {
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (unit === 'd' ? 24 : 1) * 3_600_000;
  throw new BuildError(
    'ERR_USAGE',
    `Expected days or hours such as 30d or 12h for --older-than, got ${text}`,
  );
}

const units: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** `20GB`, in powers of 1000. */
function bytes(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)(kB|MB|GB|TB)$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (units[unit] ?? 0);
  throw new BuildError('ERR_USAGE', `Expected a size such as 500MB or 20GB for --max, got ${text}`);
}
