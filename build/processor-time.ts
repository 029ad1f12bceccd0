// Processor time of the programs that a piece of work starts. The shell that starts a program tells what its children took
// (the builtin `times`), on a descriptor that the program itself does not get.

import { AsyncLocalStorage } from 'node:async_hooks';

/** Time so far of the work that is running, in milliseconds. */
const measured = new AsyncLocalStorage<{ processorMs: number }>();

/** Shell text before and after a command that writes the times of the shell's children to descriptor 3. */
export const timesPostfix = ' 3>&-; status=$?; times >&3; exit $status';

/** Whether somebody wants to know: programs are started plainly otherwise. */
export function isMeasured(): boolean {
  return measured.getStore() !== undefined;
}

/** Adds what a shell has written to descriptor 3. @param text - two lines, the shell's own times and its children's */
export function addTimes(text: string): void {
  const store = measured.getStore();
  const [, children = ''] = text.split('\n');
  for (const [, minutes = '0', seconds = '0'] of children.matchAll(/(\d+)m([\d.]+)s/g)) {
    if (store !== undefined) store.processorMs += (Number(minutes) * 60 + Number(seconds)) * 1000;
  }
}

/** The outcome of a piece of work, and the processor time of the programs that it has started, in milliseconds. */
export type Measured<Value> = { readonly processorMs: number } & (
  | { readonly value: Value }
  | { readonly error: unknown }
);

/** Runs a piece of work and measures the programs that it starts. */
export function withProcessorTime<Value>(work: () => Promise<Value>): Promise<Measured<Value>> {
  const store = { processorMs: 0 };
  return measured.run(store, async () => {
    try {
      const value = await work();
      return { value, processorMs: store.processorMs };
    } catch (error) {
      return { error, processorMs: store.processorMs };
    }
  });
}
