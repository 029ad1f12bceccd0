// Connections over the descriptors of sockets: calls that do what can be done now, and ready() in between.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry, runProgram } from '../../support/addon.ts';
import { type Connection, clientContext, leaf, root, serverContext } from '../../support/tls-pair.ts';
import { ca, identity } from '../../support/tls-server.ts';

const { SSL } = (await import(entry)) as typeof Tsopenssl;

/** Node has no public way to ask for it. */
function descriptorOf(socket: object): number {
  return (socket as { _handle: { fd: number } })._handle.fd;
}

/** Two ends of a TCP connection that nobody reads. */
async function socketPair(t: ExecutionContext): Promise<readonly [Socket, Socket]> {
  const server: Server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  near.pause();
  await once(near, 'connect');
  const [far] = (await accepted) as [Socket];
  server.close();
  t.teardown(() => {
    near.destroy();
    far.destroy();
  });
  return [near, far];
}

/** A client and a server over the descriptors of two sockets, which are closed: the connections have their own. */
async function connectionPair(t: ExecutionContext): Promise<{ client: Connection; server: Connection }> {
  const [near, far] = await socketPair(t);
  const client = new SSL.Connection(clientContext(), descriptorOf(near));
  const server = new SSL.Connection(serverContext(), descriptorOf(far));
  near.destroy();
  far.destroy();
  client.setConnectState();
  server.setAcceptState();
  t.teardown(() => {
    client.close();
    server.close();
  });
  return { client, server };
}

/** Calls until it need not wait any more, as docs/tls.md shows it. */
async function waiting<Answer>(connection: Connection, call: () => Answer): Promise<Answer> {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (error instanceof SSL.WantReadError) await connection.ready('read');
      else if (error instanceof SSL.WantWriteError) await connection.ready('write');
      else throw error;
    }
  }
}

async function shakeHands(pair: { client: Connection; server: Connection }): Promise<void> {
  await Promise.all([pair.client, pair.server].map((one) => waiting(one, () => one.doHandshake())));
}

test('a handshake, data in both directions, and an end', async (t) => {
  const pair = await connectionPair(t);
  await shakeHands(pair);
  const { client, server } = pair;
  t.is(client.getProtocolVersionName(), 'TLSv1.3');
  client.send('to the server');
  t.is((await waiting(server, () => server.recv(100))).toString(), 'to the server');
  server.send('to the client');
  t.is((await waiting(client, () => client.recv(100))).toString(), 'to the client');
  client.shutdown();
  await t.throwsAsync(
    waiting(server, () => server.recv(1)),
    { instanceOf: SSL.ZeroReturnError },
  );
  server.shutdown();
  server.sockShutdown();
  await t.throwsAsync(
    waiting(client, () => client.recv(1)),
    { instanceOf: SSL.ZeroReturnError },
  );
});

test('more than the system takes is sent in parts, each when there is room', async (t) => {
  const pair = await connectionPair(t);
  await shakeHands(pair);
  const { client, server } = pair;
  const data = Buffer.alloc(20_000_000, 'tls');
  let sent = 0;
  let waits = 0;
  const sending = (async () => {
    while (sent < data.length) {
      try {
        sent += client.send(data.subarray(sent));
      } catch (error) {
        t.true(error instanceof SSL.WantWriteError);
        waits += 1;
        await client.ready('write');
      }
    }
    client.shutdown();
  })();
  await sleep(50);
  t.true(sent < data.length);
  const received: Buffer[] = [];
  await t.throwsAsync(
    async () => {
      for (;;) received.push(await waiting(server, () => server.recv(65536)));
    },
    { instanceOf: SSL.ZeroReturnError },
  );
  await sending;
  t.true(Buffer.concat(received).equals(data));
  t.true(waits > 0);
});

test('several wait at once, give up by a signal, and learn of the end', async (t) => {
  const pair = await connectionPair(t);
  await shakeHands(pair);
  const { client, server } = pair;
  // the tickets of the server
  await waiting(client, () => client.pending());
  t.throws(() => client.recv(1), { instanceOf: SSL.WantReadError });
  const controller = new AbortController();
  const givenUp = t.throwsAsync(client.ready('read', { signal: controller.signal }), { any: true });
  const both = [client.ready('read'), client.ready('read')];
  await client.ready('write');
  controller.abort();
  t.is(((await givenUp) as Error | undefined)?.name, 'AbortError');
  server.send('now');
  await Promise.all(both);
  t.is(client.recv(2).toString(), 'no');
  // what is left has come already
  await client.ready('read');
  t.is(client.recv(2).toString(), 'w');
  const late = client.ready('read');
  client.close();
  await t.throwsAsync(late, { code: 'ERR_CLOSED' });
  t.throws(() => client.recv(1), { code: 'ERR_CLOSED' });
  t.is(client.getCipherName(), 'TLS_AES_256_GCM_SHA384');
  client.close();
});

