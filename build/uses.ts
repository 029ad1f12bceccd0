// Which results running builds use. A build lists all of its results in a file before it looks for the first one, and holds a
// lock of the same name until it ends; `cache prune` removes nothing that is listed. A list without its lock was left by a
// build that was killed.

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fromFileSystemError } from './errors.ts';
import { type Release, takeLock, tryLock } from './lock.ts';

/** A result, as `<name>/<key>`. */
export type ResultId = string;

/** Stands for every result: what a test run uses is not known before it ends. */
export const everyResult: ResultId = '*';

function usesFolder(cacheDir: string): string {
  return path.join(cacheDir, 'uses');
}

/**
 * Lists the results that this process is going to use.
 * @returns ends the use
 */
export async function registerUses(cacheDir: string, ids: readonly ResultId[]): Promise<Release> {
  const name = `use-${randomUUID()}`;
  const file = path.join(usesFolder(cacheDir), name);
  const release = await takeLock(cacheDir, name, () => undefined);
  try {
    await mkdir(usesFolder(cacheDir), { recursive: true });
    await writeFile(`${file}.part`, ids.join('\n'));
    await rename(`${file}.part`, file);
  } catch (error) {
    await rm(`${file}.part`, { force: true });
    await release();
    throw fromFileSystemError(error, `writing ${file}`);
  }
  return async () => {
    await rm(file, { force: true });
    await release();
  };
}

/** The results that running builds use; lists that killed builds left are removed. */
export async function usedResults(cacheDir: string): Promise<(id: ResultId) => boolean> {
  const used = new Set<ResultId>();
  for (const name of await readdir(usesFolder(cacheDir)).catch(() => [])) {
    const file = path.join(usesFolder(cacheDir), name);
    const release = await tryLock(cacheDir, name.replace(/\.part$/, ''));
    if (release === undefined) {
      const text = await readFile(file, 'utf8').catch(() => '');
      for (const id of text.split('\n')) used.add(id);
    } else {
      await rm(file, { force: true });
      await release();
    }
  }
  return (id) => used.has(everyResult) || used.has(id);
}
