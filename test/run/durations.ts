// How long each test file took in the last run on this machine, kept in the builder's cache.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileResult } from './summary.ts';

/** Seconds by file. */
export type Durations = Readonly<Record<string, number>>;

const keptFile = (cacheDir: string) => path.join(cacheDir, 'test-durations.json');

/** What is kept; nothing where there was no run, or where the file is damaged. */
export async function readDurations(cacheDir: string): Promise<Durations> {
  try {
    const found: unknown = JSON.parse(await readFile(keptFile(cacheDir), 'utf8'));
    const entries = Object.entries(found ?? {}).filter(([, seconds]) => typeof seconds === 'number');
    return Object.fromEntries(entries) as Durations;
  } catch {
    return {};
  }
}

/** Keeps the durations of a run beside those of files that it did not have. */
export async function keepDurations(cacheDir: string, files: readonly FileResult[]): Promise<void> {
  const measured = files.filter(({ wallSeconds }) => wallSeconds > 0);
  const now = measured.map(({ file, wallSeconds }) => [file, Math.round(wallSeconds * 10) / 10] as const);
  const durations = { ...(await readDurations(cacheDir)), ...Object.fromEntries(now) };
  const part = `${keptFile(cacheDir)}.${process.pid}.part`;
  await mkdir(cacheDir, { recursive: true });
  await writeFile(part, `${JSON.stringify(durations, null, 2)}\n`);
  await rename(part, keptFile(cacheDir));
}
