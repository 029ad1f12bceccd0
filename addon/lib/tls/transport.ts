// The transport below a TLSSocket: the descriptor of a socket, from which OpenSSL reads and to which it writes by itself, or any stream,
// between which and OpenSSL's memory the bytes are carried here.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ConnectionNumber } from '../native/ssl-binding.ts';
import { native } from '../native.ts';
import type { ConnectionCore } from '../ssl/connection-core.ts';
import { hasWatcher, WatchEvent, watch } from '../ssl/waiters.ts';

export interface Transport {
  /** Whether somebody has destroyed the socket whose descriptor is used. */
  readonly isGone: boolean;
  /** Tells from now on when something has come or more can be sent, and when nothing can be sent any more. */
  start(onProgress: () => void, onFailure: (error: Error) => void): void;
  /** What is waited for, bits of WatchEvent; in the place of what was before. */
  wait(events: number): void;
  /** Sends what the connection has to send. `done` is called when the next may be sent. */
  flush(done?: (error?: Error | null) => void): void;
  /** Nothing more is sent, not even answers to what the peer may still ask for. */
  end(): void;
  /** Lets go: at once, or when what there is has been sent, as far as that can be. */
  close(isAtOnce: boolean): void;
  setReferenced(isReferenced: boolean): void;
}

/** How much may wait in a socket while the next is encrypted. */
const aheadBytes = 4 * 65536;

/** How much is read from a socket at once: four whole records. */
const readAheadBytes = 65536 + 4 * 64;

/**
 * Finds the way to a stream: by the descriptor, if it is a connected socket of this process's own that nobody has begun to read.
 * @param connection - over memory, before its handshake
 * @throws {SysCallError} the descriptor cannot be duplicated
 */
export function openTransport(connection: ConnectionCore, stream: Duplex): Transport {
  native.connectionReadAhead(connection.handle, readAheadBytes);
  const descriptor = hasWatcher ? freshDescriptor(stream) : undefined;
  if (descriptor === undefined) return new StreamTransport(connection, stream);
  connection.useDescriptor(descriptor, true);
  return new DescriptorTransport(connection, stream as Socket);
}

/** Node has no public way to ask for it. What is not as expected here is carried as a stream. */
function freshDescriptor(stream: Duplex): number | undefined {
  const { _handle: handle } = stream as { _handle?: { readonly fd?: unknown; readonly reading?: unknown } };
  const fd = handle?.fd;
  const isFresh =
    typeof fd === 'number' &&
    fd >= 0 &&
    handle?.reading === false &&
    stream.isPaused() &&
    stream.readableLength === 0 &&
    stream.writableLength === 0 &&
    (stream as Socket).bytesRead === 0;
  return isFresh ? fd : undefined;
}

/** A socket that is not connected yet: nothing can be done. */
export class PendingTransport implements Transport {
  readonly isGone = false;
  readonly #connection: ConnectionCore;
  readonly #socket: Duplex;

  constructor(connection: ConnectionCore, socket: Duplex) {
    this.#connection = connection;
    this.#socket = socket;
  }

  start(): void {}

  wait(): void {}

  flush(): void {}

  end(): void {}

  close(): void {
    this.#connection.close();
    this.#socket.destroy();
  }

  setReferenced(isReferenced: boolean): void {
    referTo(this.#socket, isReferenced);
  }
}

class DescriptorTransport implements Transport {
  readonly #connection: ConnectionCore;
  readonly #socket: Socket;
  #onProgress: (() => void) | undefined;
  #onFailure: ((error: Error) => void) | undefined;
  #watched = 0;
  /** The socket takes no more, and `flush` is to be called again when it does. */
  #isFull = false;
  #onSent: ((error?: Error | null) => void) | undefined;

