// What shares a record, a segment, a turn of the event loop, and a connection: what belongs together is sent together, and a busy
// connection keeps no other one waiting.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import nodeHttps from 'node:https';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import nodeTls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
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

const { SSL, https, tls } = (await import(entry)) as typeof Tsopenssl;

const applicationData = 23;

/** Carries bytes to a port, and counts the records of application data that go there. */
async function countingProxy(t: ExecutionContext, port: number) {
  const count = { records: 0 };
  const proxy = createServer((near) => {
    const far = connectSocket(port, '127.0.0.1');
    let rest = Buffer.alloc(0);
    near.on('data', (bytes) => {
      far.write(bytes);
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt16BE(3)) {
        if (rest[0] === applicationData) count.records += 1;
        rest = rest.subarray(5 + rest.readUInt16BE(3));
      }
    });
    far.pipe(near);
    near.on('error', () => {}).on('close', () => far.destroy());
    far.on('error', () => {}).on('close', () => near.destroy());
  });
  return { count, port: await listen(t, proxy) };
}

/** A server of TLS 1.2, whose records say what they are, that tells when so many bytes have come. */
async function counting(t: ExecutionContext, size: number) {
  let onAll = () => {};
  const server = tls.createServer({ ...identity(), maxVersion: 'TLSv1.2' }, (socket) => {
    let received = 0;
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length;
      if (received === size) onAll();
    });
  });
  const all = new Promise<void>((resolve) => {
    onAll = resolve;
  });
  return { all, ...(await countingProxy(t, await listen(t, server))) };
}

for (const way of ways) {
  test(`${way}: what is written in a tick leaves in full records, what is not in its own`, async (t) => {
    const writes = 300;
    const piece = Buffer.alloc(100, 'x');
    const records = async (write: (socket: TLSSocket) => Promise<void> | void) => {
      const { all, count, port } = await counting(t, writes * piece.length);
      const socket = await tls.connect({ ...(await reach(way, port)), host: 'localhost', ca });
      await write(socket);
      await all;
      socket.destroy();
      return count.records;
    };
    const inOneTick = await records((socket) => {
      for (let n = 0; n < writes; n++) socket.write(piece);
    });
    t.is(inOneTick, Math.ceil((writes * piece.length) / 16_384));
    const inTurns = await records(async (socket) => {
      for (let n = 0; n < writes; n++) {
        socket.write(piece);
        await turn();
      }
    });
    t.is(inTurns, writes);
  });

  test(`${way}: what was written before destroy is sent`, async (t) => {
    const { all, port } = await counting(t, 5);
    const socket = await tls.connect({ ...(await reach(way, port)), host: 'localhost', ca });
    socket.write('hello');
    socket.destroy();
    await all;
    t.pass();
  });

  test(`${way}: a connection with much to read lets others have their turn`, async (t) => {
    let busy: TLSSocket | undefined;
    const server = tls.createServer(identity(), (socket) => {
      socket.on('error', () => {});
      busy = socket;
    });
    const port = await listen(t, server);
    const client = await tls.connect({ ...(await reach(way, port)), host: 'localhost', ca });
    // nobody reads: the system keeps as much as it takes
    const piece = Buffer.alloc(65_536);
    let sent = 0;
    const begin = performance.now();
    while (sent <= 2 ** 20 && performance.now() - begin < 20_000) {
      if (client.writableLength < 4 * piece.length) {
        client.write(piece);
        sent += piece.length;
      }
      await turn();
    }
    t.true(sent > 2 ** 20, `there is much to read: ${sent}`);
    let inThisTurn = 0;
    let most = 0;
    let received = 0;
    let turns = 0;
    busy?.on('data', (bytes: Buffer) => {
      received += bytes.length;
      inThisTurn += bytes.length;
      most = Math.max(most, inThisTurn);
    });
    while (received < sent) {
      inThisTurn = 0;
      turns += 1;
      await turn();
    }
    client.destroy();
    // one turn for the event, one that continues after others
    t.true(most <= 2 * 4 * 65_536, `${most} bytes in one turn`);
    t.true(most > 65_536, `${most} bytes: a turn reads more than once`);
    t.true(turns >= sent / most);
  });
}

/** Calls until it is not told to wait for the socket. */
async function whenReady(
  connection: InstanceType<typeof SSL.Connection>,
  call: () => unknown,
): Promise<void> {
  for (;;) {
    try {
      call();
      return;
    } catch (error) {
      if (!(error instanceof SSL.WantReadError)) throw error;
      await connection.ready('read');
    }
  }
}

/** How many segments with data a server's socket has sent, as the system counts them. */
async function segments(port: number): Promise<number> {
  const { stdout } = await run(['ss', '-tinHO', 'state', 'established', `( sport = :${port} )`]);
  return Number(/data_segs_out:(\d+)/.exec(stdout)?.[1] ?? Number.NaN);
}

