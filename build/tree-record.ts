// The record of a tree of files: what each one holds, and what the file system said of it when that was read. A tree whose
// sizes, times and inodes are those of its record is unchanged: every write sets a file's ctime, which no program can set
// back. Where they differ, as after a copy of the whole cache, the contents decide.

import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Files with mode, size and SHA-256, folders and devices with their mode, links with their target. */
type Content =
  | readonly ['file', mode: number, sizeBytes: number, sha256: string]
  | readonly ['folder' | 'device', mode: number]
  | readonly ['link', target: string];
type Contents = Readonly<Record<string, Content>>;

export interface TreeRecord {
  /** SHA-256 of `contents` as JSON, in lower-case hex. */
  readonly digest: string;
  /** All file sizes together. */
  readonly sizeBytes: number;
  readonly contents: Contents;
  /** `mtime ctime inode` of each file, in nanoseconds. */
  readonly stamps: Readonly<Record<string, string>>;
}

/** What differs between a tree and its record, for people to read. */
export type TreeDifference = string;

interface Listed {
  readonly path: string;
  readonly stats: BigIntStats;
  readonly target: string | undefined;
}

/** Reads a whole tree. */
export async function recordTree(dir: string): Promise<TreeRecord> {
  const listed = listTree(dir);
  const contents: Record<string, Content> = {};
  const stamps: Record<string, string> = {};
  let sizeBytes = 0;
  for (const entry of listed) {
    contents[entry.path] = await contentOf(dir, entry);
    if (!entry.stats.isFile()) continue;
    stamps[entry.path] = stampOf(entry.stats);
    sizeBytes += Number(entry.stats.size);
  }
  const digest = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  return { digest, sizeBytes, contents, stamps };
}

/** Whether sizes, modes, times and inodes prove that a tree is the one that was recorded. Reads no file. */
export function isAsStamped(dir: string, record: TreeRecord): boolean {
  try {
    const listed = listTree(dir);
    return (
      listed.length === Object.keys(record.contents).length &&
      listed.every((entry) => isEntryAsStamped(entry, record))
    );
  } catch {
    return false;
  }
}

function isEntryAsStamped({ path: name, stats, target }: Listed, { contents, stamps }: TreeRecord): boolean {
  const content = contents[name];
  if (content === undefined) return false;
  if (target !== undefined) return content[0] === 'link' && content[1] === target;
  if (content[1] !== modeOf(stats)) return false;
  if (!stats.isFile()) return content[0] === kindOf(stats);
  return content[0] === 'file' && content[2] === Number(stats.size) && stamps[name] === stampOf(stats);
}

/** The first difference between what was recorded and what is there; undefined when they hold the same. */
export function firstTreeDifference(wanted: TreeRecord, found: TreeRecord): TreeDifference | undefined {
  const names = [...new Set([...Object.keys(wanted.contents), ...Object.keys(found.contents)])].sort();
  for (const name of names) {
    const [before, now] = [wanted.contents[name], found.contents[name]];
    if (before === undefined) return `${name} was added`;
    if (now === undefined) return `${name} was removed`;
    if (JSON.stringify(before) !== JSON.stringify(now)) {
      return `${name} was changed: expected ${describe(before)}, found ${describe(now)}`;
    }
  }
  return undefined;
}

function describe(content: Content): string {
  if (content[0] === 'link') return `a link to ${content[1]}`;
  const mode = content[1].toString(8).padStart(4, '0');
  if (content[0] !== 'file') return `a ${content[0]} with the mode ${mode}`;
  return `${content[2]} bytes with the mode ${mode} and sha256 ${content[3]}`;
}

/** Everything below a folder, and the folder itself as `.`, sorted. */
function listTree(dir: string): Listed[] {
  const listed: Listed[] = [{ path: '.', stats: lstatSync(dir, { bigint: true }), target: undefined }];
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const name of readdirSync(path.join(dir, folder))) {
      const relative = folder === '' ? name : `${folder}/${name}`;
      const full = path.join(dir, relative);
      const stats = lstatSync(full, { bigint: true });
      if (stats.isDirectory()) open.push(relative);
      listed.push({ path: relative, stats, target: stats.isSymbolicLink() ? readlinkSync(full) : undefined });
    }
  }
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function contentOf(dir: string, { path: name, stats, target }: Listed): Promise<Content> {
  if (target !== undefined) return ['link', target];
  if (!stats.isFile()) return [kindOf(stats), modeOf(stats)];
  const bytes = await readFile(path.join(dir, name));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return ['file', modeOf(stats), Number(stats.size), sha256];
}

function kindOf(stats: BigIntStats): 'folder' | 'device' {
  return stats.isDirectory() ? 'folder' : 'device';
}

function modeOf(stats: BigIntStats): number {
  return Number(stats.mode) & 0o7777;
}

function stampOf({ mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${mtimeNs} ${ctimeNs} ${ino}`;
}
