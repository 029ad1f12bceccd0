// The state machine of a TLSSocket over a transport in memory that splits, delays, fills up, resets and ends at any byte. What is received
// is always a beginning of what was sent; a connection that was cut never passes for one that ended in order; and whoever has
// closed a machine hears nothing more.

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import type * as Library from '../../../addon/lib/index.ts';
import type * as Binding from '../../../addon/lib/native/ssl-binding.ts';
import type * as Native from '../../../addon/lib/native.ts';
import type * as Connections from '../../../addon/lib/ssl/connection.ts';
import type { ConnectionCore } from '../../../addon/lib/ssl/connection-core.ts';
import type * as Machines from '../../../addon/lib/tls/stream-machine.ts';
import type { Transport } from '../../../addon/lib/tls/transport.ts';
import { sourceLibrary } from '../../support/source-library.ts';

const folder = await sourceLibrary();
const load = (name: string) => import(path.join(folder, name));
const { SSL, crypto } = (await load('index.ts')) as typeof Library;
const { native } = (await load('native.ts')) as typeof Native;
const { ConnectionNumber } = (await load('native/ssl-binding.ts')) as typeof Binding;
const { Connection, connectionCore } = (await load('ssl/connection.ts')) as typeof Connections;
const { StreamMachine } = (await load('tls/stream-machine.ts')) as typeof Machines;

type Version = 'TLS1_2_VERSION' | 'TLS1_3_VERSION';
const versions: readonly Version[] = ['TLS1_2_VERSION', 'TLS1_3_VERSION'];

const key = new crypto.PKey();
// its signatures have one size, so that every connection carries as many bytes
key.generateKey('ed25519');
const certificate = new crypto.X509();
certificate.setSerialNumber(1n);
certificate.getSubject().CN = 'localhost';
certificate.setIssuer(certificate.getSubject());
certificate.gmtimeAdjNotBefore(-86400);
certificate.gmtimeAdjNotAfter(86400);
certificate.setPubkey(key);
certificate.sign(key);

function contextOf(version: Version) {
  const context = new SSL.Context(SSL.TLS_METHOD);
  context.useCertificate(certificate);
  context.usePrivatekey(key);
  context.setMinProtoVersion(SSL[version]);
  context.setMaxProtoVersion(SSL[version]);
  return context;
}

/** What happens to the bytes of one direction. */
interface Wire {
  /** Into pieces of so many bytes. */
  readonly size?: number;
  /** Each piece comes in a turn of its own. */
  readonly isSlow?: boolean;
  /** After so many bytes nothing more comes; and the receiver sees an end, or both sides an error. */
  readonly cut?: { readonly at: number; readonly how: 'end' | 'reset' };
  /** This byte comes with a bit flipped. */
  readonly flipped?: number;
  /** The sender may go on only when everything was carried, and not at once. */
  readonly isFull?: boolean;
}

/** One end of the wire. */
class MemoryTransport implements Transport {
  readonly isGone = false;
  readonly #core: ConnectionCore;
  readonly #wire: Wire;
  peer: MemoryTransport | undefined;
  carried = 0;
  closed = 0;
  events = 0;
  #isOver = false;
  #isReading = true;
  readonly #waiting: (Buffer | 'end')[] = [];
  #onProgress: () => void = () => {};
  #onFailure: (error: Error) => void = () => {};
  #carrying: Promise<void> = Promise.resolve();
  /** Calls of `flush` whose `done` was not called yet. */
  unsent = 0;

  constructor(core: ConnectionCore, wire: Wire) {
    this.#core = core;
    this.#wire = wire;
  }

  start(onProgress: () => void, onFailure: (error: Error) => void): void {
    this.#onProgress = onProgress;
    this.#onFailure = onFailure;
  }

