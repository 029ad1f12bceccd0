// Rules over the content of every file, whatever it is.

import { createHash } from 'node:crypto';
import type { Deviation, FileRule, StagedFile } from './rule.ts';

/**
 * Folders that only a build machine has, looked for in binaries alone: documents may speak of them. Neither OpenSSL 3.5
 * nor zig's C++ library names one of them itself.
 */
const buildFolders = ['/home/', '/root/', '/tmp/', '/Users/', '/builds/', '/workspace/'];

/** First bytes of binaries, hexadecimal, and what they are. */
const magics: readonly (readonly [RegExp, string])[] = [
  [/^7f454c46/, 'an ELF file'],
  [/^(cffaedfe|cefaedfe|feedfacf|feedface)/, 'a Mach-O file'],
  [/^cafebabe000000/, 'a universal Mach-O file'],
  [/^4d5a/, 'a PE file'],
  [/^213c617263683e0a/, 'an archive'],
];

function binaryKind(bytes: Buffer): string | undefined {
  const first = bytes.toString('hex', 0, 8);
  return magics.find(([magic]) => magic.test(first))?.[1];
}

export const fileRules: readonly FileRule[] = [
  {
    id: 'file-content',
    why: 'packages are made from the entry: a file that changed since would be shipped under the digest of another',
    check: contentDeviations,
  },
  {
    id: 'binary-known',
    why: 'a binary that no rule covers could bring in anything',
    check({ bytes, role }) {
      const kind = role === undefined ? binaryKind(bytes) : undefined;
      return kind === undefined ? [] : [{ wanted: 'no binary beside the ones that have rules', got: kind }];
    },
  },
  {
    id: 'binary-readable',
    why: 'a file that is damaged, for another kind of machine or without a dynamic table escapes all other rules',
    check: ({ formatProblem }) =>
      formatProblem === undefined
        ? []
        : [{ wanted: 'a whole, dynamically linked binary of the platform', got: formatProblem }],
  },
  {
    id: 'build-path',
    why: 'a path of the build machine differs from one machine to the next, tells who built it, and may be trusted as code',
    check({ bytes, role }, { forbiddenPaths }) {
      const patterns = [...forbiddenPaths, ...(role === undefined ? [] : buildFolders)];
      return patterns.flatMap((pattern) => {
        const at = findPath(bytes, pattern);
        if (at === undefined) return [];
        return [{ wanted: `no ${pattern} in any file`, got: `${textAt(bytes, at)} at byte ${at}` }];
      });
    },
  },
];

function contentDeviations({ entry, bytes, readProblem }: StagedFile): readonly Deviation[] {
  if (readProblem !== undefined) return [{ wanted: 'a regular file that can be read', got: readProblem }];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length === entry.sizeBytes && sha256 === entry.sha256) return [];
  return [
    {
      wanted: `${entry.sizeBytes} bytes with sha256 ${entry.sha256}`,
      got: `${bytes.length} bytes with sha256 ${sha256}`,
    },
  ];
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
