// A network that is not there: a namespace of the kernel without any interface that is up, not even loopback.

import { run } from '../../build/process.ts';

/** The words that start a program without a network; undefined where this machine makes no such namespaces. */
export async function withoutNetwork(): Promise<readonly string[] | undefined> {
  for (const words of [
    ['unshare', '--net'],
    ['unshare', '--map-root-user', '--net'],
  ]) {
    if ((await run([...words, 'true'], { allowFailure: true })).exitCode === 0) return words;
  }
  return undefined;
}
