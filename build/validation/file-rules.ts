// Rules over the content of every file, whatever it is.

import { createHash } from 'node:crypto';
import { buildFolders, pathDeviations } from './build-paths.ts';
import type { Deviation, FileRule, StagedFile } from './rule.ts';

/** First bytes of binaries, hexadecimal, and what they are. */
const magics: readonly (readonly [RegExp, string])[] = [
  [/^7f454c46/, 'an ELF file'],
  [/^(cffaedfe|cefaedfe|feedfacf|feedface)/, 'a Mach-O file'],
  [/^cafebabe000000/, 'a universal Mach-O file'],
  [/^4d5a/, 'a PE file'],
  [/^213c617263683e0a/, 'an archive'],
];

/** What a file is by its first bytes, or undefined for what no loader or linker reads. */
export function binaryKind(bytes: Buffer): string | undefined {
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
    check: ({ bytes, role }, { forbiddenPaths }) =>
      pathDeviations(bytes, [...forbiddenPaths, ...(role === undefined ? [] : buildFolders)]),
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
