// Streams under load: thousands at once, storms of new keys and new handshakes, readers that hardly read.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, runProgram } from '../../support/addon.ts';
import { serverContext } from '../../support/tls-pair.ts';
import {
  ca,
  echoServer,
  identity,
  listen,
  reach,
  readAll,
  type TLSSocket,
  ways,
} from '../../support/tls-server.ts';

const { SSL, tls } = (await import(entry)) as typeof Tsopenssl;

/** How many connections may be open in a process, which has two descriptors for each. */
async function mostConnections(): Promise<number> {
  const { stdout } = await run(['sh', '-c', 'ulimit -n -H']);
  return stdout.trim() === 'unlimited' ? 5000 : Math.min(5000, Math.floor((Number(stdout) - 500) / 2));
}

/** Opens `count` connections, keeps them all, lets each send what no other one sends, and closes them in any order. */
const manyClients = (port: number, count: number) => `
const { tls } = await import(entry);
const { randomBytes } = await import('node:crypto');
const secureContext = tls.createSecureContext({ ca: ${JSON.stringify(ca)} });
const sockets = [];
const open = async () => {
  while (sockets.length < ${count}) {
    const index = sockets.push(undefined) - 1;
    sockets[index] = await tls.connect({ port: ${port}, secureContext });
  }
};
await Promise.all(Array.from({ length: 64 }, open));
const echo = (socket, data) => new Promise((resolve, reject) => {
  const pieces = [];
  let size = 0;
  socket.on('error', reject).on('data', (piece) => {
    pieces.push(piece);
    size += piece.length;
    if (size >= data.length) resolve(Buffer.concat(pieces).equals(data));
  });
  socket.write(data);
});
const answers = await Promise.all(sockets.map((socket) => echo(socket, randomBytes(1000))));
// in another order than that in which they came, half of them without a word
const order = sockets.map((socket, index) => [Math.sin(index), socket]).sort(([a], [b]) => a - b);
for (const [index, [, socket]] of order.entries()) index % 2 === 0 ? socket.end() : socket.destroy();
console.log(sockets.length, answers.filter(Boolean).length);
`;

test('thousands of connections at once: each gets its own bytes, and nothing is left of any', async (t) => {
  const count = await mostConnections();
  if (count < 5000) t.log(`the limit of descriptors allows ${count} connections`);
  let [open, most] = [0, 0];
  const failures: unknown[] = [];
  const server = tls.createServer(identity(), (socket) => {
    open++;
    most = Math.max(most, open);
    socket.on('error', (error) => failures.push(error)).on('close', () => open--);
    socket.pipe(socket);
  });
  const port = await listen(t, server);
  const { stdout, stderr } = await runProgram(manyClients(port, count));
  t.is(stdout.trim(), `${count} ${count}`, stderr);
  t.is(most, count);
  for (let tries = 0; open > 0 && tries < 100; tries++) await sleep(100);
  t.is(open, 0);
  t.is(await new Promise((resolve) => server.getConnections((_error, left) => resolve(left))), 0);
  // those that said nothing before they went
  t.is(failures.length, Math.floor(count / 2));
  t.true(failures.every((error) => error instanceof SSL.SysCallError));
});

/** Sends `data` in pieces, and does something with the connection before each. */
async function sendInPieces(socket: TLSSocket, data: Buffer, before: (index: number) => void): Promise<void> {
  const size = 10_000;
  for (let start = 0; start < data.length; start += size) {
    before(start / size);
    // a new key is not to be had in the middle of a write
    await new Promise((done) => socket.write(data.subarray(start, start + size), done));
  }
  socket.end();
}

for (const way of ways) {
  test(`${way}: storms of new keys: no byte is lost in either direction, also when one side has ended`, async (t) => {
    const data = randomBytes(5_000_000);
    let served = 0;
    const server = tls.createServer({ ...identity(), allowHalfOpen: true }, (socket) => {
      // the client has said all when it gets the last of this: nothing can be answered to it
      const sent = sendInPieces(socket, Buffer.concat([data, data]), () => {
        served++;
        socket.connection.updateKey(served % 2 === 0);
      });
      Promise.all([readAll(socket), sent]).then(
        ([all]) => server.emit('received', all),
        (error) => server.emit('error', error),
      );
    });
    const arrived = once(server, 'received');
    const port = await listen(t, server);
    const socket = await tls.connect({ ...(await reach(way, port)), ca, allowHalfOpen: true });
    const received = readAll(socket);
    await sendInPieces(socket, data, () => socket.connection.updateKey(true));
    t.true(((await arrived) as [Buffer])[0].equals(data));
    t.true((await received).equals(Buffer.concat([data, data])));
    t.is(served, 1000);
  });
}

test('storms of new handshakes: refused by default, and lossless where they are allowed', async (t) => {
  const old = { maxVersion: 'TLSv1.2' } as const;
  const { port, server } = await echoServer(t, old);
  const peaceful = await tls.connect({ port, ca });
  const refused = await tls.connect({ port, ca });
  refused.connection.renegotiate();
  refused.write('x');
  const [error] = (await once(refused, 'error')) as [Error];
  t.true(error instanceof SSL.TLSError);
  t.regex(error.message, /no renegotiation/);
  // others do not notice
  peaceful.end('still there');
  t.is((await readAll(peaceful)).toString(), 'still there');
  server.close();

  const patient = serverContext(undefined, SSL.TLS_METHOD);
  patient.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  patient.setOptions(SSL.OP_ALLOW_CLIENT_RENEGOTIATION);
  patient.setSessionId(Buffer.from('storm'));
  const data = randomBytes(3_000_000);
  // OpenSSL takes no data of the peer's in the middle of a new handshake that it asked for itself
  const quiet = tls.createServer(
    { secureContext: patient, allowHalfOpen: true, noDelay: true },
    async (socket) => {
      socket.end(await readAll(socket));
    },
  );
  const socket = await tls.connect({ port: await listen(t, quiet), ca, allowHalfOpen: true });
  socket.setNoDelay();
  const received = readAll(socket);
  await sendInPieces(socket, data, () => {
    if (!socket.connection.renegotiatePending()) socket.connection.renegotiate();
  });
  t.true((await received).equals(data));
  t.true(socket.connection.totalRenegotiations() > 100, String(socket.connection.totalRenegotiations()));
});

test('readers that hardly read hold their own sender back, and nobody else', async (t) => {
  const total = 30_000_000;
  const piece = Buffer.alloc(65536, 1);
  const buffered: number[] = [];
  const server = tls.createServer(identity(), async (socket) => {
    socket.on('error', () => {});
    for (let sent = 0; sent < total && !socket.destroyed; sent += piece.length) {
      if (!socket.write(piece)) await once(socket, 'drain').catch(() => {});
      buffered.push(socket.writableLength);
    }
    socket.end();
  });
  const port = await listen(t, server);
  const slow = await Promise.all(Array.from({ length: 50 }, () => tls.connect({ port, ca })));
  const trickle = setInterval(() => {
    for (const socket of slow) socket.read(100);
  }, 5);
  t.teardown(() => clearInterval(trickle));
  const quick = await tls.connect({ port, ca });
  const all = await readAll(quick);
  t.true(all.length >= total);
  t.true(Math.max(...buffered) <= piece.length + 16384, String(Math.max(...buffered)));
  // what they have not read waits with the system and with the sender
  for (const socket of slow) {
    t.true(socket.bytesRead < 10_000_000, String(socket.bytesRead));
    t.false(socket.readableEnded);
    socket.destroy();
  }
});