test('the first reply waits for no acknowledgement: what a server sends at the end of its handshake is one segment', async (t) => {
  const ask = async (port: number): Promise<number> => {
    const client = nodeTls.connect({ host: '127.0.0.1', servername: 'localhost', port, ca });
    await once(client, 'secureConnect');
    client.write('x');
    await once(client, 'data');
    const count = await segments(port);
    client.destroy();
    return count;
  };
  const ours = tls.createServer({ ...identity(), minVersion: 'TLSv1.3' }, (socket) => {
    socket.setNoDelay(false).on('error', () => {});
    socket.on('data', () => socket.write('y'));
  });
  // its flight, the two tickets, the reply
  t.true((await ask(await listen(t, ours))) <= 3);

  // the control: a connection that sends each message when OpenSSL has it
  const each = createServer({ pauseOnConnect: true }, (socket: Socket) => {
    const { _handle: handle } = socket.setNoDelay(true) as unknown as {
      readonly _handle: { readonly fd: number };
    };
    const connection = new SSL.Connection(serverContext(), handle.fd);
    connection.setAcceptState();
    const answer = async () => {
      await whenReady(connection, () => connection.doHandshake());
      await whenReady(connection, () => connection.recv(1));
      connection.send('y');
    };
    answer().catch((error: Error) => socket.destroy(error));
    t.teardown(() => socket.destroy());
  });
  t.true((await ask(await listen(t, each))) > 3);
});

test('what a client writes when its connection is there leaves with the end of the handshake', async (t) => {
  const { port } = await echoServer(t, { minVersion: 'TLSv1.3' });
  const ask = async (wait: () => unknown): Promise<number> => {
    const client = await tls.connect({ host: '127.0.0.1', servername: 'localhost', port, ca });
    await wait();
    client.write('x');
    await once(client, 'data');
    const filter = `( sport = :${client.localPort} )`;
    const { stdout } = await run(['ss', '-tinHO', 'state', 'established', filter]);
    client.destroy();
    return Number(/data_segs_out:(\d+)/.exec(stdout)?.[1]);
  };
  // ClientHello, and the rest
  t.is(await ask(() => {}), 2);
  // the control: there is time between
  t.is(await ask(() => sleep(50)), 3);
});

/** Serves twenty connections, one after another; then it ends. */
const countedServer = (isGathering: boolean) => `
const { SSL, crypto, tls } = await import(entry);
const { createServer } = await import('node:net');
const { cert, key } = ${JSON.stringify(identity())};
let left = 20;
const onClose = () => --left === 0 && process.exit();
const streams = () => tls.createServer({ cert, key }, (socket) => socket.on('close', onClose).pipe(socket));
const context = new SSL.Context(SSL.TLS_SERVER_METHOD);
context.useCertificate(crypto.loadCertificate(crypto.FILETYPE_PEM, cert));
context.usePrivatekey(crypto.loadPrivatekey(crypto.FILETYPE_PEM, key));
const each = async (call, connection) => {
  for (;;)
    try {
      return call();
    } catch (error) {
      if (!(error instanceof SSL.WantReadError)) throw error;
      await connection.ready('read');
    }
};
const connections = () =>
  createServer({ pauseOnConnect: true }, async (socket) => {
    const connection = new SSL.Connection(context, socket._handle.fd);
    connection.setAcceptState();
    await each(() => connection.doHandshake(), connection);
    connection.send(await each(() => connection.recv(1), connection));
    socket.on('close', onClose).destroy();
  });
const server = ${isGathering ? 'streams' : 'connections'}();
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

test('a flight of the peer is read at once', async (t) => {
  const readsOf = async (isGathering: boolean): Promise<number> => {
    const file = path.join(await temporaryFolder(t), 'calls');
    const program = `const entry = ${JSON.stringify(entry)};${countedServer(isGathering)}`;
    const words = [
      '-f',
      '-e',
      'trace=accept4,recvfrom,read',
      '-o',
      file,
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ];
    const server = spawn('strace', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(server, 'exit');
    const [port] = await once(server.stdout, 'data');
    for (let count = 0; count < 20; count++) {
      const client = nodeTls.connect({
        host: '127.0.0.1',
        servername: 'localhost',
        port: Number(String(port)),
        ca,
      });
      await once(client, 'secureConnect');
      client.write('x');
      await once(client, 'data');
      client.destroy();
    }
    await exit;
    const lines = (await readFile(file, 'utf8')).split('\n');
    const begin = lines.findIndex((line) => /accept4\(.* = \d+$/.test(line));
    // eight bytes are libuv's own wake-up
    return lines.slice(begin).filter((line) => /(recvfrom|read)\(.* = (?!8$)/.test(line)).length / 20;
  };
  // the ClientHello, the end of the handshake, the data, the end of the connection
  const reads = await readsOf(true);
  t.true(reads <= 4.5, String(reads));
  // the control: OpenSSL over a socket reads each header by itself
  const each = await readsOf(false);
  t.true(each > 6, String(each));
});

test('a queued request takes over the connection that has just become free', async (t) => {
  let connections = 0;
  const server = nodeHttps.createServer(identity(), (_request, response) => response.end('x'));
  server.on('secureConnection', () => {
    connections += 1;
  });
  const port = await listen(t, server);
  const connectionsOf = async (maxSockets: number) => {
    connections = 0;
    const agent = new https.Agent({ ca, maxSockets, keepAlive: false });
    const get = async () => {
      const request = nodeHttps.get({ host: '127.0.0.1', servername: 'localhost', port, agent });
      const [response] = await once(request, 'response');
      t.is(String(await readAll(response)), 'x');
    };
    const one = async () => {
      for (let n = 0; n < 10; n++) await get();
    };
    await Promise.all([one(), one(), one(), one()]);
    agent.destroy();
    return connections;
  };
  const few = await connectionsOf(4);
  t.true(few < 10, `${few} connections for 40 requests`);
  // the control: such an agent says with each request that the connection is to be closed
  t.is(await connectionsOf(Number.POSITIVE_INFINITY), 40);
});
