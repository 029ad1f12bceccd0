// The keys of session tickets: set, replaced, shared by processes, and those that a context makes for itself. Each resumption is tried
// beside one that must not happen.

import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import { type Context, clientContext, connectWith, makePair, serverContext } from '../../support/tls-pair.ts';
import { ca, identity, listen } from '../../support/tls-server.ts';

const { https, SSL, tls } = (await import(entry)) as typeof Tsopenssl;

type Session = Tsopenssl.SSL.Session;
const versions = { 'TLSv1.2': SSL.TLS1_2_VERSION, 'TLSv1.3': SSL.TLS1_3_VERSION };
const sizes = [48, 80];

function server(version: number, keys?: readonly Uint8Array[], id = 'shared'): Context {
  const context = serverContext();
  context.setMaxProtoVersion(version);
  context.setSessionId(Buffer.from(id));
  if (keys !== undefined) context.setTicketKeys(keys);
  return context;
}

function connect(client: Context, to: Context, session?: Session) {
  const pair = makePair(client, to);
  pair.client.setVerifyOptions({ hostname: 'localhost' });
  return connectWith(pair, session);
}

for (const [name, version] of Object.entries(versions)) {
  for (const size of sizes) {
    test(`${name}: contexts with the same keys of ${size} bytes read each other's tickets`, (t) => {
      const [key, other] = [randomBytes(size), randomBytes(size)];
      const client = clientContext();
      const { session } = connect(client, server(version, [key]));
      t.true(connect(client, server(version, [key]), session).isReused);
      t.false(connect(client, server(version, [other]), session).isReused);
      t.false(connect(client, server(version), session).isReused);
      t.false(connect(client, server(version, [key], 'another'), session).isReused);
      // the same name alone is not enough
      const named = Buffer.concat([key.subarray(0, 16), other.subarray(16)]);
      t.false(connect(client, server(version, [named]), session).isReused);
    });
  }

  test(`${name}: the first key makes tickets, and the others read them`, (t) => {
    const [older, newer] = [randomBytes(80), randomBytes(80)];
    const client = clientContext();
    const context = server(version, [older]);
    const before = connect(client, context);
    context.setTicketKeys([newer, older]);
    t.deepEqual(context.getTicketKeys(), [newer, older]);
    const after = connect(client, context, before.session);
    t.true(after.isReused);
    context.setTicketKeys([newer]);
    t.true(connect(client, context, after.session).isReused, 'the ticket was made anew');
    t.false(connect(client, context, before.session).isReused);
  });

  test(`${name}: a context replaces its own keys, and reads with the one before`, async (t) => {
    const client = clientContext();
    const context = server(version);
    const lasting = server(version);
    context.setTicketKeyLifetime(3);
    const [first] = context.getTicketKeys();
    const [lastingKey] = lasting.getTicketKeys();
    const { session } = connect(client, context);
    const { session: lastingSession } = connect(client, lasting);
    let keys = context.getTicketKeys();
    while (keys.length < 2) {
      await sleep(20);
      keys = context.getTicketKeys();
    }
    t.notDeepEqual(keys[0], first);
    t.deepEqual(keys[1], first);
    t.true(connect(client, context, session).isReused);
    await sleep(6100);
    t.is(context.getTicketKeys().length, 1, 'nobody asked for two lifetimes');
    t.false(connect(client, context, session).isReused);
    // the control: keys that live for 12 hours
    t.deepEqual(lasting.getTicketKeys(), [lastingKey]);
    t.true(connect(client, lasting, lastingSession).isReused);
  });
}

test('a ticket is protected by its key: name, HMAC-SHA-256 of what follows, as RFC 5077 has it', (t) => {
  for (const size of sizes) {
    const key = randomBytes(size);
    const { session } = connect(clientContext(), server(SSL.TLS1_2_VERSION, [key]));
    const der = session.toDer();
    const from = der.indexOf(key.subarray(0, 16));
    t.true(from > 0);
    // the ticket is an OCTET STRING: its length stands before it, in one byte behind 0x81 or in two
    const length = der[from - 2] === 0x81 ? (der[from - 1] ?? 0) : der.readUInt16BE(from - 2);
    const ticket = der.subarray(from, from + length);
    const half = (size - 16) / 2;
    const mac = createHmac('sha256', key.subarray(16, 16 + half))
      .update(ticket.subarray(0, -32))
      .digest();
    t.deepEqual(Buffer.from(ticket.subarray(-32)), mac);
  }
});

