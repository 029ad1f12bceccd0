// A server of HTTPS: node:http's Server over TLSSockets.

import {
  Server as HttpServer,
  type ServerOptions as HttpServerOptions,
  type RequestListener,
} from 'node:http';
import type { Socket } from 'node:net';
import { requireOptions } from '../crypto/arguments.ts';
import type { Context } from '../ssl/context.ts';
import { Acceptor, type SecureServerOptions, secureServerOptionNames } from '../tls/acceptor.ts';
import type { OneOrMore, SecureContextOptions } from '../tls/secure-context.ts';

/** How a server is made: as one of `tls`, and as one of node:http. */
export interface ServerOptions extends SecureServerOptions, HttpServerOptions {}

/** The options of node:http's createServer, of Node 20 to 26. */
const httpNames = [
  ...(['IncomingMessage', 'ServerResponse', 'allowHalfOpen', 'connectionsCheckingInterval'] as const),
  ...([
    'headersTimeout',
    'highWaterMark',
    'insecureHTTPParser',
    'joinDuplicateHeaders',
    'keepAlive',
  ] as const),
  ...(['keepAliveInitialDelay', 'keepAliveTimeout', 'keepAliveTimeoutBuffer', 'maxHeaderSize'] as const),
  ...(['noDelay', 'optimizeEmptyRequests', 'pauseOnConnect', 'rejectNonStandardBodyWrites'] as const),
  ...(['requestTimeout', 'requireHostHeader', 'shouldUpgradeCallback', 'uniqueHeaders'] as const),
] as readonly (keyof ServerOptions)[];

/**
 * A server of node:http whose connections are TLSSockets. Its events are those of node:http, and `secureConnection` and
 * `tlsClientError` of a server of `tls`.
 */
export class Server extends HttpServer {
  readonly #acceptor: Acceptor;

  /**
   * @param options - see {@link ServerOptions}; without certificate and key no client can connect
   * @param listener - of `request`
   * @throws as {@link tls.createSecureContext}
   */
  constructor(options: ServerOptions, listener?: RequestListener) {
    const own = requireOptions<ServerOptions>(options, 'options', [...secureServerOptionNames, ...httpNames]);
    super(chosen(own, httpNames), listener);
    // node:http speaks the one protocol
    this.#acceptor = new Acceptor(this, {
      ALPNProtocols: ['http/1.1'],
      ...chosen(own, secureServerOptionNames),
    });
    const [onPlain] = this.listeners('connection') as ((socket: object) => void)[];
    this.removeAllListeners('connection');
    // nobody reads what the connection will read
    Object.assign(this, { pauseOnConnect: true });
    this.on('connection', (socket: Socket) => this.#acceptor.accept(socket, true, own.noDelay ?? true));
    this.on('secureConnection', (socket: object) => onPlain?.call(this, socket));
  }

  /**
   * Uses another certificate and key, or anything else of a context, for every connection to come.
   * @throws as {@link tls.createSecureContext}
   */
  setSecureContext(options: SecureContextOptions): void {
    this.#acceptor.setSecureContext(options);
  }

  /**
   * Replaces the keys of session tickets: the first one makes tickets, all of them read.
   * @param keys - as {@link SSL.Context.setTicketKeys} takes them, or one of them
   * @throws as {@link SSL.Context.setTicketKeys}
   */
  setTicketKeys(keys: OneOrMore<Uint8Array>): void {
    this.#acceptor.setTicketKeys(keys);
  }

  /**
   * The present keys of session tickets.
   * @throws {OpenSSLError} there are no random bytes
   */
  getTicketKeys(): Buffer[] {
    return this.#acceptor.getTicketKeys();
  }

  /**
   * Uses another context for clients that ask for a name (SNI).
   * @param hostname - a `*` stands for one label; the last one that fits counts
   * @param context - or the options of one
   * @throws as {@link tls.createSecureContext}
   */
  addContext(hostname: string, context: Context | SecureContextOptions): void {
    this.#acceptor.addContext(hostname, context);
  }
}

function chosen<Options extends object>(options: Options, names: readonly string[]): Partial<Options> {
  const given = Object.entries(options).filter(
    ([name, value]) => names.includes(name) && value !== undefined,
  );
  return Object.fromEntries(given) as Partial<Options>;
}

/**
 * Makes a {@link Server}.
 * @param options - see {@link ServerOptions}
 * @param listener - of `request`
 * @throws as {@link tls.createSecureContext}
 */
export function createServer(options: ServerOptions, listener?: RequestListener): Server {
  return new Server(options, listener);
}