test('a peer that is gone is the error of the call that follows', async (t) => {
  const pair = await connectionPair(t);
  await shakeHands(pair);
  pair.server.close();
  const error = await t.throwsAsync(
    waiting(pair.client, () => pair.client.recv(1)),
    { instanceOf: SSL.SysCallError },
  );
  t.true([-1, 104].includes((error as { errno: number }).errno));
});

test('what is no socket for the context is refused', async (t) => {
  const context = clientContext();
  const file = openSync('/dev/null', 'r');
  t.throws(() => new SSL.Connection(context, file), {
    instanceOf: SSL.SysCallError,
    message: /ENOTSOCK|non-socket/,
  });
  t.throws(() => new SSL.Connection(context, 987654), { instanceOf: SSL.SysCallError });
  t.throws(() => new SSL.Connection(context, -1), { instanceOf: RangeError });
  t.throws(() => new SSL.Connection(context, '3' as never), { instanceOf: TypeError });
  const [near] = await socketPair(t);
  const datagrams = clientContext(root, SSL.DTLS_CLIENT_METHOD);
  t.throws(() => new SSL.Connection(datagrams, descriptorOf(near)), { instanceOf: TypeError });
  const memory = new SSL.Connection(context);
  await t.throwsAsync(memory.ready('read'), { instanceOf: TypeError });
  await t.throwsAsync(new SSL.Connection(context, descriptorOf(near)).ready('now' as never), {
    instanceOf: RangeError,
  });
  t.throws(() => new SSL.Connection(context, descriptorOf(near)).bioRead(1), { instanceOf: TypeError });
});

test('DTLS goes over connected sockets of UDP', async (t) => {
  const open = async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    t.teardown(() => socket.close());
    return socket;
  };
  const [near, far] = [await open(), await open()];
  near.connect(far.address().port, '127.0.0.1');
  far.connect(near.address().port, '127.0.0.1');
  await Promise.all([once(near, 'connect'), once(far, 'connect')]);
  for (const socket of [near, far]) {
    (socket as unknown as { _handle: { recvStop(): void } })._handle.recvStop();
  }
  const client = new SSL.Connection(clientContext(root, SSL.DTLS_CLIENT_METHOD), descriptorOf(near));
  const server = new SSL.Connection(serverContext(leaf, SSL.DTLS_SERVER_METHOD), descriptorOf(far));
  client.setConnectState();
  server.setAcceptState();
  await shakeHands({ client, server });
  client.send('a datagram');
  t.is((await waiting(server, () => server.recv(100))).toString(), 'a datagram');
  client.close();
  server.close();
});

test('workers that are ended while they wait leave nothing behind, and what is dropped is collected', async (t) => {
  const { stdout, stderr, exitCode } = await runProgram(
    `
    import { Worker } from 'node:worker_threads';
    import { readdirSync } from 'node:fs';
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const { tls, SSL } = await import(entry);
    const server = tls.createServer(${JSON.stringify(identity())}, (s) => { s.on('error', () => {}); s.pipe(s); });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    const source = \`
      import { parentPort, workerData } from 'node:worker_threads';
      import(workerData.entry).then(async ({ tls }) => {
        const sockets = [];
        for (let n = 0; n < 5; n++) sockets.push(await tls.connect({ port: workerData.port, ca: workerData.ca }));
        for (const one of sockets) one.on('data', () => {});
        parentPort.postMessage('waiting');
      });\`;
    const before = descriptors();
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(source, { eval: true, workerData: { entry, port, ca: ${JSON.stringify(ca)} } });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
    }
    for (let n = 0; n < 50; n++) {
      const socket = await tls.connect({ port, ca: ${JSON.stringify(ca)} });
      socket.destroy();
    }
    await new Promise((resolve) => server.close(resolve));
    for (let n = 0; n < 50 && descriptors() > before; n++) { gc(); await new Promise((r) => setTimeout(r, 20)); }
    console.log(descriptors() - before);
    `,
    { nodeArguments: ['--expose-gc', '--no-deprecation'] },
  );
  t.is(stderr, '');
  t.is(exitCode, 0);
  t.true(Number(stdout) <= 0, stdout);
});
