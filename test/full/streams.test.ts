// Streams of TLS for a long time: a hundred thousand handshakes leave nothing behind.

import test from 'ava';
import { runProgram } from '../support/addon.ts';
import { ca, identity } from '../support/tls-server.ts';

/** Connects `count` times, 8 at once, and says how much memory is in use after a fifth and in the end, in MB; `kept` holds on to each. */
const shakeHands = (count: number, kept: boolean) => `
const { tls } = await import(entry);
const held = [];
const server = tls.createServer(${JSON.stringify(identity())}, (socket) => {
  socket.on('error', () => {}).resume();
  if (${kept}) held.push(socket);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const secureContext = tls.createSecureContext({ ca: ${JSON.stringify(ca)} });
const megabytes = () => {
  globalThis.gc();
  return Math.round(process.memoryUsage.rss() / 1e6);
};
let left = ${count};
let early;
const one = async () => {
  while (left-- > 0) {
    if (left === ${count} * 0.8) early = megabytes();
    const socket = await tls.connect({ host: '127.0.0.1', port: server.address().port, secureContext, servername: 'localhost' });
    // in order, and not
    if (left % 2 === 0) socket.destroy();
    else await new Promise((resolve) => socket.resume().end().on('close', resolve));
  }
};
await Promise.all(Array.from({ length: 8 }, one));
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(JSON.stringify({ early, late: megabytes() }));
process.exit();
`;

async function growth(count: number, kept = false): Promise<number> {
  const { exitCode, stdout, stderr } = await runProgram(shakeHands(count, kept), {
    nodeArguments: ['--expose-gc'],
  });
  if (exitCode !== 0) throw new Error(stderr);
  const { early, late } = JSON.parse(stdout) as { readonly early: number; readonly late: number };
  return late - early;
}

test('a hundred thousand handshakes leave nothing behind, and what is kept does', async (t) => {
  const megabytes = await growth(100_000);
  t.log(`${megabytes} MB after 80,000 handshakes`);
  t.true(megabytes < 20, String(megabytes));
  const kept = await growth(10_000, true);
  t.true(kept > 20, String(kept));
});
