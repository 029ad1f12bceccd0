// Streams over a transport that splits, delays, ends and breaks: both sides of a connection in memory, whose bytes a wire carries. What
// was received is always a beginning of what was sent, and a connection that was cut never passes for one that ended in order.

import { createHash, randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import { ca, identity } from '../../support/tls-server.ts';

const { SSL, tls } = (await import(entry)) as typeof Tsopenssl;

/** What a wire does with the bytes of one direction. */
interface Wire {
  /** Into pieces of so many bytes. */
  readonly size: number;
  /** Whether each piece waits for a turn of the event loop. */
  readonly isSlow?: boolean;
  /** After how many bytes it stops, and how. */
  readonly cut?: { readonly at: number; readonly how: 'end' | 'destroy' };
}

/** One end of the wire: what is written to it comes out of `peer`. */
class End extends Duplex {
  peer: End | undefined;
  carried = 0;
  readonly #wire: Wire;

  constructor(wire: Wire) {
    super({ allowHalfOpen: true });
    this.#wire = wire;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#carryAll(chunk).then(() => done(), done);
  }

  async #carryAll(chunk: Buffer): Promise<void> {
    const { size, isSlow = false } = this.#wire;
    for (let from = 0; from < chunk.length; from += size) {
      if (!this.#carry(chunk.subarray(from, from + size))) return;
      if (isSlow) await setImmediate();
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    this.peer?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.peer?.destroyed === false && !this.peer.readableEnded) this.peer.push(null);
    done(error);
  }

  /** @returns whether the wire goes on */
  #carry(piece: Buffer): boolean {
    const { cut } = this.#wire;
    const peer = this.peer;
    if (peer === undefined || peer.destroyed || peer.readableEnded) return false;
    if (cut === undefined || this.carried + piece.length <= cut.at) {
      this.carried += piece.length;
      peer.push(piece);
      return true;
    }
    if (this.carried < cut.at) peer.push(piece.subarray(0, cut.at - this.carried));
    if (this.carried <= cut.at) {
      this.carried = cut.at + 1;
      if (cut.how === 'end') peer.push(null);
      else peer.destroy();
    }
    return false;
  }
}

interface Outcome {
  readonly received: Buffer;
  readonly hasEnded: boolean;
  readonly error: Error | undefined;
  /** How many bytes the server's side of the wire carried. */
  readonly carried: number;
}

const data = randomBytes(40_000);

/** A server sends the data and ends; what the client makes of it. */
async function transfer(version: 'TLSv1.2' | 'TLSv1.3', wire: Wire): Promise<Outcome> {
  const [near, far] = [new End({ size: wire.size, isSlow: wire.isSlow ?? false }), new End(wire)];
  near.peer = far;
  far.peer = near;
  const secureContext = tls.createSecureContext({ ...identity(), maxVersion: version });
  const server = new tls.TLSSocket(far, { isServer: true, secureContext });
  server.connection.setVerify(SSL.VERIFY_NONE);
  server.on('error', () => {}).end(data);
  const client = new tls.TLSSocket(near, { secureContext: tls.createSecureContext({ ca }) });
  const pieces: Buffer[] = [];
  let hasEnded = false;
  let error: Error | undefined;
  client.on('data', (piece: Buffer) => pieces.push(piece));
  client.on('end', () => {
    hasEnded = true;
  });
  client.on('error', (reason: Error) => {
    error = reason;
  });
  await new Promise((resolve) => client.once('close', resolve));
  server.destroy();
  return { received: Buffer.concat(pieces), hasEnded, error, carried: far.carried };
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: in pieces of any size, at once or one by one`, async (t) => {
    for (const size of [1, 2, 5, 6, 100, 1459, 16_384, 100_000]) {
      for (const isSlow of size < 100 ? [false] : [false, true]) {
        const outcome = await transfer(version, { size, isSlow });
        t.is(digest(outcome.received), digest(data), `${size} ${isSlow}`);
        t.like(outcome, { hasEnded: true, error: undefined });
      }
    }
  });

  for (const how of ['end', 'destroy'] as const) {
    test(`${version}: cut anywhere by ${how}, nothing passes for whole`, async (t) => {
      const { carried } = await transfer(version, { size: 1459 });
      // each byte of the first records, then one of 499: the handshake has all of its states there
      const places = Array.from({ length: carried }, (_, at) => at).filter(
        (at) => at % (at < 120 ? 1 : 499) === 0,
      );
      t.true(places.length > 150);
      for (const at of places) {
        const outcome = await transfer(version, { size: 1459, cut: { at, how } });
        t.true(data.subarray(0, outcome.received.length).equals(outcome.received), `${at}: a beginning`);
        t.false(outcome.hasEnded && outcome.received.length < data.length, `${at}: not an end in order`);
        if (how === 'end') t.true(outcome.error instanceof Error, `${at}: an error`);
      }
    });
  }
}
