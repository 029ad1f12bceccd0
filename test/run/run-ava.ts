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
  /** Gets what ava prints; without it, that goes straight to the terminal. */
  onOutput?(chunk: Buffer): void;
}

/** Runs ava to its end. */
export async function runAva({ root, config, words, durations, onOutput }: AvaRun): Promise<Summary> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-run-'));
  // Ctrl-C reaches ava as well, which then says which tests were running
  let isInterrupted = false;
  const note = () => {
    isInterrupted = true;
  };
  process.on('SIGINT', note);
  try {
    await writeFile(durationsFile(folder), JSON.stringify(durations));
    const ava = path.join(root, 'node_modules/ava/entrypoints/cli.mjs');
    const argv = [ava, '--config', config, ...words];
    const child = spawn(process.execPath, argv, {
      cwd: root,
      stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: testEnvironment(folder),
    });
    if (onOutput !== undefined)
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', onOutput);
    const [code] = (await once(child, 'close')) as [number | null];
    // nothing else is to start
    if (isInterrupted) process.exit(130);
    return summarise(readRecords(folder), code ?? 1);
  } finally {
    process.off('SIGINT', note);
    await rm(folder, { recursive: true, force: true });
  }
}
