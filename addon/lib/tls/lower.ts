// What lies below a TLSSocket: the descriptor of a socket, from which OpenSSL reads and to which it writes by itself, or any stream,
// between which and OpenSSL's memory the bytes are carried here.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ConnectionNumber } from '../native/ssl-binding.ts';
import { native } from '../native.ts';
import { Connection, connectionHandle } from '../ssl/connection.ts';
import type { Context } from '../ssl/context.ts';
import { hasWatcher, WatchEvent, watch } from '../ssl/waiters.ts';

/** What is told about what lies below. */
interface LowerEvents {
  /** Something has come, or more can be sent. */
  onProgress(): void;
  /** It broke. */
  onFailure(error: Error): void;
}

export interface Lower {
  readonly connection: Connection;
  start(events: LowerEvents): void;
  /** What is waited for, bits of WatchEvent; in the place of what was before. */
  wait(events: number): void;
  /** Sends what the connection has to send. `done` is called when the next may be sent. */
  flush(done?: (error?: Error | null) => void): void;
  /** Nothing more is sent. */
  end(): void;
  /** Lets go: at once, or when what was handed over has been sent. */
  close(isAtOnce: boolean): void;
  setReferenced(isReferenced: boolean): void;
}

/** How much is read from a socket at once: four whole records. */
const readAheadBytes = 65536 + 4 * 64;

/**
 * Finds the way to a stream: by the descriptor, if it is a connected socket of this process's own that nobody has begun to read.
 */
export function openLower(context: Context, stream: Duplex): Lower {
  const descriptor = hasWatcher ? freshDescriptor(stream) : undefined;
  if (descriptor === undefined) return new StreamLower(context, stream);
  return new DescriptorLower(context, stream as Socket, descriptor);
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

class DescriptorLower implements Lower {
  readonly connection: Connection;
  readonly #socket: Socket;
  #events: LowerEvents | undefined;
  #watched = 0;

  constructor(context: Context, socket: Socket, descriptor: number) {
    this.connection = new Connection(context, descriptor);
    this.#socket = socket;
    native.connectionReadAhead(connectionHandle(this.connection), readAheadBytes);
  }

  start(events: LowerEvents): void {
    this.#events = events;
    this.#socket.on('error', (error) => events.onFailure(error));
  }

  wait(events: number): void {
    if (events === this.#watched) return;
    this.#watched = events;
    watch(connectionHandle(this.connection), events, this.#onEvent);
  }

  flush(done?: (error?: Error | null) => void): void {
    done?.();
  }

  end(): void {
    this.connection.sockShutdown();
  }

  close(): void {
    this.#watched = 0;
    this.connection.close();
    this.#socket.destroy();
  }

  setReferenced(isReferenced: boolean): void {
    native.connectionSetReferenced?.(connectionHandle(this.connection), isReferenced);
    this.#socket[isReferenced ? 'ref' : 'unref']();
  }

  readonly #onEvent = () => this.#events?.onProgress();
}

class StreamLower implements Lower {
  readonly connection: Connection;
  readonly #stream: Duplex;
  #isReading = false;
  #isOver = false;

  constructor(context: Context, stream: Duplex) {
    this.connection = new Connection(context);
    this.#stream = stream;
    native.connectionReadAhead(connectionHandle(this.connection), readAheadBytes);
  }

  start(events: LowerEvents): void {
    const stream = this.#stream;
    const onEnd = () => {
      if (this.#isOver) return;
      this.#isOver = true;
      this.connection.bioShutdown();
      events.onProgress();
    };
    stream.on('data', (bytes: Uint8Array | string) => {
      if (this.#isOver) return;
      this.connection.bioWrite(bytes);
      events.onProgress();
    });
    stream.on('end', onEnd);
    stream.on('error', (error) => events.onFailure(error));
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
    const handle = connectionHandle(this.connection);
    const size = native.connectionNumber(handle, ConnectionNumber.output);
    if (size === 0 || this.#stream.destroyed) {
      done?.();
      return;
    }
    const bytes = Buffer.allocUnsafeSlow(size);
    native.connectionOutput(handle, bytes);
    this.#stream.write(bytes, done);
  }

  end(): void {
    this.#stream.end();
  }

  close(isAtOnce: boolean): void {
    this.#isOver = true;
    this.connection.close();
    const socket = this.#stream as Partial<Socket> & Duplex;
    // it may still be read by the peer: an alert, or the last words
    if (isAtOnce || socket.destroySoon === undefined) socket.destroy();
    else socket.destroySoon();
  }

  setReferenced(isReferenced: boolean): void {
    (this.#stream as Partial<Socket>)[isReferenced ? 'ref' : 'unref']?.call(this.#stream);
  }
}
