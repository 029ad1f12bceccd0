// The state machine of a TLSSocket: what it does when something has come, when more can be sent, and when the stream reads, writes or
// ends. It works over any transport, and emits nothing by itself.

import { Outcome } from '../native/ssl-binding.ts';
import { OpenSSLError } from '../openssl-error.ts';
import type { ConnectionCore } from '../ssl/connection-core.ts';
import { WatchEvent } from '../ssl/waiters.ts';
import { PendingWrite } from './pending-write.ts';
import { readBuffer, takeRead } from './read-buffer.ts';
import type { Transport } from './transport.ts';

type Done = (error?: Error | null) => void;

/** The stream that a machine works for. */
export interface StreamSide {
  /** The handshake is done. The stream judges the peer, and tells its listeners or closes the machine. */
  onSecure(): void;
  /** Takes what was received. @returns whether it takes more now */
  onData(bytes: Buffer): boolean;
  /** The peer has sent close_notify. */
  onEnd(): void;
  /** There may be a new session. @param isLater - the caller of a method must not be told before that returns */
  onSession(isLater: boolean): void;
  /** Something was, or can be, sent or received. */
  onActivity(): void;
  /** Hands over what was written in this tick. */
  onTickEnd(): void;
  /** The connection cannot continue: the stream closes the machine. No error: somebody else has closed the socket. */
  onFailure(error: Error | undefined): void;
}

/**
 * How often a connection reads and sends before others have their turn, and timers: each time as much as is read at once, 64 KiB.
 */
const turnsAtOnce = 4;

/**
 * It is at work or it waits. While it is at work, calls that come from listeners are noted and done in the same work; afterwards, the
 * transport is told what the machine waits for.
 */
export class StreamMachine {
  /** Bytes that were received, decrypted. */
  bytesRead = 0;
  /** Bytes that were sent, before encryption. */
  bytesWritten = 0;

  readonly #core: ConnectionCore;
  readonly #side: StreamSide;
  #transport: Transport;
  #isReferenced = true;
  #isBegun = false;
  #isSecure = false;
  #isClosed = false;
  #isReading = false;
  /** All that has come was read: the transport tells when there is more. */
  #isDrained = false;
  #write: PendingWrite | undefined;
  #final: Done | undefined;
  /** What each direction waits for, since TLS may have to read in order to write. */
  #readWaits: number = WatchEvent.read;
  #writeWaits: number = WatchEvent.write;
  #isAtWork = false;
  #hasMore = false;
  /** What has been read and sent since others had their turn. */
  #reads = 0;
  #sentBytes = 0;
  /** Continues when others have had their turn. */
  #nextTurn: NodeJS.Immediate | undefined;
  #afterTurn: (() => void) | undefined;
  #isEndingTick = false;
  /** The handshake was done in this work: the end of it leaves with what is written at once. */
  #isFresh = false;

  constructor(core: ConnectionCore, transport: Transport, side: StreamSide) {
    this.#core = core;
    this.#transport = transport;
    this.#side = side;
  }

  /** Whether the handshake is done. */
  get isSecure(): boolean {
    return this.#isSecure;
  }

