// Digests of files, remembered in the cache: a file whose size and times are unchanged is not read again.

import path from 'node:path';
import { openMemo } from './file-memo.ts';
import { digestFile } from './store.ts';

export interface Digests {
  /**
   * The SHA-256 of a file, lower-case hex. Follows symbolic links.
   * @param file - absolute path
   * @throws what the file system says of a file that cannot be read
   */
  digestFile(file: string): Promise<string>;
  /** Keeps what this process has learned for later ones. */
  save(): void;
}

/**
 * Opens the digests of a cache.
 * @param now - milliseconds since 1970, by the clock that also sets the times of files
 */
export function openDigests(cacheDir: string, now: () => number = Date.now): Digests {
  const memo = openMemo(path.join(cacheDir, 'digests'), 'tsopenssl digests 1', now);
  return { digestFile: (file) => memo.valueOf(file, () => digestFile(file)), save: memo.save };
}
