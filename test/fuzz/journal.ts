// The call that is being made, in a file: after a crash it says which one crashed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { baseEnvironment } from '../../build/process.ts';
import { sanitizerEnvironment, sanitizerEnvironmentWithoutLeaks } from '../support/sanitizer.ts';

/** The descriptor that a program finds its journal at. */
const descriptor = 3;
const lengthBytes = 500;

/** Writes what is done next over what was done before. */
export function journal(text: string): void {
  writeSync(
    descriptor,
    `${text
      .replaceAll(/[^ -~]/g, '?')
      .slice(0, lengthBytes)
      .padEnd(lengthBytes)}\n`,
    0,
  );
}

/** How a program ended that did not end well. */
export interface Fault {
  /** `signal SIGSEGV`, `exit status 1`, `no end of a call after 60 s`. */
  readonly ending: string;
  /** What its journal says. */
  readonly call: string;
  readonly stderr: string;
}

/** A program that keeps a journal. */
interface Journalled {
  /** Absolute path of a TypeScript module. */
  readonly program: string;
  /** Its only argument, as JSON. */
  readonly input: object;
  /** What one entry of the journal may take of the processor, or a tenth of it in all. */
  readonly callSeconds: number;
  /** It ends by process.exit(), because something may go on that would keep it: no leak can be seen then. */
  readonly endsEarly: boolean;
}

/**
 * Runs a program of ours that keeps a journal, in a folder of its own, which is where it writes files, with nothing in its
 * environment but what the sanitizers need.
 * @returns what it wrote to stdout, or why it did not end well
 */
export async function runJournalled({
  program,
  input,
  callSeconds,
  endsEarly,
}: Journalled): Promise<string | Fault> {
  const environment = endsEarly ? sanitizerEnvironmentWithoutLeaks : sanitizerEnvironment;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tsopenssl-fuzz-'));
  const [file, out, err] = ['journal', 'stdout', 'stderr'].map((name) => path.join(folder, name)) as [
    ...[string, string, string],
  ];
  // files, and no pipes: a connection may be made over any socket, and node's pipes are sockets
  const opened = [file, out, err].map((each) => openSync(each, 'w')) as [number, number, number];
  try {
    const tsx = import.meta.resolve('tsx');
    const argv = ['--expose-gc', '--no-warnings', '--import', tsx, program, JSON.stringify(input)];
    const child = spawn(process.execPath, argv, {
      cwd: folder,
      stdio: ['ignore', opened[1], opened[2], opened[0]],
      // an empty name of a configuration: none is read, whatever the machine has
      env: { ...baseEnvironment(), ...environment, OPENSSL_CONF: '' },
    });
    const watch = watchCalls(child, file, callSeconds);
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    clearInterval(watch);
    if (code === 0) return readFileSync(out, 'utf8');
    const wasSlow = child.killed ? `no end of a call after ${callSeconds} s` : undefined;
    const ending = wasSlow ?? (signal === null ? `exit status ${code}` : `signal ${signal}`);
    return { ending, call: readFileSync(file, 'utf8').trim(), stderr: readFileSync(err, 'utf8') };
  } finally {
    for (const each of opened) closeSync(each);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What a program may take of the processor before its first call: under the sanitizers it takes its time to load. */
const startSeconds = 60;

/** Kills a program whose current call takes too long. */
function watchCalls(child: ChildProcess, file: string, callSeconds: number): NodeJS.Timeout {
  let began = { writtenMs: 0, cpuSeconds: 0 };
  return setInterval(() => {
    const { mtimeMs: writtenMs, size } = statSync(file);
    const cpuSeconds = cpuSecondsOf(child.pid);
    if (writtenMs !== began.writtenMs) began = { writtenMs, cpuSeconds };
    const limit = size === 0 ? Math.max(startSeconds, callSeconds) : callSeconds;
    const isBusy = cpuSeconds - began.cpuSeconds > limit;
    if (isBusy || Date.now() - writtenMs > 10_000 * limit) child.kill('SIGKILL');
  }, 1000);
}

/** Processor time that a process has used: a busy machine makes no call slow. proc(5), utime and stime in 1/100 s. */
function cpuSecondsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0; // it has ended
  }
}
