// The life of a stream beside the socket below it, its caller and its peer; node:tls is the reference where it can be asked.

import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import http2 from 'node:http2';
import nodeHttps from 'node:https';
import { connect as connectSocket, type Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import nodeTls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import { ca, echoServer, identity, listen, reach, readAll, ways } from '../../support/tls-server.ts';

const { https, tls } = (await import(entry)) as typeof Tsopenssl;

/** A condition that must come true; the test's own time limit says when it does not. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

test('a socket that is destroyed in the event connection is refused', async (t) => {
  const block = (socket: Socket) => socket.destroy();
  const web = https.createServer(identity(), () => t.fail('a request of a blocked address'));
  const plain = tls.createServer(identity(), () => t.fail('a connection of a blocked address'));
  for (const server of [web, plain] as unknown as NetServer[]) {
    server.on('connection', block);
    const port = await listen(t, server);
    for (const way of ways) await t.throwsAsync(tls.connect({ ...(await reach(way, port)), ca }));
    server.off('connection', block);
  }
  // the control: without the block it answers
  const open = https.createServer(identity(), (_request, response) => response.end('x'));
  const port = await listen(t, open);
  const [response] = await once(nodeHttps.get({ host: 'localhost', port, ca, agent: false }), 'response');
  t.is(String(await readAll(response)), 'x');
});

test('a TLSSocket ends with the socket below it, and leaves no descriptor', async (t) => {
  const { port } = await echoServer(t);
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const connectOver = async () => {
    const below = connectSocket({ port, host: '127.0.0.1' }).pause();
    await once(below, 'connect');
    return { below, socket: await tls.connect({ socket: below, host: 'localhost', ca }) };
  };
  const first = await connectOver();
  const before = descriptors();
  for (const end of [
    (below: Socket) => below.destroy(),
    (below: Socket) => below.resetAndDestroy(),
    (below: Socket) => below.setTimeout(20, () => below.destroy()),
  ]) {
    const { below, socket } = await connectOver();
    t.true(descriptors() > before, 'an open connection has descriptors');
    const closed = once(
      socket.on('error', () => {}),
      'close',
    );
    end(below);
    await closed;
    t.true(socket.destroyed);
  }
  // those of the server's side end with it
  await until(() => descriptors() <= before);
  first.socket.destroy();
  t.pass();
});

/** What Node itself emits before these methods return. */
const ofNode = new Set([
  'read data',
  'pause pause',
  'end prefinish',
  'on newListener',
  'once newListener',
  'off removeListener',
]);

test('no method emits an event before it returns', async (t) => {
  const seen = new Set<string>();
  let method: string | undefined;
  const watch = (socket: Duplex) => {
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string, ...values: unknown[]) => {
      if (method !== undefined) seen.add(`${method} ${event}`);
      return emit(event, ...values);
    };
    for (const name of [
      'write',
      'end',
      'read',
      'resume',
      'pause',
      'destroy',
      'destroySoon',
      'uncork',
    ] as const) {
      const call = (socket as unknown as Record<string, (...words: unknown[]) => unknown>)[name]?.bind(
        socket,
      );
      Reflect.set(socket, name, (...words: unknown[]) => {
        const outer = method;
        method ??= name;
        try {
          return call?.(...words);
        } finally {
          method = outer;
        }
      });
    }
    return socket;
  };
  const server = tls.createServer(identity(), (socket) => {
    watch(socket).on('data', (data) => socket.write(data));
    socket.on('end', () => socket.end());
  });
  const port = await listen(t, server);
  for (const way of ways) {
    const socket = watch(await tls.connect({ ...(await reach(way, port)), ca })) as Duplex;
    let received = 0;
    socket.on('data', (data: Buffer) => {
      received += data.length;
    });
    for (let i = 0; i < 200; i++) {
      socket.write(Buffer.alloc(5000));
      if (i % 10 === 0) await sleep(0);
    }
    await until(() => received === 1_000_000);
    socket.end();
    await once(socket, 'close');
  }
  t.deepEqual(
    [...seen].filter((one) => !ofNode.has(one)),
    [],
  );

  // the control: an event in a call is seen
  method = 'write';
  watch(connectSocket({ port, host: '127.0.0.1' }).on('error', () => {})).emit('planted');
  t.true(seen.has('write planted'));
});

/** What nobody has caught, from now to the end of the test. */
function uncaughtErrors(t: ExecutionContext): readonly unknown[] {
  const errors: unknown[] = [];
  const note = (error: unknown) => errors.push(error);
  process.on('uncaughtException', note);
  t.teardown(() => process.off('uncaughtException', note));
  return errors;
}

/** Node's own limit is 10 MB for all streams of a session. */
const roomy = { maxSessionMemory: 200 };

/** A server of HTTP/2 over ours that sends back what comes. */
async function http2Server(t: ExecutionContext) {
  const h2 = http2.createServer(roomy).on('stream', (stream) => {
    stream.on('error', () => {}).respond();
    stream.pipe(stream);
  });
  h2.on('sessionError', () => {});
  const server = tls.createServer({ ...identity(), ALPNProtocols: ['h2'] }, (socket) => {
    h2.emit(
      'connection',
      socket.on('error', () => {}),
    );
  });
  return { server, port: await listen(t, server) };
}

async function echoed(session: http2.ClientHttp2Session, body: Buffer): Promise<Buffer> {
  const stream = session.request({ ':method': 'POST', ':path': '/' });
  stream.end(body);
  return readAll(stream);
}

