// What a result holds, as one digest.

import path from 'node:path';
import { contentKey } from '../../build/store.ts';
import { recordTree, type TreeRecord } from '../../build/tree-record.ts';

/** Digest of a tree as it is now. */
export async function digestOf(dir: string): Promise<string> {
  return digestOfRecord(await recordTree(dir));
}

/**
 * Digest of what a record holds. Of zig's libraries (runtime-…), whose archives and manifests name the folder that they were made
 * in, these are the names, and the contents of every other file. A library counts once: zig adds a second libunwind.a when its
 * own folder has moved since it compiled the first, because the flags of that library hold the folder's path.
 */
export function digestOfRecord({ digest, contents }: TreeRecord): string {
  if (contents.h === undefined || contents.o === undefined) return digest;
  const files = Object.entries(contents).filter(([name, [type]]) => type === 'file' && name.startsWith('o/'));
  const lines = files.map(([name, content]) => {
    const isNamed = name.endsWith('.a');
    return isNamed ? path.basename(name) : `${path.basename(name)} ${String(content.at(-1))}`;
  });
  return contentKey([...new Set(lines)].sort());
}
