// Random operations on streams of TLS, in any order and from every event: pairs of TLSSockets over streams that change, end and
// break what they carry. No timer runs out, so that a seed repeats what it did.

import { Duplex } from 'node:stream';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { mutate } from '../../support/random.ts';

type Connection = InstanceType<typeof Tsopenssl.SSL.Connection>;
type Context = InstanceType<typeof Tsopenssl.SSL.Context>;
type TLSSocket = InstanceType<typeof Tsopenssl.tls.TLSSocket>;

export interface StreamSurroundings {
  readonly tls: typeof Tsopenssl.tls;
  /** A number below the limit. */
  readonly random: (limit: number) => number;
  readonly pick: <Value>(values: readonly Value[]) => Value;
  readonly newContext: () => Context;
  /** Any operation on the connection of a stream. */
  readonly operate: (connection: Connection) => void;
  /** Calls, and lets the errors pass that may be thrown. */
  readonly attempt: (call: () => unknown) => void;
}

const events = ['secure', 'secureConnect', 'session', 'data', 'end', 'finish', 'drain', 'timeout', 'close'];

/** One end of what carries the bytes. */
class End extends Duplex {
  peer: End | undefined;
  readonly #random: (limit: number) => number;

  constructor(random: (limit: number) => number) {
    super({ allowHalfOpen: random(2) === 0 });
    this.#random = random;
    this.on('error', () => {});
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const bytes = this.#random(200) === 0 ? mutate(chunk, this.#random) : chunk;
    const carry = () => {
      if (this.peer?.destroyed === false && !this.peer.readableEnded) this.peer.push(bytes);
      done();
    };
    if (this.#random(2) === 0) carry();
    else setImmediate(carry);
  }

  override _final(done: () => void): void {
    if (this.peer?.destroyed === false) this.peer.push(null);
    done();
  }
}

/** Returns a function that does one operation on one of a few streams. */
export function streamSequences(around: StreamSurroundings): () => void {
  const { tls, random, pick, newContext, operate, attempt } = around;
  const sockets: { readonly socket: TLSSocket; readonly end: End }[] = [];
  let depth = 0;

  function interfere(socket: TLSSocket, end: End): void {
    if (depth > 1 || random(3) > 0) return;
    depth += 1;
    attempt(() => pick(operations)(socket, end));
    depth -= 1;
  }

  function make(end: End, isServer: boolean): void {
    const socket = new tls.TLSSocket(end, {
      isServer,
      secureContext: newContext(),
      allowHalfOpen: random(2) === 0,
      highWaterMark: pick([1, 1000, 65_536]),
      handshakeTimeout: pick([0, 60_000]),
      requestOCSP: !isServer && random(3) === 0,
    });
    socket.on('error', () => {});
    for (const event of events) if (random(3) === 0) socket.on(event, () => interfere(socket, end));
    sockets.push({ socket, end });
  }

  const operations: readonly ((socket: TLSSocket, end: End) => unknown)[] = [
    ...Array<(socket: TLSSocket) => unknown>(6).fill((socket) => socket.write(Buffer.alloc(random(40_000)))),
    ...Array<(socket: TLSSocket) => unknown>(4).fill((socket) => socket.resume()),
    (socket) => socket.pause(),
    (socket) => socket.read(),
    (socket) => socket.read(random(1000)),
    (socket) => socket.unshift(Buffer.alloc(10)),
    (socket) => socket.cork(),
    (socket) => socket.uncork(),
    (socket) => random(4) === 0 && socket.end(Buffer.alloc(random(20_000))),
    (socket) => random(8) === 0 && socket.destroySoon(),
    (socket) => random(8) === 0 && socket.destroy(pick([undefined, new Error('planted')])),
    (socket) => socket.setTimeout(pick([0, 60_000])),
    (socket) =>
      socket
        .setNoDelay(random(2) === 0)
        .setKeepAlive(true)
        .unref()
        .ref(),
    (socket) => [socket.getSession(), socket.getCipher(), socket.getPeerCertificate(), socket.getProtocol()],
    (socket) => socket.pipe(pick(sockets).socket),
    (socket) => socket.unpipe(),
    (socket) => operate(socket.connection),
    (_socket, end) => random(12) === 0 && end.destroy(pick([undefined, new Error('planted')])),
    (_socket, end) => random(12) === 0 && end.peer?.push(null),
    (_socket, end) => random(8) === 0 && end.peer?.push(Buffer.alloc(random(100), 22)),
  ];

  return () => {
    if (sockets.length < 2 || random(40) === 0) {
      const [near, far] = [new End(random), new End(random)];
      near.peer = far;
      far.peer = near;
      attempt(() => make(near, false));
      attempt(() => make(far, true));
    }
    if (sockets.length > 12)
      for (const { socket } of sockets.splice(0, 6)) attempt(() => random(2) === 0 && socket.destroy());
    if (sockets.length === 0) return;
    const { socket, end } = pick(sockets);
    attempt(() => pick(operations)(socket, end));
  };
}