  constructor(connection: ConnectionCore, socket: Socket) {
    this.#connection = connection;
    this.#socket = socket;
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  start(onProgress: () => void, onFailure: (error: Error) => void): void {
    this.#onProgress = onProgress;
    this.#onFailure = onFailure;
  }

  wait(wanted: number): void {
    const events = this.#isFull ? wanted | WatchEvent.write : wanted;
    if (events === this.#watched || this.#connection.isClosed) return;
    this.#watched = events;
    watch(this.#connection.handle, events, this.#onEvent);
  }

  flush(done?: (error?: Error | null) => void): void {
    this.#onSent ??= done;
    try {
      this.#isFull = this.#connection.flush() !== 0;
    } catch (error) {
      this.#onFailure?.(error as Error);
      return;
    }
    if (this.#isFull) return;
    const onSent = this.#onSent;
    this.#onSent = undefined;
    onSent?.();
  }

  end(): void {
    if (!this.#connection.isClosed) native.connectionEndOutput?.(this.#connection.handle, true);
  }

  close(): void {
    this.#watched = 0;
    this.#onSent = undefined;
    // somebody may have closed it below
    if (!this.#connection.isClosed) native.connectionFlush?.(this.#connection.handle);
    this.#connection.close();
    this.#socket.destroy();
  }

  setReferenced(isReferenced: boolean): void {
    if (!this.#connection.isClosed) native.connectionSetReferenced?.(this.#connection.handle, isReferenced);
    referTo(this.#socket, isReferenced);
  }

  readonly #onEvent = () => this.#onProgress?.();
}

class StreamTransport implements Transport {
  readonly #connection: ConnectionCore;
  readonly #stream: Duplex;
  #isReading = false;
  #isEnded = false;
  readonly isGone = false;
  #isOver = false;

  constructor(connection: ConnectionCore, stream: Duplex) {
    this.#connection = connection;
    this.#stream = stream;
  }

  start(onProgress: () => void, onFailure: (error: Error) => void): void {
    const stream = this.#stream;
    const take = (put: () => void) => {
      try {
        put();
      } catch (error) {
        // somebody has closed the connection below
        onFailure(error as Error);
        return;
      }
      onProgress();
    };
    const onEnd = () => {
      if (this.#isOver) return;
      this.#isOver = true;
      take(() => native.connectionEndInput(this.#connection.handle));
    };
    stream.on('data', (bytes: Uint8Array | string) => {
      if (!this.#isOver) take(() => this.#connection.receive(bytes));
    });
    stream.on('end', onEnd);
    stream.on('close', onEnd);
    // whoever made it may have paused it
    stream.resume();
    this.#isReading = true;
  }

  wait(events: number): void {
    // what is to be sent can always be put into memory
    const isReading = (events & WatchEvent.read) !== 0;
    if (isReading === this.#isReading) return;
    this.#isReading = isReading;
    this.#stream[isReading ? 'resume' : 'pause']();
  }

  flush(done?: (error?: Error | null) => void): void {
    const handle = this.#connection.handle;
    const size = native.connectionNumber(handle, ConnectionNumber.output);
    if (size === 0 || this.#stream.destroyed) {
      done?.();
      return;
    }
    const bytes = Buffer.allocUnsafeSlow(size);
    native.connectionOutput(handle, bytes);
    if (this.#isEnded) done?.();
    else if (this.#mayRunAhead(size)) {
      this.#stream.write(bytes);
      done?.();
    } else this.#stream.write(bytes, done);
  }

  /** Whether the next may be encrypted while this is sent: of a socket, which sends all before it goes, see `close`. */
  #mayRunAhead(size: number): boolean {
    const { destroySoon, writableLength } = this.#stream as Partial<Socket> & Duplex;
    return destroySoon !== undefined && writableLength + size <= aheadBytes;
  }

  end(): void {
    this.#isEnded = true;
    this.#stream.end();
  }

  close(isAtOnce: boolean): void {
    this.#isOver = true;
    if (!isAtOnce) this.flush();
    this.#connection.close();
    const socket = this.#stream as Partial<Socket> & Duplex;
    // it may still be read by the peer: an alert, or the last words
    if (isAtOnce || socket.destroySoon === undefined) socket.destroy();
    else socket.destroySoon();
  }

  setReferenced(isReferenced: boolean): void {
    referTo(this.#stream, isReferenced);
  }
}

function referTo(stream: Duplex, isReferenced: boolean): void {
  (stream as Partial<Socket>)[isReferenced ? 'ref' : 'unref']?.call(stream);
}
