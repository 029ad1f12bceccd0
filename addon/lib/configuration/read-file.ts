// Reads a configuration file, or lists a folder of them: as named, or only if the administrator alone can change it.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { findTrustProblem, type PathFacts } from './trust-rule.ts';

/** What a name in a configuration stands for. */
export type Read =
  | { readonly kind: 'file'; readonly content: Buffer }
  | { readonly kind: 'directory'; readonly names: readonly string[] }
  | { readonly kind: 'missing'; readonly reason: string }
  /** It is there, and this user may not read it, or it is nothing that could be read to its end. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** Somebody else than the administrator could have written it. */
  | { readonly kind: 'refused'; readonly reason: string };

export type Reader = (file: string) => Read;

/** More than any configuration has, and less than would hurt. */
export const MAX_SIZE_BYTES = 16 * 1024 * 1024;

const MAX_LINKS = 40; // what Linux follows

/** Reads what the user named, wherever it is. */
export function readNamed(file: string): Read {
  return guarded(() => {
    if (isNullDevice(file)) return { kind: 'file', content: Buffer.alloc(0) };
    const stats = statSync(file);
    if (stats.isDirectory()) return { kind: 'directory', names: readdirSync(file) };
    // opening a pipe would wait for its writer, and /dev/zero has no end
    if (!stats.isFile()) return { kind: 'unreadable', reason: 'it is neither a file nor a folder' };
    return readOpened(file, constants.O_RDONLY, () => undefined);
  });
}

/** Reads what the administrator alone can have written. The bytes come from the file that was checked. */
export function readTrusted(file: string): Read {
  return guarded(() => {
    const way = walk(path.resolve(file));
    const problem = findTrustProblem(way);
    if (problem !== undefined) return { kind: 'refused', reason: problem };
    const last = way[way.length - 1];
    if (last === undefined) return { kind: 'refused', reason: 'it is the root' };
    if (last.kind === 'directory') return { kind: 'directory', names: readdirSync(last.path) };
    return readOpened(last.path, constants.O_RDONLY | constants.O_NOFOLLOW, (stats) =>
      findTrustProblem([factsOf(last.path, stats)]),
    );
  });
}

function isNullDevice(file: string): boolean {
  if (process.platform === 'win32') return /^(\\\\[.?]\\)?nul$/i.test(file);
  return realpathSync(file) === '/dev/null';
}

function guarded(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(/^E[A-Z]+: |, \w+ '.*'$/g, '');
    return { kind: /^(ENOENT|ENOTDIR):/.test(message) ? 'missing' : 'unreadable', reason };
  }
}

function readOpened(file: string, flags: number, findProblem: (stats: Stats) => string | undefined): Read {
  const descriptor = openSync(file, flags | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { kind: 'unreadable', reason: 'it is no longer a file' };
    const problem = findProblem(stats);
    if (problem !== undefined) return { kind: 'refused', reason: problem };
    if (stats.size > MAX_SIZE_BYTES)
      return { kind: 'unreadable', reason: `it has ${stats.size} bytes, wanted at most ${MAX_SIZE_BYTES}` };
    return { kind: 'file', content: readFileSync(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

/** Every folder that resolving an absolute path passes through, symbolic links followed one by one, then its end. */
function walk(file: string): PathFacts[] {
  const way: PathFacts[] = [factsOf('/', lstatSync('/'))];
  const rest = file.split('/').filter(Boolean);
  let folder = '/';
  for (let links = 0; rest.length > 0; ) {
    const name = rest.shift();
    if (name === undefined || name === '.') continue;
    if (name === '..') {
      folder = path.dirname(folder);
      continue;
    }
    const next = folder === '/' ? `/${name}` : `${folder}/${name}`;
    const stats = lstatSync(next);
    if (!stats.isSymbolicLink()) {
      way.push(factsOf(next, stats));
      folder = next;
      continue;
    }
    if (++links > MAX_LINKS) throw new Error(`${file}: more than ${MAX_LINKS} symbolic links`);
    const target = readlinkSync(next);
    if (target.startsWith('/')) folder = '/';
    rest.unshift(...target.split('/').filter(Boolean));
  }
  return way;
}

function factsOf(file: string, stats: Stats): PathFacts {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  return { path: file, kind, uid: stats.uid, mode: stats.mode };
}