  /** Begins the handshake in the next tick, so that whoever made the stream can listen first. */
  start(): void {
    this.#transport.start(
      () => this.#onProgress(),
      (error) => this.#side.onFailure(error),
    );
    this.#isBegun = true;
    process.nextTick(() => this.goOn());
  }

  /** Replaces the transport, before the start: the socket is connected now. */
  useTransport(transport: Transport): void {
    this.#transport = transport;
    if (!this.#isReferenced) transport.setReferenced(false);
  }

  setReferenced(isReferenced: boolean): void {
    this.#isReferenced = isReferenced;
    this.#transport.setReferenced(isReferenced);
  }

  /** Reads until the stream takes no more. It does nothing else: a method of the stream emits nothing before it returns. */
  read(): void {
    this.#isReading = true;
    this.#perform(() => {
      this.#readOn();
      if (!this.#isClosed) this.#side.onSession(true);
    });
  }

  /** Sends pieces; one at a time. @param done - called when the next may be sent */
  write(pieces: readonly Uint8Array[], done: Done): void {
    this.#write = new PendingWrite(pieces, done);
    this.#perform(() => this.#finishWriting());
  }

  /** Sends close_notify after everything that was written. */
  end(done: Done): void {
    this.#final = done;
    this.#perform(() => this.#finishWriting());
  }

  /** Does what can be done now, in both directions, and waits for the rest. */
  goOn(): void {
    // what it receives or sends may be answered at once
    this.#hasMore = true;
    if (this.#isAtWork || !this.#isBegun || this.#isClosed) return;
    if (this.#transport.isGone) {
      this.#side.onFailure(this.#isSecure ? undefined : closedEarly());
      return;
    }
    this.#isAtWork = true;
    try {
      while (this.#hasMore && !this.#isClosed) {
        this.#hasMore = false;
        if (this.#isSecure || this.#shakeHands()) this.#transfer();
      }
    } finally {
      this.#isAtWork = false;
    }
    this.#endWork();
  }

  /** At the end of this tick, what was written in it is handed over, and everything leaves together. */
  endTick(): void {
    if (this.#isEndingTick) return;
    this.#isEndingTick = true;
    process.nextTick(() => {
      this.#isEndingTick = false;
      this.#side.onTickEnd();
      this.#send();
    });
  }

  /**
   * Stops, and releases the transport; a write that waits for its turn is reported as done.
   * @param isAtOnce - nothing is sent any more
   */
  close(isAtOnce: boolean): void {
    this.#isClosed = true;
    clearImmediate(this.#nextTurn);
    this.#write = undefined;
    this.#afterTurn?.();
    this.#final = undefined;
    this.#transport.close(isAtOnce);
  }

  /** What a method of the stream does before it returns. What else has come is for the next event. */
  #perform(work: () => void): void {
    if (this.#isAtWork || !this.#isSecure) {
      // whoever is at work sees it
      this.#hasMore = true;
      return;
    }
    this.#isAtWork = true;
    try {
      work();
    } finally {
      this.#isAtWork = false;
    }
    this.#endWork();
  }

  /** Waits for what comes next. What OpenSSL has to say meanwhile leaves with what is written in this tick. */
  #endWork(): void {
    if (this.#isClosed) return;
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    if (this.#core.number('output') > 0) {
      // who waits for a promise of the handshake writes after this tick
      if (isFresh) setImmediate(() => this.#send());
      else this.endTick();
    }
    this.#transport.wait(this.#events());
  }

  #send(): void {
    if (this.#isClosed || !this.#isBegun || this.#core.number('output') === 0) return;
    this.#transport.flush();
    if (!this.#isClosed) this.#transport.wait(this.#events());
  }

  #events(): number {
    if (!this.#isSecure) return this.#readWaits;
    const forReading = this.#isReading ? this.#readWaits : 0;
    return this.#write === undefined && this.#final === undefined
      ? forReading
      : forReading | this.#writeWaits;
  }

  /** Continues when others have had their turn. */
  #yield(): void {
    this.#nextTurn ??= setImmediate(() => {
      this.#nextTurn = undefined;
      const after = this.#afterTurn;
      this.#afterTurn = undefined;
      after?.();
      this.#onProgress();
    });
  }

  #onProgress(): void {
    if (this.#nextTurn !== undefined) return;
    this.#isDrained = false;
    this.#reads = 0;
    this.#sentBytes = 0;
    this.goOn();
  }

  /** One operation, whose failure is that of the connection. What listeners throw is not caught with it. */
  #attempt(operation: () => number): number {
    try {
      return operation();
    } catch (error) {
      this.#side.onFailure(error as Error);
      return Outcome.failed;
    }
  }

  /** @returns whether it is done, and the connection continues */
  #shakeHands(): boolean {
    const outcome = this.#attempt(() => this.#core.handshake());
    if (outcome === Outcome.failed) return false;
    if (outcome < 0) {
      this.#transport.flush();
      if (outcome === Outcome.closed) this.#side.onFailure(closedEarly());
      this.#readWaits = awaited(outcome);
      return false;
    }
    this.#readWaits = WatchEvent.read;
    this.#isSecure = true;
    this.#isFresh = true;
    this.#side.onSecure();
    return !this.#isClosed;
  }

  #transfer(): void {
    this.#finishWriting();
    if (this.#isReading) this.#readOn();
    // a peer of TLS 1.3 sends them when it likes
    if (!this.#isClosed) this.#side.onSession(false);
  }

  #readOn(): void {
    while (this.#isReading && !this.#isDrained && !this.#isClosed) {
      if (this.#reads >= turnsAtOnce) {
        this.#yield();
        return;
      }
      this.#reads += 1;
      const target = readBuffer();
      const count = this.#attempt(() => this.#core.fill(target));
      if (count === Outcome.failed) return;
      if (count < 0) {
        this.#onReadOutcome(count);
        return;
      }
      this.bytesRead += count;
      this.#readWaits = WatchEvent.read;
      this.#isDrained = count < target.length && this.#core.number('hasEnding') === 0;
      this.#isReading = this.#side.onData(takeRead(target, count));
    }
  }

  #onReadOutcome(outcome: number): void {
    if (outcome === Outcome.closed) {
      this.#isReading = false;
      this.#side.onEnd();
      return;
    }
    this.#isDrained = true;
    this.#readWaits = outcome === Outcome.wantWrite ? WatchEvent.write : WatchEvent.read;
  }

  #finishWriting(): void {
    this.#side.onActivity();
    if (this.#write !== undefined) this.#writeOn(this.#write);
    if (this.#final !== undefined && this.#write === undefined) this.#finish(this.#final);
  }

  #writeOn(write: PendingWrite): void {
    const outcome = write.goOn((piece, offset) => {
      const count = this.#attempt(() => this.#core.write(piece, offset));
      if (count > 0) {
        this.bytesWritten += count;
        this.#sentBytes += count;
      }
      return count;
    });
    if (outcome === Outcome.failed) return;
    if (outcome < 0) {
      if (outcome === Outcome.closed) this.#side.onFailure(closedEarly());
      this.#writeWaits = outcome === Outcome.wantRead ? WatchEvent.read : WatchEvent.write;
      this.#transport.flush();
      return;
    }
    this.#write = undefined;
    this.#writeWaits = WatchEvent.write;
    this.#transport.flush(() => this.#wrote(write.done));
  }

  /** Asks for the next to send. */
  #wrote(done: Done): void {
    if (this.#sentBytes < turnsAtOnce * 65536) {
      done();
      return;
    }
    this.#afterTurn = done;
    this.#yield();
  }

  #finish(done: Done): void {
    const outcome = this.#attempt(() => this.#core.shutdown());
    if (outcome === Outcome.failed) return;
    if (outcome < 0 && outcome !== Outcome.closed) {
      this.#writeWaits = outcome === Outcome.wantRead ? WatchEvent.read : WatchEvent.write;
      return;
    }
    this.#final = undefined;
    this.#transport.flush(() => {
      if (!this.#isClosed) this.#transport.end();
      done();
    });
  }
}

/** What a handshake waits for; whoever makes a certificate says when it is there. */
function awaited(outcome: number): number {
  if (outcome === Outcome.wantCertificate) return 0;
  return outcome === Outcome.wantWrite ? WatchEvent.write : WatchEvent.read;
}

/** The error of a connection that was closed before its handshake was done. */
export function closedEarly(): OpenSSLError {
  return new OpenSSLError('the connection was closed before the handshake was done', [], {
    code: 'ERR_CLOSED',
  });
}