  wait(events: number): void {
    this.events = events;
    this.#isReading = (events & 1) !== 0;
    if (this.#isReading && this.#waiting.length > 0) setImmediate(() => this.#deliver());
  }

  flush(done?: () => void): void {
    const size = native.connectionNumber(this.#core.handle, ConnectionNumber.output);
    const bytes = Buffer.alloc(size);
    if (size > 0) native.connectionOutput(this.#core.handle, bytes);
    this.#carrying = this.#carrying.then(() => this.#carryAll(bytes));
    if (this.#wire.isFull !== true) {
      done?.();
      return;
    }
    this.unsent += 1;
    this.#carrying.then(turn).then(() => {
      this.unsent -= 1;
      done?.();
    });
  }

  end(): void {
    this.#carrying = this.#carrying.then(() => this.peer?.receive('end'));
  }

  close(): void {
    this.closed += 1;
    this.flush();
    this.#isOver = true;
    this.#core.close();
    this.end();
  }

  setReferenced(): void {}

  receive(piece: Buffer | 'end'): void {
    if (this.#isOver) return;
    this.#waiting.push(piece);
    if (this.#isReading) this.#deliver();
  }

  break(): void {
    if (!this.#isOver) this.#onFailure(new Error('reset'));
  }

  #deliver(): void {
    for (let piece = this.#take(); piece !== undefined; piece = this.#take()) {
      if (piece === 'end') native.connectionEndInput(this.#core.handle);
      else this.#core.receive(piece);
      this.#onProgress();
    }
  }

  #take(): Buffer | 'end' | undefined {
    return this.#isReading && !this.#isOver ? this.#waiting.shift() : undefined;
  }

  async #carryAll(bytes: Buffer): Promise<void> {
    const { size = bytes.length, isSlow = false, cut, flipped } = this.#wire;
    for (let from = 0; from < bytes.length; from += size) {
      const piece = Buffer.from(bytes.subarray(from, from + size));
      if (flipped !== undefined && flipped >= this.carried && flipped < this.carried + piece.length)
        piece[flipped - this.carried] = (piece[flipped - this.carried] as number) ^ 1;
      const left = cut === undefined ? piece.length : Math.min(piece.length, cut.at - this.carried);
      if (left > 0) this.peer?.receive(piece.subarray(0, left));
      const before = this.carried;
      this.carried += piece.length;
      if (cut !== undefined && before <= cut.at && left < piece.length) {
        if (cut.how === 'end') this.peer?.receive('end');
        else for (const side of [this, this.peer]) side?.break();
      }
      if (isSlow) await turn();
    }
  }
}

/** What a machine has told its stream. */
class Side {
  readonly transport: MemoryTransport;
  readonly machine: InstanceType<typeof StreamMachine>;
  readonly events: string[] = [];
  readonly pieces: Buffer[] = [];
  error: Error | undefined;
  #isClosed = false;
  /** Takes a piece, and asks for the next one later. */
  isPatient = false;
  /** The event at which it closes. */
  closesAt: string | undefined;
  readonly afterClose: string[] = [];
  onDone: () => void = () => {};
  onClose: () => void = () => {};

  constructor(context: InstanceType<typeof SSL.Context>, isServer: boolean, wire: Wire) {
    const connection = new Connection(context);
    const core = connectionCore(connection);
    if (isServer) connection.setAcceptState();
    else connection.setConnectState();
    this.transport = new MemoryTransport(core, wire);
    this.machine = new StreamMachine(core, this.transport, {
      onSecure: () => {
        this.#note('secure');
        if (!this.#isClosed) this.machine.read();
      },
      onData: (bytes) => {
        this.#note('data');
        this.pieces.push(bytes);
        if (!this.isPatient) return true;
        setImmediate(() => this.#isClosed || this.machine.read());
        return false;
      },
      onEnd: () => {
        this.#note('end');
        this.onDone();
      },
      onSession: () => this.#isClosed && this.afterClose.push('session'),
      onActivity: () => {},
      onTickEnd: () => {},
      onFailure: (error) => {
        this.#note('failure');
        this.error = error;
        this.close();
        this.onDone();
      },
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.pieces);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.machine.close(false);
    this.onClose();
  }

  #note(event: string): void {
    if (this.#isClosed) this.afterClose.push(event);
    if (this.events.at(-1) !== event) this.events.push(event);
    if (event === this.closesAt) this.close();
  }
}

interface Exchange {
  readonly server: Side;
  readonly client: Side;
  /** How often the machine said that a write was done. */
  readonly written: number;
  /** How often it said so while the transport was still sending. */
  readonly early: number;
}

/** A server sends the data in two writes, and ends; the client reads. */
async function exchange(
  version: Version,
  data: Buffer,
  toClient: Wire,
  toServer: Wire = {},
  { isPatient = false, closesAt }: { isPatient?: boolean; closesAt?: string } = {},
): Promise<Exchange> {
  const context = contextOf(version);
  const server = new Side(context, true, toClient);
  const client = new Side(context, false, toServer);
  client.isPatient = isPatient;
  client.closesAt = closesAt;
  server.transport.peer = client.transport;
  client.transport.peer = server.transport;
  const over = new Promise<void>((resolve) => {
    client.onDone = resolve;
    server.onDone = () => setImmediate(resolve);
    if (closesAt !== undefined) client.onClose = () => setTimeout(resolve, 5);
  });
  let [written, early] = [0, 0];
  const count = () => {
    written += 1;
    if (server.transport.unsent > 0) early += 1;
  };
  const half = data.length / 2;
  server.machine.write([data.subarray(0, 100), data.subarray(100, half)], () => {
    count();
    server.machine.write([data.subarray(half)], () => {
      count();
      server.machine.end(() => {});
    });
  });
  for (const { machine } of [server, client]) machine.start();
  await over;
  for (const side of [server, client]) side.close();
  await turn();
  return { server, client, written, early };
}

const data = randomBytes(3000);

for (const version of versions) {
  test(`${version}: in pieces of any size, at once or turn by turn, to a reader that hurries or waits`, async (t) => {
    const long = randomBytes(200_000);
    for (const size of [1, 3, 100, 1459, 16_406, 1_000_000])
      for (const isSlow of [false, true])
        for (const isFull of [false, true])
          for (const isPatient of [false, true]) {
            const sent = size < 100 ? data : long;
            if (size < 1000 && isSlow && sent === long) continue;
            const wire = { size, isSlow, isFull };
            const { client, server, written, early } = await exchange(
              version,
              sent,
              wire,
              { size },
              { isPatient },
            );
            const what = JSON.stringify({ ...wire, isPatient });
            t.deepEqual([client.error, server.error], [undefined, undefined], what);
            t.deepEqual(client.events, ['secure', 'data', 'end'], what);
            t.true(client.received.equals(sent), what);
            t.deepEqual([written, early], [2, 0], what);
            t.is(server.machine.bytesWritten, sent.length, what);
            t.is(client.machine.bytesRead, sent.length, what);
            t.deepEqual([client.transport.closed, server.transport.closed], [1, 1], what);
            t.deepEqual([client.afterClose, server.afterClose], [[], []], what);
          }
  });

  for (const how of ['end', 'reset'] as const)
    test(`${version}: ${how === 'end' ? 'an end' : 'a reset'} at any byte is a failure, and never an end in order`, async (t) => {
      const whole = await exchange(version, data, {});
      const total = whole.server.transport.carried;
      t.true(total > data.length);
      t.deepEqual(whole.client.events, ['secure', 'data', 'end'], 'the control: nothing is cut');
      let cuts = 0;
      for (let at = 0; at < total; at += at < 60 || at > total - 60 ? 1 : 13) {
        const { client, server, written } = await exchange(version, data, { cut: { at, how } });
        const what = `cut after ${at} of ${total} bytes`;
        t.false(client.events.includes('end'), what);
        t.is(client.events.at(-1), 'failure', what);
        t.true(client.error instanceof Error, what);
        t.true(client.received.equals(data.subarray(0, client.received.length)), what);
        t.true(written <= 2, what);
        t.deepEqual([client.transport.closed, server.transport.closed], [1, 1], what);
        t.deepEqual([client.afterClose, server.afterClose], [[], []], what);
        cuts += 1;
      }
      t.true(cuts > 200);
    });

  test(`${version}: a flipped bit at any byte is never received`, async (t) => {
    const total = (await exchange(version, data, {})).server.transport.carried;
    let refused = 0;
    for (let flipped = 0; flipped < total; flipped += 29) {
      const { client, server } = await exchange(version, data, { flipped });
      t.true(client.received.equals(data.subarray(0, client.received.length)), `byte ${flipped} of ${total}`);
      if (client.error !== undefined || server.error !== undefined) refused += 1;
      else t.true(client.received.equals(data), `byte ${flipped} of ${total}: nothing was lost`);
      t.deepEqual([client.afterClose, server.afterClose], [[], []], `byte ${flipped} of ${total}`);
    }
    t.true(refused > 50);
  });
}

for (const version of versions)
  for (const closesAt of ['secure', 'data', 'end'])
    test(`${version}: a stream that closes at ${closesAt} is told of nothing more`, async (t) => {
      const { client, server } = await exchange(
        version,
        randomBytes(300_000),
        { size: 1459 },
        {},
        { closesAt },
      );
      t.is(client.events.at(-1), closesAt);
      t.deepEqual([client.afterClose, server.afterClose], [[], []]);
      t.deepEqual([client.transport.closed, server.transport.closed], [1, 1]);
    });

test('waits for what it needs, and for nothing else', async (t) => {
  const context = contextOf('TLS1_3_VERSION');
  const [server, client] = [new Side(context, true, {}), new Side(context, false, {})];
  server.transport.peer = client.transport;
  client.transport.peer = server.transport;
  client.isPatient = true;
  for (const { machine } of [server, client]) machine.start();
  while (!client.machine.isSecure || !server.machine.isSecure) await turn();
  await turn();
  t.is(client.transport.events, 1, 'it reads: it waits until it can');
  server.machine.write([Buffer.from('x')], () => {});
  t.is(server.transport.events & 2, 0, 'what was written is sent: it does not wait until it can write');
  for (const side of [server, client]) side.close();
  t.deepEqual([client.afterClose, server.afterClose], [[], []]);
});
