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

/**
 * An agent for `node:https` and `node:http`, and for everything that takes one: its connections are TLSSockets of this package, to
 * servers that were verified. It goes on with earlier sessions.
 */
export class Agent extends HttpAgent {
  readonly #own: Partial<ConnectOptions>;
  readonly #maxSessions: number;
  readonly #sessions = new Map<string, Buffer>();
  readonly #ids = new WeakMap<object, number>();
  #lastId = 0;
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
    this.#maxSessions = Object.hasOwn(options, 'maxCachedSessions')
      ? (options.maxCachedSessions ?? 100)
      : 100;
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
    const wanted = { ...this.#own, ...chosen(options) };
    const parts = namedBy.map((name) => this.#word(wanted[name]));
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
    if (typeof value === 'string' || value instanceof Uint8Array)
      return nodeCrypto().createHash('sha256').update(value).digest('base64url');
    if (Array.isArray(value)) return value.map((one) => this.#word(one)).join(',');
    return `#${this.#numberOf(value as object)}`;
  }

  #numberOf(value: object): number {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    this.#lastId += 1;
    this.#ids.set(value, this.#lastId);
    return this.#lastId;
  }
}

function chosen(options: object): Partial<ConnectOptions> {
  const given = options as Partial<ConnectOptions>;
  // what `Object.prototype` has is not an option
  const found = names.filter(
    (name) => Object.hasOwn(given, name) && given[name] !== undefined && given[name] !== null,
  );
  return Object.fromEntries(found.map((name) => [name, given[name]]));
}
