// A server of TLS: node:tls's Server.

import { Server as NetServer, type ServerOpts } from 'node:net';
import { requireOptions } from '../crypto/arguments.ts';
import type { Context } from '../ssl/context.ts';
import { Acceptor, type SecureServerOptions, secureServerOptionNames } from './acceptor.ts';
import type { OneOrMore, SecureContextOptions } from './secure-context.ts';
import type { TLSSocket } from './tls-socket.ts';

/** How a server is made. */
export interface ServerOptions extends SecureServerOptions {
  /** Whether sending can go on after a client has ended its side (default false). */
  readonly allowHalfOpen?: boolean;
  /** Whether sockets send small segments at once, instead of waiting for an acknowledgement (default true). */
  readonly noDelay?: boolean;
  /** Of each socket: a silent client is asked whether it is there (default false). */
  readonly keepAlive?: boolean;
  /** After how many milliseconds, with `keepAlive` (default 0: the system's). */
  readonly keepAliveInitialDelay?: number;
}

/**
 * A server of node:net whose connections are TLSSockets: of the event `secureConnection`, when their handshake is done. One that
 * fails before is no error of the server's: the event `tlsClientError` tells of it, with the error and the socket.
 */
export class Server extends NetServer {
  readonly #acceptor: Acceptor;

  /**
   * @param options - see {@link ServerOptions}; without certificate and key no client can connect
   * @param listener - of `secureConnection`
   * @throws as {@link createSecureContext}
   */
  constructor(options: ServerOptions, listener?: (socket: TLSSocket) => void) {
    const own = requireOptions<ServerOptions>(options, 'options', [
      ...secureServerOptionNames,
      ...(['allowHalfOpen', 'noDelay', 'keepAlive', 'keepAliveInitialDelay'] as const),
    ]);
    const { allowHalfOpen = false, noDelay = true, keepAlive, keepAliveInitialDelay, ...secure } = own;
    const ofSockets = { noDelay, keepAlive, keepAliveInitialDelay };
    const given = Object.entries(ofSockets).filter(([, value]) => value !== undefined);
    super({ ...Object.fromEntries(given), allowHalfOpen: true, pauseOnConnect: true } as ServerOpts);
    this.#acceptor = new Acceptor(this, secure);
    this.on('connection', (socket) => this.#acceptor.accept(socket, allowHalfOpen, noDelay));
    if (listener !== undefined) this.on('secureConnection', listener);
  }

  /**
   * Uses another certificate and key, or anything else of a context, for every connection to come. Keys of {@link setTicketKeys} stay.
   * @param options - in the place of those that the server was made with; what is not given stays
   * @throws as {@link createSecureContext}
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
   * @throws as {@link createSecureContext}
   */
  addContext(hostname: string, context: Context | SecureContextOptions): void {
    this.#acceptor.addContext(hostname, context);
  }
}

/**
 * Makes a {@link Server}.
 * @param options - see {@link ServerOptions}
 * @param listener - of `secureConnection`
 * @throws as {@link createSecureContext}
 */
export function createServer(options: ServerOptions, listener?: (socket: TLSSocket) => void): Server {
  return new Server(options, listener);
}
