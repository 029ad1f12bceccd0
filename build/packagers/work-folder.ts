// A folder beside the artifact for what a packager makes on the way.

import { mkdir, rm } from 'node:fs/promises';

/**
 * Gives `work` an empty folder, `${file}.work`, and removes it whatever happens.
 * @param file - absolute path of the artifact
 */
export async function inWorkFolder(file: string, work: (dir: string) => Promise<void>): Promise<void> {
  const dir = `${file}.work`;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
