// Runs rounds of programs/sequences.ts, each in a process of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const program = path.join(import.meta.dirname, 'programs/sequences.ts');

/** How many operations a round has: a few seconds of them. */
const operationsPerRound = 4000;

/** One of so many rounds ends worker threads first. */
const workersEvery = 5;

export interface SequenceOptions {
  /** The module whose connections are used. */
  readonly module: string;
  /** Of the first round; each further one takes the next number. */
  readonly seed: number;
  /** How long new rounds are started, at least. */
  readonly seconds?: number;
  /** How many operations are done, at least. */
  readonly operations?: number;
}

export interface SequenceReport {
  readonly operations: number;
  /** The round that ended badly: its seed, how it ended, what it wrote, and the command that repeats it. */
  readonly fault: string | undefined;
}

/** Runs rounds until there were enough, or one ends badly. */
export async function runSequences(options: SequenceOptions): Promise<SequenceReport> {
  const { module, seed, seconds = 0, operations: wanted = 1 } = options;
  const endMs = Date.now() + seconds * 1000;
  let operations = 0;
  for (let round = seed; operations < wanted || Date.now() < endMs; round++) {
    const argv = [
      '--expose-gc',
      '--import',
      'tsx',
      program,
      module,
      String(round),
      String(operationsPerRound),
      ...(round % workersEvery === 0 ? ['workers'] : []),
    ];
    const child = spawn(process.execPath, argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // freed memory is filled, so that its use is seen without a sanitizer too
      env: { ...process.env, MALLOC_PERTURB_: String(1 + (round % 250)) },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code === 0) {
      operations += Number(stdout);
      continue;
    }
    const ending = signal === null ? `exit status ${code}` : `signal ${signal}`;
    const command = `MALLOC_PERTURB_=${1 + (round % 250)} node ${argv.join(' ')}`;
    return { operations, fault: `seed ${round}: ${ending}\n${stderr}\n${command}` };
  }
  return { operations, fault: undefined };
}
