// Starts ava once and sums up what it did. Its output goes straight to the terminal.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Durations } from './durations.ts';
import { testEnvironment } from './environment.ts';
import { durationsFile, readRecords } from './records.ts';
import { type Summary, summarise } from './summary.ts';

export interface AvaRun {
  /** The project, absolute. */
  readonly root: string;
  /** Configuration, relative to the project. */
  readonly config: string;
  readonly words: readonly string[];
  readonly durations: Durations;
}

/** Runs ava to its end. */
export async function runAva({ root, config, words, durations }: AvaRun): Promise<Summary> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-run-'));
  // Ctrl-C reaches ava as well, which then says which tests were running
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    await writeFile(durationsFile(folder), JSON.stringify(durations));
    const ava = path.join(root, 'node_modules/ava/entrypoints/cli.mjs');
    const argv = [ava, '--config', config, ...words];
    const child = spawn(process.execPath, argv, {
      cwd: root,
      stdio: 'inherit',
      env: testEnvironment(folder),
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return summarise(readRecords(folder), code ?? 1);
  } finally {
    process.off('SIGINT', ignore);
    await rm(folder, { recursive: true, force: true });
  }
}
