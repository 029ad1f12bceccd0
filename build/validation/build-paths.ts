// Looks for paths of the build machine in the bytes of a file.

import type { Deviation } from './rule.ts';

/**
 * Folders that only a build machine has, looked for in binaries alone: documents may speak of them. Neither OpenSSL 3.5
 * nor zig's C++ library names one of them itself.
 */
export const buildFolders: readonly string[] = [
  '/home/',
  '/root/',
  '/tmp/',
  '/Users/',
  '/builds/',
  '/workspace/',
];

/** One deviation for each path that stands in the file. */
export function pathDeviations(bytes: Buffer, paths: readonly string[]): readonly Deviation[] {
  return paths.flatMap((pattern) => {
    const at = findPath(bytes, pattern);
    if (at === undefined) return [];
    return [{ wanted: `no ${pattern} in any file`, got: `${textAt(bytes, at)} at byte ${at}` }];
  });
}

/**
 * First place of a path. One with a single part, such as `/root` or `/tmp`, also stands inside other words and relative
 * paths (`docs/root`), so there it must begin where a path begins and end where a name ends.
 */
function findPath(bytes: Buffer, pattern: string): number | undefined {
  const isSpecific = pattern.slice(1).replace(/\/$/, '').includes('/');
  let at = bytes.indexOf(pattern, 0, 'utf8');
  while (at >= 0) {
    const after = at + Buffer.byteLength(pattern);
    if (isSpecific || (beginsPath(bytes, at) && (pattern.endsWith('/') || endsName(bytes, after)))) return at;
    at = bytes.indexOf(pattern, at + 1, 'utf8');
  }
  return undefined;
}

/** Nothing that belongs to a path stands before it, except a compiler's flag, as in `-I/tmp/x`. */
function beginsPath(bytes: Buffer, at: number): boolean {
  const before = bytes.toString('latin1', Math.max(0, at - 3), at);
  return !/[\w.~@+-]$/.test(before) || /(^|[^\w])-[A-Za-z]$/.test(before);
}

function endsName(bytes: Buffer, at: number): boolean {
  return !/^[\w.~@+-]/.test(bytes.toString('latin1', at, at + 1));
}

/** The printable text around a place: what the linker or the compiler wrote there. */
function textAt(bytes: Buffer, at: number): string {
  const before = bytes.toString('latin1', Math.max(0, at - 80), at);
  const after = bytes.toString('latin1', at, at + 160);
  return `${/[\x21-\x7e]*$/.exec(before)?.[0] ?? ''}${/^[\x21-\x7e]*/.exec(after)?.[0] ?? ''}`;
}
