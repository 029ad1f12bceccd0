// A connection that several tasks may use at once.

import { bytesOrText, requireBytes, requireInteger } from '../crypto/arguments.ts';
import { Outcome, type Work } from '../native/ssl-binding.ts';
import { connectionCore, Connection as SslConnection } from '../ssl/connection.ts';
import type { Context } from '../ssl/context.ts';
import { WantReadError, WantWriteError, WantX509LookupError, ZeroReturnError } from '../ssl/errors.ts';

const maxInteger = 2 ** 31 - 1;

/** The methods of a class, each with a promise of what it answers. */
export type AsynchronousMethods<Class> = {
  readonly [Name in keyof Class as Class[Name] extends (...words: never[]) => unknown
    ? Name
    : never]: Class[Name] extends (...words: infer Words) => infer Answer
    ? (...words: Words) => Promise<Awaited<Answer>>
    : never;
};

/** Runs one after the other what it is given. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<Answer>(work: () => Answer | Promise<Answer>): Promise<Answer> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}

interface State {
  readonly connection: SslConnection;
  /** Each call of OpenSSL. */
  readonly calls: Turns;
  /** All of what is received, or sent, with the waits in between: what belongs together is not mixed. */
  readonly receiving: Turns;
  readonly sending: Turns;
}

const states = new WeakMap<object, State>();

function stateOf(connection: object): State {
  const state = states.get(connection);
  if (state === undefined) throw new TypeError('Expected a tsafe.Connection');
  return state;
}

/** Those that are written out below. */
const ownMethods = ['doHandshake', 'send', 'sendall', 'recv', 'recvInto', 'shutdown', 'ready'] as const;

type OtherMethods = AsynchronousMethods<Omit<SslConnection, (typeof ownMethods)[number]>>;

/** Every other method of SSL.Connection, in its turn. */
function withMethods(): new () => OtherMethods {
  class Methods {}
  const others = Object.getOwnPropertyNames(SslConnection.prototype).filter(
    (name) => name !== 'constructor' && !(ownMethods as readonly string[]).includes(name),
  );
  for (const name of others) {
    const method = (SslConnection.prototype as unknown as Record<string, (...words: unknown[]) => unknown>)[
      name
    ];
    Object.defineProperty(Methods.prototype, name, {
      configurable: true,
      writable: true,
      value(this: object, ...words: unknown[]) {
        const { calls, connection } = stateOf(this);
        return calls.take(() => method?.apply(connection, words));
      },
    });
  }
  return Methods as unknown as new () => OtherMethods;
}

/**
 * A connection that several tasks may use at once. It has the methods of {@link SSL.Connection}, each with a promise of what it answers;
 * they take turns, and what takes time is done in another thread. Over a socket they wait until they can be done; over memory they
 * reject with WantReadError, as those do.
 *
 * A context with callbacks keeps the work in this thread: they are JavaScript.
 */
export class Connection extends withMethods() {
  /**
   * @param context - cannot be changed from now on
   * @param socket - null, or the descriptor of a connected socket, as for {@link SSL.Connection}
   * @throws as {@link SSL.Connection.new}
   */
  constructor(context: Context, socket: number | null = null) {
    super();
    const connection = new SslConnection(context, socket);
    states.set(this, { connection, calls: new Turns(), receiving: new Turns(), sending: new Turns() });
  }

  /**
   * Does the handshake.
   * @throws as {@link SSL.Connection.doHandshake}
   */
  async doHandshake(): Promise<void> {
    await until(stateOf(this), 'handshake');
  }

  /**
   * Sends data. Of several tasks each sends all of its part before the next one begins.
   * @param data - text is sent as UTF-8
   * @returns how many bytes: over a socket at least one, as many as fit into a record
   * @throws as {@link SSL.Connection.send}
   */
  async send(data: string | Uint8Array, _flags = 0): Promise<number> {
    const bytes = copyOf(data);
    const state = stateOf(this);
    return state.sending.take(() => sendSome(state, bytes));
  }

  /**
   * Sends all of the data.
   * @param data - text is sent as UTF-8
   * @returns how many bytes
   * @throws as {@link SSL.Connection.send}; a part may have been sent
   */
  async sendall(data: string | Uint8Array, _flags = 0): Promise<number> {
    const bytes = copyOf(data);
    const state = stateOf(this);
    return state.sending.take(async () => {
      for (let sent = 0; sent < bytes.length; ) sent += await sendSome(state, bytes.subarray(sent));
      return bytes.length;
    });
  }

  /**
   * Receives data.
   * @param bufsiz - how many bytes at most; of one record, which has up to 16384
   * @returns at least one byte
   * @throws as {@link SSL.Connection.recv}
   */
  async recv(bufsiz: number): Promise<Buffer> {
    const size = requireInteger(bufsiz, 'bufsiz', 1, maxInteger);
    const state = stateOf(this);
    return state.receiving.take(() => until(state, 'receiving', size)) as Promise<Buffer>;
  }

  /**
   * Receives data into memory of the caller's.
   * @param buffer - where to
   * @param nbytes - how many bytes at most (default: all of it)
   * @returns how many bytes were received
   * @throws as {@link SSL.Connection.recvInto}
   */
  async recvInto(buffer: Uint8Array, nbytes?: number | null): Promise<number> {
    const target = requireBytes(buffer, 'buffer');
    if (target.length === 0) throw new RangeError('Expected at least 1 byte for buffer, got none');
    const data = await this.recv(nbytes == null ? target.length : Math.min(nbytes, target.length));
    target.set(data);
    return data.length;
  }

  /**
   * Ends the own side, after everything that was to be sent before.
   * @returns whether the peer has ended its side too
   * @throws as {@link SSL.Connection.shutdown}
   */
  async shutdown(): Promise<boolean> {
    const state = stateOf(this);
    return state.sending.take(async () => (await until(state, 'shutdown')) === 1);
  }

  /**
   * Waits until something of the peer has come, or something can be sent. The other methods wait by themselves.
   * @throws as {@link SSL.Connection.ready}
   */
  async ready(what: 'read' | 'write', options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { calls, connection } = stateOf(this);
    // not in its turn: others go on meanwhile
    const waiting = await calls.take(() => ({ end: connection.ready(what, options) }));
    await waiting.end;
  }
}

/** Of the caller's data as it is now: it is sent later. */
function copyOf(data: string | Uint8Array): Uint8Array {
  return Buffer.from(bytesOrText(data, 'data'));
}

async function sendSome(state: State, bytes: Uint8Array): Promise<number> {
  return bytes.length === 0 ? 0 : ((await until(state, 'sending', bytes)) as number);
}

/** Calls in turn, and waits in between without holding up the others. */
async function until(state: State, work: Work, argument?: number | Uint8Array): Promise<number | Buffer> {
  const core = connectionCore(state.connection);
  for (;;) {
    const outcome = await state.calls.take(() => core.run(work, argument));
    if (typeof outcome !== 'number' || outcome >= 0) return outcome;
    if (outcome === Outcome.closed) throw new ZeroReturnError();
    if (outcome === Outcome.wantCertificate) throw new WantX509LookupError();
    const isReading = outcome === Outcome.wantRead;
    if (!core.hasSocket) throw isReading ? new WantReadError() : new WantWriteError();
    await core.wait(isReading ? 'read' : 'write');
  }
}
