// The cache folder: made for its owner alone, and refused where another user could have put a file into it.

import { lstat } from 'node:fs/promises';
import { ensureDir } from './ensure-dir.ts';
import { BuildError } from './errors.ts';

/** Permission bits that let the group or everybody write. */
const writableByOthers = 0o022;

/**
 * Makes the cache folder, with the mode 0700, unless it is there, and checks that nobody but this user may write to it.
 * @throws {BuildError} ERR_NOT_WRITABLE it cannot be made or written; ERR_UNSAFE_CACHE another user owns it or may write to it
 */
export async function openCacheFolder(dir: string): Promise<void> {
  await ensureDir(dir, 0o700);
  const user = process.getuid?.();
  // Windows has no such bits; there the user's profile is protected by its own access list
  if (user === undefined) return;
  const { uid, mode } = await lstat(dir);
  const remedy = 'or choose another folder with --cache or TSOPENSSL_CACHE';
  if (uid !== user) {
    throw new BuildError(
      'ERR_UNSAFE_CACHE',
      `${dir}: expected a cache folder that belongs to this user (uid ${user}), found one of uid ${uid}; remove it, ${remedy}`,
    );
  }
  if ((mode & writableByOthers) !== 0) {
    const found = (mode & 0o7777).toString(8).padStart(4, '0');
    throw new BuildError(
      'ERR_UNSAFE_CACHE',
      `${dir}: expected a cache folder that only its owner may write, found the mode ${found}; run \`chmod go-w '${dir}'\` if nobody else has changed it, ${remedy}`,
    );
  }
}
