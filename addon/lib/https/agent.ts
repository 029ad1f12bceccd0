// The connections of HTTPS clients: an Agent of node:http over TLSSockets.

import { Agent as HttpAgent, type AgentOptions as HttpAgentOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { nodeCrypto } from '../node-modules.ts';
import { type ConnectOptions, connectOptionNames, startConnecting } from '../tls/connect.ts';
import type { TLSSocket } from '../tls/tls-socket.ts';

/** How an agent connects: as {@link tls.connect} does, and when it keeps connections, as node:http's agent says. */
export interface AgentOptions
  extends Omit<HttpAgentOptions, 'host' | 'port' | 'path' | 'signal' | 'noDelay'>,
    Omit<ConnectOptions, 'timeout' | 'signal' | 'socket'> {
  /** How many sessions are kept to go on with (default 100; 0: none). */
  readonly maxCachedSessions?: number;
}

/** What requests may say of the connection they want; what else node:http hands over is none of ours. */
const names = connectOptionNames.filter((name) => name !== 'signal' && name !== 'timeout');

/** What tells the connections of one name from those of another, beside what node:http looks at. */
const namedBy = names.filter((name) => !['host', 'port', 'path', 'socket', 'net', 'session'].includes(name));

type Done = (error: Error | null, socket: Duplex) => void;

type OnFree = (socket: Duplex, options: object) => void;

/** How many digests of texts are kept. */
const maxDigests = 1000;

/**
 * An agent for `node:https` and `node:http`, and for everything that takes one: its connections are TLSSockets of this package, to
 * servers that were verified. It goes on with earlier sessions.
 */
export class Agent extends HttpAgent {
  readonly #own: Partial<ConnectOptions>;
  /** The words of its own options, by name. */
  readonly #ownWords: ReadonlyMap<string, string>;
  readonly #maxSessions: number;
  readonly #sessions = new Map<string, Buffer>();
  readonly #ids = new WeakMap<object, number>();
  #lastId = 0;
  readonly #digests = new Map<string, string>();
  /** 443; node:http asks for it. */
  declare readonly defaultPort: number;
  /** `https:`; node:http asks for it. */
  declare readonly protocol: string;

  /**
   * @param options - see {@link AgentOptions}; what a request says counts more
   * @throws {TypeError | RangeError} as node:http's Agent
   */
  constructor(options: AgentOptions = {}) {
    super(options as HttpAgentOptions);
    Object.assign(this, { defaultPort: 443, protocol: 'https:' });
    this.#own = chosen(options);
    this.#ownWords = new Map(namedBy.map((name) => [name, this.#word(this.#own[name])]));
    this.#maxSessions = Object.hasOwn(options, 'maxCachedSessions')
      ? (options.maxCachedSessions ?? 100)
      : 100;
    const [onFree] = this.listeners('free') as OnFree[];
    this.removeAllListeners('free').on('free', (socket: Duplex, of: object) =>
      this.#release(socket, of, onFree),
    );
  }

  /**
   * Begins a connection, for node:http. What cannot be done is told to `done`, if there is one.
   * @throws as {@link tls.connect}
   */
  override createConnection(options: object, done?: Done): TLSSocket | undefined {
    try {
      return this.#connect(options as Partial<ConnectOptions>);
    } catch (error) {
      if (done === undefined) throw error;
      // node:http looks at the error first
      (done as (error: Error) => void)(error as Error);
      return undefined;
    }
  }

  /**
   * Names what may share connections, for node:http.
   * @throws nothing: anything has a name
   */
  override getName(options: object = {}): string {
    const given = options as Partial<ConnectOptions>;
    const parts = namedBy.map((name) => {
      const value = Object.hasOwn(given, name) ? (given[name] ?? undefined) : undefined;
      const isOwn = value === undefined || value === this.#own[name];
      return isOwn ? this.#ownWords.get(name) : this.#word(value);
    });
    return `${super.getName(options as Parameters<HttpAgent['getName']>[0])}:${parts.join(':')}`;
  }

  #connect(options: Partial<ConnectOptions>): TLSSocket {
    const key = this.getName(options);
    const wanted = { ...this.#own, ...chosen(options) } as ConnectOptions;
    const session = wanted.session ?? this.#sessions.get(key);
    const socket = startConnecting({ ...wanted, ...(session === undefined ? {} : { session }) });
    if (this.#maxSessions > 0) socket.on('session', (kept: Buffer) => this.#keep(key, kept));
    return socket;
  }

  /**
   * A connection whose request is done. Where it would be closed, a request that is made in this turn of the event loop takes it over: node:http
   * tells the server that it may.
   */
  #release(socket: Duplex, options: object, onFree: OnFree | undefined): void {
    const { keepAlive, maxSockets } = this as unknown as {
      readonly keepAlive: boolean;
      readonly maxSockets: number;
    };
    if (keepAlive || !Number.isFinite(maxSockets)) {
      onFree?.call(this, socket, options);
      return;
    }
    const ignore = () => {};
    socket.on('error', ignore);
    setImmediate(() => {
      socket.off('error', ignore);
      onFree?.call(this, socket, options);
    });
  }

  #keep(key: string, session: Buffer): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#maxSessions && oldest !== undefined) this.#sessions.delete(oldest);
  }

  /** A word for a setting. Texts may be keys, and names are shown: so their digest. */
  #word(value: unknown): string {
    if (value === undefined) return '';
    if (typeof value === 'boolean' || typeof value === 'number') return String(value);
    if (typeof value === 'string') return this.#digestOf(value);
    if (value instanceof Uint8Array) return digest(value);
    if (Array.isArray(value)) return value.map((one) => this.#word(one)).join(',');
    return `#${this.#numberOf(value as object)}`;
  }

  #digestOf(text: string): string {
    const known = this.#digests.get(text);
    if (known !== undefined) return known;
    if (this.#digests.size >= maxDigests) this.#digests.clear();
    const made = digest(text);
    this.#digests.set(text, made);
    return made;
  }

  #numberOf(value: object): number {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    this.#lastId += 1;
    this.#ids.set(value, this.#lastId);
    return this.#lastId;
  }
}

function digest(value: string | Uint8Array): string {
  return nodeCrypto().createHash('sha256').update(value).digest('base64url');
}

function chosen(options: object): Partial<ConnectOptions> {
  const given = options as Partial<ConnectOptions>;
  // what `Object.prototype` has is not an option
  const found = names.filter(
    (name) => Object.hasOwn(given, name) && given[name] !== undefined && given[name] !== null,
  );
  return Object.fromEntries(found.map((name) => [name, given[name]]));
}
