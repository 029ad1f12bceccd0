// tsopenssl openssl …: runs the embedded command line in this process's place, as nearly as Node can: same arguments,
// same standard streams, same environment, same end.

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findOpenssl } from './find-openssl.ts';
import { printResult } from './output.ts';

/** Signals that end a program and can be caught. A terminal's Ctrl-C reaches the child by itself as well. */
const forwarded: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Of those that ended openssl, which end this process as well: the others would leave a core file, or node ignores them. */
const repeated: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'];

interface End {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs `openssl` with its standard streams joined to ours.
 * @returns its exit status. Where a signal ended it, that signal ends this process as well, because a shell tells this
 *   from an exit; or, where it cannot, 128 and its number
 * @throws {Error} it is not there, or cannot be started
 */
export async function runOpenssl(args: readonly string[]): Promise<number> {
  const end = await run(args, 'inherit', waitFor);
  if (end.signal !== null && repeated.includes(end.signal)) process.kill(process.pid, end.signal);
  return statusOf(end);
}

/**
 * Runs `openssl`, and prints what it wrote and how it ended as JSON.
 * @returns its exit status, 128 and the signal's number where a signal ended it
 * @throws {Error} it is not there, or cannot be started
 */
export async function runOpensslForPrograms(args: readonly string[]): Promise<number> {
  const [end, stdout, stderr] = await run(args, ['inherit', 'pipe', 'pipe'], (child) =>
    Promise.all([waitFor(child), readAll(child.stdout), readAll(child.stderr)]),
  );
  const result = { openssl: findOpenssl(), arguments: args, ...end, stdout, stderr };
  printResult(JSON.stringify(result, undefined, 2));
  return statusOf(end);
}

/** Signals are caught before the child exists, so that none ends this process alone. */
async function run<Answer>(
  args: readonly string[],
  stdio: StdioOptions,
  watch: (child: ChildProcess) => Promise<Answer>,
): Promise<Answer> {
  const openssl = findOpenssl();
  let child: ChildProcess | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    // Windows hands Ctrl-C to every program of a console by itself, and kill() there gives openssl no chance to clean up
    if (process.platform !== 'win32') child?.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, forward);
  try {
    child = spawn(openssl, args, { stdio });
    return await watch(child);
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
  }
}

async function waitFor(child: ChildProcess): Promise<End> {
  return new Promise<End>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function readAll(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  if (stream === null) return text;
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

function statusOf({ exitCode, signal }: End): number {
  return exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
