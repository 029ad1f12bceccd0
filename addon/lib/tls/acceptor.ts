// What the servers of `tls` and `https` share: the context, and each connection's handshake.

import type { Server as NetServer, Socket } from 'node:net';
import {
  requireBoolean,
  requireInteger,
  requireOptions,
  requireText,
  wrongArgument,
} from '../crypto/arguments.ts';
import { NO_OVERLAPPING_PROTOCOLS } from '../ssl/callbacks.ts';
import { type Connection, connectionCore } from '../ssl/connection.ts';
import { VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_NONE, VERIFY_PEER } from '../ssl/constants.ts';
import { Context } from '../ssl/context.ts';
import {
  contextOptions,
  createSecureContext,
  isSecureContext,
  keysOfTickets,
  type OneOrMore,
  type SecureContextOptions,
  secureContextOptionNames,
} from './secure-context.ts';
import { continueHandshake, makeTLSSocket, type TLSSocket } from './tls-socket.ts';

/** How a server of TLS is set up, in node:tls's names. */
export interface SecureServerOptions extends SecureContextOptions {
  /** Replaces all options of a context; it must not have a connection yet. */
  readonly secureContext?: Context;
  /** Whether clients are asked for a certificate (default false, or what a `SSL.Context` in `secureContext` says). */
  readonly requestCert?: boolean;
  /** With `requestCert`: whether a client without a valid certificate is refused (default true). */
  readonly rejectUnauthorized?: boolean;
  /** The protocols that it speaks, the best first; a client that offers none of them is refused. */
  readonly ALPNProtocols?: readonly string[];
  /** Answers the context for the name that a client asks for, or a promise of it; undefined for the server's own. */
  readonly SNICallback?: (servername: string) => Context | undefined | PromiseLike<Context | undefined>;
  /** How long a handshake may take, in milliseconds; 0 for ever (default 120000). */
  readonly handshakeTimeout?: number;
}

/** @internal */
export const secureServerOptionNames: readonly (keyof SecureServerOptions)[] = [
  ...secureContextOptionNames,
  ...(['secureContext', 'requestCert', 'rejectUnauthorized', 'ALPNProtocols', 'SNICallback'] as const),
  'handshakeTimeout',
];

interface NamedContext {
  readonly pattern: RegExp;
  readonly context: Context;
}

/** An answer of SNICallback that is still to come, has come, or failed. */
interface Choice {
  isDone: boolean;
  error?: unknown;
}

export class Acceptor {
  readonly #server: NetServer;
  readonly #options: SecureServerOptions;
  readonly #requestCert: boolean | undefined;
  readonly #isLenient: boolean;
  readonly #handshakeTimeout: number;
  #context: Context;
  /** The keys of tickets that the caller has set since the context was made: they outlive it. */
  #ticketKeys: readonly Uint8Array[] | undefined;
  #named: readonly NamedContext[] = [];
  readonly #choices = new WeakMap<Connection, Choice>();
  readonly #sockets = new WeakMap<Connection, TLSSocket>();

  /** @throws as createSecureContext */
  constructor(server: NetServer, given: SecureServerOptions) {
    const options = requireOptions<SecureServerOptions>(given, 'options', secureServerOptionNames);
    const { requestCert, rejectUnauthorized = true, handshakeTimeout = 120_000 } = options;
    this.#requestCert =
      requestCert === undefined ? undefined : requireBoolean(requestCert, 'options.requestCert');
    this.#isLenient =
      requestCert === true && !requireBoolean(rejectUnauthorized, 'options.rejectUnauthorized');
    this.#handshakeTimeout = requireInteger(handshakeTimeout, 'options.handshakeTimeout', 0, 2 ** 31 - 1);
    this.#server = server;
    this.#options = options;
    this.#context = this.#makeContext(options);
  }

