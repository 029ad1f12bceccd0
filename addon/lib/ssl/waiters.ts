// Who waits until a socket can be read or written: several at once, with one watcher of the event loop for all.

import type { ConnectionHandle } from '../native/ssl-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';

/** What a watcher says and is told; libuv's bits. */
export const WatchEvent = { read: 1, write: 2 } as const;

interface Waiter {
  readonly event: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Whether this runtime can watch descriptors. Bun has the functions of libuv by name alone: whoever calls them ends the process.
 */
export const hasWatcher: boolean = !('bun' in process.versions) && native.connectionWatch !== undefined;

/**
 * Watches the socket of a connection, in the place of what it was watched for before.
 * @param events - bits of {@link WatchEvent}; 0 stops
 * @throws {OpenSSLError} ERR_NO_WATCHER
 */
export function watch(connection: ConnectionHandle, events: number, callback?: WatchCallback): void {
  const isWatching = hasWatcher && native.connectionWatch?.(connection, events, callback);
  if (isWatching || events === 0) return;
  throw new OpenSSLError('this runtime has no event loop that can watch a socket', [], {
    code: 'ERR_NO_WATCHER',
  });
}

type WatchCallback = (status: number, events: number) => void;

export class Waiters {
  readonly #connection: ConnectionHandle;
  #waiters: readonly Waiter[] = [];

  constructor(connection: ConnectionHandle) {
    this.#connection = connection;
  }

  async wait(what: keyof typeof WatchEvent, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = withResolvers();
    const waiter = { event: WatchEvent[what], resolve, reject };
    const giveUp = () => {
      this.#remove((one) => one === waiter);
      reject(signal?.reason);
    };
    this.#waiters = [...this.#waiters, waiter];
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      this.#watch();
      await promise;
    } catch (error) {
      this.#remove((one) => one === waiter);
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  close(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters)
      reject(new OpenSSLError('the connection was closed', [], { code: 'ERR_CLOSED' }));
  }

  readonly #onEvent: WatchCallback = (status, events) => {
    // what is wrong, the next call says
    const isOver = (one: Waiter) => status !== 0 || (one.event & events) !== 0;
    const over = this.#waiters.filter(isOver);
    this.#remove(isOver);
    for (const { resolve } of over) resolve();
  };

  #remove(isOver: (one: Waiter) => boolean): void {
    const left = this.#waiters.filter((one) => !isOver(one));
    if (left.length === this.#waiters.length) return;
    this.#waiters = left;
    this.#watch();
  }

  #watch(): void {
    const events = this.#waiters.reduce((all, { event }) => all | event, 0);
    watch(this.#connection, events, this.#onEvent);
  }
}

function withResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
} {
  let resolve = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
