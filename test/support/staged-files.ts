// Stages made by hand, for tests of rules over them.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { DirectoryEntry, Entry, FileEntry } from '../../build/types.ts';

/** The entry of a file. */
export async function fileEntry(name: string, source: string): Promise<FileEntry> {
  const bytes = await readFile(source);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const mode = name.startsWith('bin/') ? 0o755 : 0o644;
  return { type: 'file', path: name, mode, source, sizeBytes: bytes.length, sha256 };
}

/** The folders above entries, each once. */
function foldersOf(entries: readonly Entry[]): readonly DirectoryEntry[] {
  const names = entries.flatMap(({ path: name }) => {
    const parts = name.split('/');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  return [...new Set(names)].map((name) => ({ type: 'directory', path: name, mode: 0o755 }));
}

/** Entries in the order of a stage, with the folders above them; the later one of two with the same path stays. */
export function stageEntries(entries: readonly Entry[]): readonly Entry[] {
  const all = new Map([...foldersOf(entries), ...entries].map((entry) => [entry.path, entry]));
  return [...all.values()].sort((left, right) =>
    Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)),
  );
}