for (const count of [1, 20]) {
  test(`node:http2 over our server and over our client, ${count} streams of 1 MB`, async (t) => {
    const { port } = await http2Server(t);
    const ours = await tls.connect({ port, ca, ALPNProtocols: ['h2'] });
    const theirs = { ca, ...roomy };
    for (const session of [
      http2.connect(`https://localhost:${port}`, theirs),
      http2.connect(`https://localhost:${port}`, { createConnection: () => ours, ...roomy }),
    ]) {
      const body = Buffer.alloc(1_000_000, 'x');
      const echoes = await Promise.all(Array.from({ length: count }, () => echoed(session, body)));
      t.true(echoes.every((echo) => echo.equals(body)));
      session.close();
      await once(session, 'close');
    }
  });
}

test('five hundred connections of HTTP/2 at once: each gets its own bytes, and those that break off end no server', async (t) => {
  const uncaught = uncaughtErrors(t);
  const { server, port } = await http2Server(t);
  let [open, most] = [0, 0];
  server.on('secureConnection', (socket: Duplex) => {
    open += 1;
    most = Math.max(most, open);
    socket.on('close', () => {
      open -= 1;
    });
  });
  const connect = async (index: number) => {
    const address = `https://localhost:${port}`;
    if (index % 2 === 0) return { session: http2.connect(address, { ca }), ours: undefined };
    const ours = await tls.connect({ port, ca, ALPNProtocols: ['h2'] });
    return { session: http2.connect(address, { createConnection: () => ours }), ours };
  };
  const clients = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const client = await connect(index);
      client.session.on('error', () => {});
      const body = Buffer.alloc(20_000, `connection ${index} `);
      t.true((await echoed(client.session, body)).equals(body));
      return client;
    }),
  );
  t.is(most, 500);
  // in the middle of a stream: in order, at once, and below HTTP/2
  const breakOff = async ({ session, ours }: (typeof clients)[number], index: number) => {
    const stream = session.request({ ':method': 'POST', ':path': '/' }).on('error', () => {});
    stream.write(Buffer.alloc(50_000));
    // Node 20 stops reading a connection whose client says that it goes before the stream that it still opens
    await once(stream, 'response');
    if (index % 3 === 0) session.close();
    else if (index % 3 === 1 || ours === undefined) session.destroy();
    else ours.destroy();
  };
  await Promise.all(clients.map(breakOff));
  const last = await connect(0);
  const body = Buffer.from('still there');
  t.true((await echoed(last.session, body)).equals(body));
  for (const { session } of [...clients, last]) session.destroy();
  await until(() => open === 0);
  t.deepEqual(uncaught, []);
});

test('a client that goes away ends no server, whatever it does and whatever the server is doing', async (t) => {
  const uncaught = uncaughtErrors(t);
  const behaviours: Readonly<Record<string, (socket: Duplex) => void>> = {
    ends: (socket) => void socket.end('bye'),
    echoes: (socket) => void socket.pipe(socket),
    writes: (socket) => void socket.write(Buffer.alloc(300_000)),
    'ends and reads': (socket) => void socket.resume().end(Buffer.alloc(100_000)),
  };
  const departures: Readonly<Record<string, (socket: nodeTls.TLSSocket, below: Socket) => void>> = {
    destroys: (socket) => void socket.destroy(),
    resets: (_socket, below) => void below.resetAndDestroy(),
    'ends below TLS': (_socket, below) => void below.end(),
  };
  for (const library of [tls, nodeTls]) {
    for (const [doing, behave] of Object.entries(behaviours)) {
      const options = { ...identity() };
      const server = (library as typeof nodeTls).createServer(options, (socket) => behave(socket));
      const port = await listen(t, server);
      for (const [leaving, leave] of Object.entries(departures)) {
        for (let i = 0; i < 5; i++) {
          const below = connectSocket({ port, host: '127.0.0.1' }).on('error', () => {});
          const client = nodeTls
            .connect({ socket: below, ca, servername: 'localhost' })
            .on('error', () => {});
          await once(client, 'secureConnect');
          client.write('hello');
          if (i % 2 === 1) await sleep(2);
          leave(client, below);
        }
        // node:tls keeps some of them open
        if (library === tls) await until(() => countOf(server) === 0);
        t.deepEqual(uncaught, [], `a server that ${doing}, a client that ${leaving}`);
      }
    }
  }
});

function countOf(server: NetServer): number {
  return (server as unknown as { _connections: number })._connections;
}

test('errors of the system keep their codes, and a client of HTTP can try again', async (t) => {
  let requests = 0;
  const server = nodeHttps.createServer(identity(), (request, response) => {
    requests += 1;
    if (requests === 2) request.socket.destroy();
    else response.end(`answer ${requests}`);
  });
  const port = await listen(t, server);
  const agent = new https.Agent({ ca, keepAlive: true });
  const get = () =>
    new Promise<string>((resolve, reject) => {
      const request = nodeHttps.get({ host: 'localhost', port, agent: agent as never }, async (response) =>
        resolve(String(await readAll(response))),
      );
      // as the documentation of node:http, request.reusedSocket, has it
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (request.reusedSocket && error.code === 'ECONNRESET') get().then(resolve, reject);
        else reject(error);
      });
    });
  t.is(await get(), 'answer 1');
  t.is(await get(), 'answer 3');
  agent.destroy();
});