  /** Every connection to come uses what is given here. */
  setSecureContext(options: SecureContextOptions): void {
    const { secureContext: _replaced, ...own } = this.#options;
    const given = requireOptions<SecureContextOptions>(options, 'options', secureContextOptionNames);
    const merged = requireOptions<SecureServerOptions>(
      { ...own, ...given },
      'options',
      secureServerOptionNames,
    );
    this.#context = this.#makeContext(merged);
    if (given.ticketKeys !== undefined || given.ticketKeyLifetime !== undefined) this.#ticketKeys = undefined;
    if (this.#ticketKeys !== undefined) this.#context.setTicketKeys(this.#ticketKeys);
  }

  /** @param keys - as `setTicketKeys` of a context takes them, or one of them */
  setTicketKeys(keys: OneOrMore<Uint8Array>): void {
    this.#context.setTicketKeys(keysOfTickets(keys));
    this.#ticketKeys = this.#context.getTicketKeys();
  }

  getTicketKeys(): Buffer[] {
    return this.#context.getTicketKeys();
  }

  /** @param hostname - a `*` stands for one label */
  addContext(hostname: string, context: Context | SecureContextOptions): void {
    const pattern = requireText(hostname, 'hostname')
      .replace(/[.^$+?()[\]{}|\\]/g, '\\$&')
      .replaceAll('*', '[^.]+');
    const made = context instanceof Context ? context : createSecureContext(context);
    // the last one that fits counts
    this.#named = [{ pattern: new RegExp(`^${pattern}$`, 'i'), context: made }, ...this.#named];
  }

  /** Shakes hands on a socket that nobody reads. */
  accept(socket: Socket, isHalfOpenAllowed: boolean, isNoDelay: boolean): void {
    let tls: TLSSocket;
    try {
      const context = this.#context;
      tls = makeTLSSocket(
        socket,
        {
          secureContext: context,
          isServer: true,
          allowHalfOpen: isHalfOpenAllowed,
          handshakeTimeout: this.#handshakeTimeout,
          noDelay: isNoDelay,
        },
        { prepare: (connection) => this.#setVerification(connection, context) },
      );
    } catch (error) {
      socket.destroy();
      this.#server.emit('tlsClientError', error, socket);
      return;
    }
    this.#sockets.set(tls.connection, tls);
    let isSecure = false;
    // it stays, as in node:tls: a client that goes away must not end a server that listens to no errors of its connections
    tls.on('error', (error) => {
      if (!isSecure) this.#server.emit('tlsClientError', error, tls);
    });
    tls.once('secure', () => {
      isSecure = true;
      this.#server.emit('secureConnection', tls);
    });
  }

  /** Whether a client is asked for a certificate: what the options say, or a context of `SSL`. */
  #setVerification(connection: Connection, context: Context): void {
    const core = connectionCore(connection);
    if (this.#isLenient) core.verifyLeniently();
    else if (this.#requestCert === true) core.setVerifyMode(VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT);
    else if (this.#requestCert === false || isSecureContext(context)) core.setVerifyMode(VERIFY_NONE);
  }

  #makeContext(options: SecureServerOptions): Context {
    const { ALPNProtocols, SNICallback } = options;
    const own = contextOptions(options);
    const { secureContext = createSecureContext(own) } = options;
    if (ALPNProtocols !== undefined) selectFrom(secureContext, ALPNProtocols);
    if (SNICallback !== undefined && typeof SNICallback !== 'function')
      throw wrongArgument('a function', 'options.SNICallback', SNICallback, false);
    secureContext.setTlsextServernameCallback((connection) => this.#chooseContext(connection));
    return secureContext;
  }

  /** @returns false: it will be asked again, when a promise is settled */
  #chooseContext(connection: Connection): boolean {
    const name = connection.getServername();
    if (name === null) return true;
    const choice = this.#choices.get(connection);
    if (choice !== undefined) {
      if ('error' in choice) throw choice.error;
      return choice.isDone;
    }
    const answer = this.#options.SNICallback?.(name);
    if (isPromise(answer)) {
      this.#awaitContext(connection, name, answer);
      return false;
    }
    this.#use(connection, name, answer);
    return true;
  }

  #use(connection: Connection, name: string, answer: Context | undefined): void {
    const context = answer ?? this.#named.find(({ pattern }) => pattern.test(name))?.context;
    if (context !== undefined) connection.setContext(context);
  }

  async #awaitContext(
    connection: Connection,
    name: string,
    answer: PromiseLike<Context | undefined>,
  ): Promise<void> {
    const choice: Choice = { isDone: false };
    this.#choices.set(connection, choice);
    try {
      const context = await answer;
      // the handshake may have been given up meanwhile
      if (this.#sockets.get(connection)?.destroyed === true) return;
      this.#use(connection, name, context);
      choice.isDone = true;
    } catch (error) {
      choice.error = error;
    }
    const socket = this.#sockets.get(connection);
    // what a listener throws is not this promise's
    if (socket !== undefined) process.nextTick(continueHandshake, socket);
  }
}

function isPromise<Value>(answer: Value | PromiseLike<Value>): answer is PromiseLike<Value> {
  return typeof (answer as Partial<PromiseLike<Value>> | undefined)?.then === 'function';
}

function selectFrom(context: Context, protocols: readonly string[]): void {
  const own = [...protocols];
  context.setAlpnSelectCallback((_connection, offered) => {
    const names = offered.map((one) => one.toString('latin1'));
    const chosen = own.find((one) => names.includes(one));
    if (chosen !== undefined) return chosen;
    // RFC 7301: no_application_protocol; an empty answer is one that was not offered
    return names.length === 0 ? NO_OVERLAPPING_PROTOCOLS : '';
  });
}