/** A server in a process of its own. */
async function startServer(t: ExecutionContext, options: object): Promise<number> {
  const program = `
    import { tls } from ${JSON.stringify(entry)};
    const server = tls.createServer(JSON.parse(process.argv[1], (key, value) => key === 'ticketKeys' ? Buffer.from(value, 'hex') : value), (socket) => {
      socket.on('error', () => {}).write(socket.isSessionReused() ? 'resumed' : 'full');
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  `;
  const words = ['--input-type=module', '-e', program, JSON.stringify({ ...identity(), ...options })];
  const child: ChildProcess = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  if (child.stdout === null) throw new Error('Expected the output of a child');
  const [line] = await once(child.stdout, 'data');
  return Number(String(line));
}

test('two processes with the same keys resume what the other began', async (t) => {
  const shared = { ticketKeys: randomBytes(48).toString('hex'), sessionIdContext: 'farm' };
  const other = { ...shared, ticketKeys: randomBytes(48).toString('hex') };
  const [one, two, stranger] = await Promise.all([shared, shared, other].map((each) => startServer(t, each)));
  const ask = async (port: number | undefined, session?: Uint8Array) => {
    const resuming = session === undefined ? {} : { session };
    const socket = await tls.connect({ port: port as number, host: 'localhost', ca, ...resuming });
    const [word] = await once(socket, 'data');
    const next = socket.getSession();
    socket.destroy();
    return { word: String(word), session: next as Buffer };
  };
  const first = await ask(one);
  t.is(first.word, 'full');
  t.is((await ask(two, first.session)).word, 'resumed');
  t.is((await ask(stranger, first.session)).word, 'full');
});

test('servers set and tell their keys', async (t) => {
  const keys = [randomBytes(48), randomBytes(80)];
  for (const made of [
    tls.createServer({ ...identity(), ticketKeys: keys }),
    https.createServer({ ...identity(), ticketKeys: keys }),
  ]) {
    t.deepEqual(made.getTicketKeys(), keys);
    await listen(t, made as unknown as Parameters<typeof listen>[1]);
    const next = randomBytes(48);
    made.setTicketKeys(next);
    t.deepEqual(made.getTicketKeys(), [next]);
    // a renewed certificate changes no keys, and options that have keys do
    made.setSecureContext(identity());
    t.deepEqual(made.getTicketKeys(), [next]);
    made.setSecureContext({ ...identity(), ticketKeys: keys });
    t.deepEqual(made.getTicketKeys(), keys);
  }
});

test('keys that cannot be are refused, and change nothing', (t) => {
  const context = server(SSL.TLS1_3_VERSION, [Buffer.alloc(48, 1)]);
  const wrong: readonly (readonly [unknown, object])[] = [
    [[], { instanceOf: TypeError, message: 'Expected at least one key in keys, got none' }],
    [
      [Buffer.alloc(32)],
      { instanceOf: RangeError, message: 'Expected keys of 48 or 80 bytes in keys, got one of 32 bytes' },
    ],
    [[Buffer.alloc(48), 'key'], { instanceOf: TypeError }],
    ['key', { instanceOf: TypeError }],
    [undefined, { instanceOf: TypeError }],
  ];
  for (const [keys, expected] of wrong) t.throws(() => context.setTicketKeys(keys as Uint8Array[]), expected);
  for (const seconds of [0, -1, 1.5, '1', 2 ** 31])
    t.throws(() => context.setTicketKeyLifetime(seconds as number), { message: /^Expected/ });
  t.deepEqual(context.getTicketKeys(), [Buffer.alloc(48, 1)]);
});
