// tsopenssl openssl …: runs the embedded command line in this process's place, as nearly as Node can: same arguments,
// same standard streams, same environment, same end.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findOpenssl } from './find-openssl.ts';
import { printResult } from './output.ts';

/** Signals that end a program and can be caught. A terminal's Ctrl-C reaches the child by itself as well. */
const forwarded: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

interface End {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs `openssl` with its standard streams joined to ours.
 * @returns its exit status; where a signal ended it, the same signal ends this process
 * @throws {Error} it is not there, or cannot be started
 */
export async function runOpenssl(args: readonly string[]): Promise<number> {
  const end = await waitFor(spawn(findOpenssl(), args, { stdio: 'inherit' }));
  if (end.signal !== null) await dieOf(end.signal);
  return statusOf(end);
}

/**
 * Runs `openssl`, and prints what it wrote and how it ended as JSON.
 * @returns its exit status, 128 and the signal's number where a signal ended it
 */
export async function runOpensslForPrograms(args: readonly string[]): Promise<number> {
  const openssl = findOpenssl();
  const child = spawn(openssl, args, { stdio: ['inherit', 'pipe', 'pipe'] });
  const [end, stdout, stderr] = await Promise.all([
    waitFor(child),
    readAll(child.stdout),
    readAll(child.stderr),
  ]);
  printResult(JSON.stringify({ openssl, arguments: args, ...end, stdout, stderr }, undefined, 2));
  return statusOf(end);
}

async function waitFor(child: ChildProcess): Promise<End> {
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  try {
    return await new Promise<End>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
    });
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

/** A shell tells a program that a signal ended from one that exited by itself. */
async function dieOf(signal: NodeJS.Signals): Promise<void> {
  process.kill(process.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 1000)); // it comes at once, where it can
}

function statusOf({ exitCode, signal }: End): number {
  return exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
