// Makes a folder of ours and makes sure that it can be written, with an error that says what to do.

import { access, constants, mkdir } from 'node:fs/promises';
import { BuildError } from './errors.ts';

/**
 * Makes a folder, with its parents, unless it is there.
 * @param mode - permission bits of the folders that are made
 * @throws {BuildError} ERR_NOT_WRITABLE when it cannot be made or written: rights, a read-only file system, a file in the way
 */
export async function ensureDir(dir: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode });
    await access(dir, constants.W_OK);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    const remedy = 'choose another with --cache or --out';
    throw new BuildError(
      'ERR_NOT_WRITABLE',
      `${dir}: wanted a folder that this user may write, got ${found}; ${remedy}`,
      { cause },
    );
  }
}
