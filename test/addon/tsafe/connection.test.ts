// One connection, many tasks: each call in its turn, off the main thread, and not a byte lost or mixed.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import { type Context, clientContext, leaf, root, serverContext } from '../../support/tls-pair.ts';

const { SSL, tsafe } = (await import(entry)) as typeof Tsopenssl;

type Connection = InstanceType<typeof tsafe.Connection>;

/** Two connections over the descriptors of one TCP connection. */
async function connectionPair(
  t: ExecutionContext,
  contexts: readonly [Context, Context] = [clientContext(), serverContext()],
): Promise<readonly [Connection, Connection]> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  near.pause();
  await once(near, 'connect');
  const [far] = (await accepted) as [Socket];
  server.close();
  const over = (socket: object, context: Context) =>
    new tsafe.Connection(context, (socket as { _handle: { fd: number } })._handle.fd);
  const pair = [over(near, contexts[0]), over(far, contexts[1])] as const;
  near.destroy();
  far.destroy();
  await Promise.all([pair[0].setConnectState(), pair[1].setAcceptState()]);
  t.teardown(() => Promise.all(pair.map((one) => one.close())));
  return pair;
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('many tasks use one connection at once, and no byte is lost, doubled or mixed', async (t) => {
  const [client, server] = await connectionPair(t);
  const tasks = 40;
  // each message: its task, its length, its bytes
  const messages = Array.from({ length: tasks }, (_, task) => {
    const body = randomBytes(1 + ((task * 7919) % 60_000));
    const head = Buffer.alloc(8);
    head.writeUInt32BE(task, 0);
    head.writeUInt32BE(body.length, 4);
    return Buffer.concat([head, body]);
  });
  const total = messages.reduce((size, message) => size + message.length, 0);
  const received: Buffer[] = [];
  let size = 0;
  const receivers = Array.from({ length: 8 }, async () => {
    while (size < total) {
      // in the order of the calls
      const piece = await server
        .recv(5000)
        .catch((error) => (size >= total ? Buffer.alloc(0) : Promise.reject(error)));
      received.push(piece);
      size += piece.length;
      if (piece.length > 0 && size === total) await client.shutdown();
    }
  });
  const others = Array.from({ length: 200 }, async (_, n) => {
    if (n % 3 === 0) return client.getCipherName();
    return n % 3 === 1 ? server.pending() : client.getProtocolVersionName();
  });
  await Promise.all([...messages.map((message) => client.sendall(message)), ...receivers, ...others]);
  const all = Buffer.concat(received);
  t.is(all.length, total);
  const seen = new Set<number>();
  for (let at = 0; at < all.length; ) {
    const task = all.readUInt32BE(at);
    const end = at + 8 + all.readUInt32BE(at + 4);
    t.is(digest(all.subarray(at, end)), digest(messages[task] as Buffer));
    seen.add(task);
    at = end;
  }
  t.is(seen.size, tasks);
});

test('both directions at once: who waits to receive holds nobody up who sends', async (t) => {
  const [client, server] = await connectionPair(t);
  const answer = client.recv(100);
  const question = server.recv(100);
  await client.sendall('a question');
  t.is((await question).toString(), 'a question');
  await server.sendall('an answer');
  t.is((await answer).toString(), 'an answer');
  const memory = Buffer.alloc(4);
  await server.send('four and more');
  t.is(await client.recvInto(memory), 4);
  t.is(memory.toString(), 'four');
});

test('the thread of JavaScript goes on while another one works', async (t) => {
  const [client, server] = await connectionPair(t);
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await Promise.all([client.doHandshake(), server.doHandshake()]);
  const data = Buffer.alloc(8_000_000, 1);
  const received = (async () => {
    for (let size = 0; size < data.length; ) size += (await server.recv(16384)).length;
  })();
  await Promise.all([client.sendall(data), received]);
  clearInterval(timer);
  t.true(turns > 10, String(turns));
});

test('the end and failures come to the task that asked', async (t) => {
  const [client, server] = await connectionPair(t);
  await Promise.all([client.doHandshake(), server.doHandshake()]);
  const waiting = server.recv(1);
  t.false(await client.shutdown());
  await t.throwsAsync(waiting, { instanceOf: SSL.ZeroReturnError });
  t.true(await server.shutdown());

  const [stranger, other] = await connectionPair(t, [clientContext(leaf), serverContext()]);
  const refused = t.throwsAsync(other.doHandshake(), { instanceOf: SSL.TLSError });
  const error = await t.throwsAsync(stranger.doHandshake(), { instanceOf: SSL.TLSError });
  t.is(
    (error as InstanceType<typeof SSL.TLSError>).verification?.code,
    'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  );
  await refused;

  const [closing] = await connectionPair(t);
  const pending = t.throwsAsync(closing.doHandshake(), { code: 'ERR_CLOSED' });
  await closing.close();
  await pending;
  await t.throwsAsync(closing.recv(1), { code: 'ERR_CLOSED' });
});

test('callbacks are asked in the thread of JavaScript, and what they throw fails the handshake', async (t) => {
  const context = serverContext();
  const names: (string | null)[] = [];
  context.setTlsextServernameCallback((connection) => void names.push(connection.getServername()));
  const [client, server] = await connectionPair(t, [clientContext(), context]);
  await client.setTlsextHostName('a.example');
  await Promise.all([client.doHandshake(), server.doHandshake()]);
  t.deepEqual(names, ['a.example']);

  const throwing = clientContext();
  const thrown = new Error('of the callback');
  throwing.setVerify(SSL.VERIFY_PEER, () => {
    throw thrown;
  });
  const [failing, other] = await connectionPair(t, [throwing, serverContext()]);
  const refused = t.throwsAsync(other.doHandshake());
  const error = await t.throwsAsync(failing.doHandshake(), { code: 'ERR_CALLBACK' });
  t.is(error?.cause, thrown);
  await refused;
});

test('over memory nothing waits', async (t) => {
  const client = new tsafe.Connection(clientContext());
  const server = new tsafe.Connection(serverContext());
  await Promise.all([client.setConnectState(), server.setAcceptState()]);
  const carry = async (from: Connection, to: Connection) => {
    for (;;) {
      const piece = await from.bioRead(65536).catch((error) => error);
      if (piece instanceof Error) return;
      await to.bioWrite(piece);
    }
  };
  for (let rounds = 0; rounds < 3; rounds++) {
    for (const one of [client, server])
      await one.doHandshake().catch((error) => t.true(error instanceof SSL.WantReadError));
    await Promise.all([carry(client, server), carry(server, client)]);
  }
  await Promise.all([client.doHandshake(), server.doHandshake()]);
  await t.throwsAsync(server.recv(1), { instanceOf: SSL.WantReadError });
  await client.sendall('x');
  await carry(client, server);
  t.is((await server.recv(1)).toString(), 'x');
});

test('wrong arguments are told before anything is done', async (t) => {
  const connection = new tsafe.Connection(clientContext(root));
  await t.throwsAsync(connection.recv(0), { instanceOf: RangeError });
  await t.throwsAsync(connection.send(7 as never), { instanceOf: TypeError });
  await t.throwsAsync(connection.recvInto(new Uint8Array(0)), { instanceOf: RangeError });
  t.throws(() => new tsafe.Connection({} as never), { instanceOf: TypeError });
  t.throws(() => tsafe.Connection.prototype.pending.call({} as never), { instanceOf: TypeError });
});
