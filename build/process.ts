// The one place that starts programs. zx quotes every word, so nothing that comes from input is ever read as shell text.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { environment, passedThrough } from './environment.ts';
import { BuildError } from './errors.ts';
import { addTimes, isMeasured, timesPostfix } from './processor-time.ts';

export interface RunOptions {
  /** Working folder, absolute. */
  readonly cwd?: string;
  /** Variables added to the fixed base environment (PATH, HOME, LC_ALL, TZ); nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that come before PATH. */
  readonly pathFirst?: readonly string[];
  /** File that receives stdout and stderr, appended; the result's `stdout` is then empty. */
  readonly log?: string;
  /** Text for standard input; without it there is none. */
  readonly input?: string;
  /** Answer instead of throwing when the exit status is not 0. */
  readonly allowFailure?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment that programs start in: same everywhere, so that results do not depend on the caller's. */
export function baseEnvironment(options: Pick<RunOptions, 'env' | 'pathFirst'> = {}): Record<string, string> {
  return {
    ...passedThrough,
    HOME: environment.home,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    ...options.env,
    PATH: [...(options.pathFirst ?? []), environment.path].join(path.delimiter),
  };
}

/**
 * Runs a program to its end.
 * @param argv - program and arguments, one word each
 * @throws {BuildError} ERR_PROCESS with the command, its exit status, the last 20 lines and the log's path
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const log = options.log === undefined ? undefined : openLog(options.log);
  const measures = isMeasured();
  try {
    // read when it is needed: a build that has nothing to do starts no program
    const { $ } = await import('zx/core');
    const running = $({
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: baseEnvironment(options),
      stdio: [
        options.input === undefined ? 'ignore' : 'pipe',
        log ?? 'pipe',
        log ?? 'pipe',
        ...(measures ? (['pipe'] as const) : []),
      ],
      shell: process.platform === 'win32' ? 'sh' : '/bin/sh',
      prefix: '',
      postfix: measures ? timesPostfix : '',
      quote: posixQuote,
      quiet: true,
      nothrow: true,
      verbose: false,
    })`${argv}`;
    if (options.input !== undefined) {
      // a program need not read what it is given
      running.stdin.on('error', () => {});
      running.stdin.end(options.input);
    }
    const times = measures ? textOf(running.child?.stdio[3]) : undefined;
    const output = await running;
    if (times !== undefined) addTimes(await times);
    const result = { exitCode: output.exitCode ?? 128, stdout: output.stdout, stderr: output.stderr };
    if (result.exitCode !== 0 && !options.allowFailure) throw processError(argv, result, options.log);
    return result;
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

/** All that a program writes to one of its descriptors. */
async function textOf(stream: unknown): Promise<string> {
  let text = '';
  if (stream instanceof Readable) for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Starts a program that stays beside the builder, with pipes to all three streams. */
export function start(argv: readonly [string, ...string[]]): ChildProcessWithoutNullStreams {
  return spawn(argv[0], argv.slice(1), { stdio: 'pipe', env: baseEnvironment() });
}

/** Quotes one word for sh. zx's own quoting is bash's, and bash reads ~/.bashrc when its standard input is a socket. */
function posixQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  return openSync(file, 'a');
}

function processError(argv: readonly string[], result: RunResult, log: string | undefined): BuildError {
  const text = log === undefined ? `${result.stdout}\n${result.stderr}` : readFileSync(log, 'utf8');
  const tail = text.trimEnd().split('\n').slice(-20).join('\n');
  const where = log === undefined ? '' : `\nThe whole log: ${log}`;
  const code = /No space left on device|ENOSPC/.test(tail) ? 'ERR_DISK_FULL' : 'ERR_PROCESS';
  return new BuildError(code, `${argv.join(' ')}: exit status ${result.exitCode}, wanted 0\n${tail}${where}`);
}
