// A port of loopback for a program that takes its port from the command line.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that the system gives to who asks for any: nobody takes one before the program does. */
const [first, end] = [12_000, 32_000];

/** Of this process: programs that were not yet started listen on them. */
const taken = new Set<number>();

/** A port that nothing listens on at the moment, another one at each call. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, end);
    if (taken.has(port)) continue;
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.on('listening', () => resolve(true)).on('error', () => resolve(false));
      server.listen(port, '127.0.0.1');
    });
    if (!isFree) continue;
    taken.add(port);
    server.close();
    await once(server, 'close');
    return port;
  }
}
