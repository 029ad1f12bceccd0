// A network that is not there: a namespace of the kernel without any interface, not even loopback.

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';

/**
 * The words that start a program without a network. Where this machine does not allow that, there are none, and the test
 * says so.
 */
export async function withoutNetwork(t: ExecutionContext): Promise<readonly string[]> {
  for (const words of [
    ['unshare', '--net'],
    ['unshare', '--map-root-user', '--net'],
  ]) {
    if ((await run([...words, 'true'], { allowFailure: true })).exitCode === 0) {
      await checkIsolation(t, words);
      return words;
    }
  }
  t.log('not proved without a network: this machine makes no network namespaces');
  return [];
}

/** A server that is there without the words is not there with them. */
async function checkIsolation(t: ExecutionContext, words: readonly string[]): Promise<void> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const program = `require('node:net').connect(${port}, '127.0.0.1').on('error', () => process.exit(7)).resume()`;
  const connect = (before: readonly string[]) =>
    run([...before, process.execPath, '-e', program], { allowFailure: true });
  t.is((await connect([])).exitCode, 0);
  t.is((await connect(words)).exitCode, 7);
  server.close();
}
