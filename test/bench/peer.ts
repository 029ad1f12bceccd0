// Processes that are one side of a benchmark.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * What a process tells next.
 * @throws {Error} it ended before
 */
export async function told<Value>(child: ChildProcess): Promise<Value> {
  const [value] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([status]) => Promise.reject(new Error(`a peer ended with ${status}`))),
  ]);
  return value as Value;
}

export async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
