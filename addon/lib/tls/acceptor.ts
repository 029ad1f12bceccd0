// What the servers of `tls` and `https` share: the context, and each connection's handshake.

import type { Server as NetServer, Socket } from 'node:net';
import { requireBoolean, requireInteger, requireText, wrongArgument } from '../crypto/arguments.ts';
import { type Connection, verifyLeniently } from '../ssl/connection.ts';
import { VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_NONE, VERIFY_PEER } from '../ssl/constants.ts';
import { Context, NO_OVERLAPPING_PROTOCOLS } from '../ssl/context.ts';
import {
  createSecureContext,
  type SecureContextOptions,
  secureContextOptionNames,
} from './secure-context.ts';
import { goOnShakingHands, TLSSocket } from './tls-socket.ts';

/** How a server of TLS is set up, in node:tls's names. */
export interface SecureServerOptions extends SecureContextOptions {
  /** In the place of all options of a context; it must not have a connection yet. */
  readonly secureContext?: Context;
  /** Whether clients are asked for a certificate (default false). */
  readonly requestCert?: boolean;
  /** With `requestCert`: whether a client without one, or with one that is not right, is refused (default true). */
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

/** An answer of SNICallback that is still to come; with `error`, one that failed. */
interface Choice {
  error?: unknown;
}

export class Acceptor {
  readonly #server: NetServer;
  readonly #options: SecureServerOptions;
  readonly #isLenient: boolean;
  readonly #handshakeTimeout: number;
  #context: Context;
  #named: readonly NamedContext[] = [];
  readonly #choices = new WeakMap<Connection, Choice>();
  readonly #sockets = new WeakMap<Connection, TLSSocket>();

  /** @throws as createSecureContext */
  constructor(server: NetServer, options: SecureServerOptions) {
    const { requestCert = false, rejectUnauthorized = true, handshakeTimeout = 120_000 } = options;
    const isAsking = requireBoolean(requestCert, 'options.requestCert');
    this.#isLenient = isAsking && !requireBoolean(rejectUnauthorized, 'options.rejectUnauthorized');
    this.#handshakeTimeout = requireInteger(handshakeTimeout, 'options.handshakeTimeout', 0, 2 ** 31 - 1);
    this.#server = server;
    this.#options = options;
    this.#context = this.#makeContext(options);
  }

  /** Every connection to come uses what is given here. */
  setSecureContext(options: SecureContextOptions): void {
    const { secureContext: _replaced, ...own } = this.#options;
    this.#context = this.#makeContext({ ...own, ...options });
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
  accept(socket: Socket, isHalfOpenAllowed: boolean): void {
    let tls: TLSSocket;
    try {
      tls = new TLSSocket(socket, {
        secureContext: this.#context,
        isServer: true,
        allowHalfOpen: isHalfOpenAllowed,
        handshakeTimeout: this.#handshakeTimeout,
        prepare: (connection) => {
          if (this.#isLenient) verifyLeniently(connection);
        },
      });
    } catch (error) {
      socket.destroy();
      this.#server.emit('tlsClientError', error, socket);
      return;
    }
    this.#sockets.set(tls.connection, tls);
    const onError = (error: Error) => this.#server.emit('tlsClientError', error, tls);
    tls.on('error', onError);
    tls.once('secure', () => {
      tls.off('error', onError);
      this.#server.emit('secureConnection', tls);
    });
  }

  #makeContext(options: SecureServerOptions): Context {
    const { requestCert = false, ALPNProtocols, SNICallback } = options;
    const { secureContext = createSecureContext(contextOptions(options)) } = options;
    if (options.secureContext === undefined)
      secureContext.setVerify(requestCert ? VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT : VERIFY_NONE);
    if (ALPNProtocols !== undefined) selectFrom(secureContext, ALPNProtocols);
    if (SNICallback !== undefined && typeof SNICallback !== 'function')
      throw wrongArgument('a function', 'options.SNICallback', SNICallback, false);
    secureContext.setTlsextServernameCallback((connection) => this.#chooseContext(connection));
    if (SNICallback !== undefined)
      secureContext.setCertificateCallback((connection) => this.#isChosen(connection));
    return secureContext;
  }

  #chooseContext(connection: Connection): void {
    const name = connection.getServername();
    if (name === null) return;
    const answer = this.#options.SNICallback?.(name);
    if (isPromise(answer)) this.#awaitContext(connection, name, answer);
    else this.#use(connection, name, answer);
  }

  #use(connection: Connection, name: string, answer: Context | undefined): void {
    const context = answer ?? this.#named.find(({ pattern }) => pattern.test(name))?.context;
    if (context !== undefined) connection.setContext(context);
  }

  /** OpenSSL asks for the certificate later, and then waits. */
  async #awaitContext(
    connection: Connection,
    name: string,
    answer: PromiseLike<Context | undefined>,
  ): Promise<void> {
    const choice: Choice = {};
    this.#choices.set(connection, choice);
    const socket = this.#sockets.get(connection);
    try {
      const context = await answer;
      if (socket?.destroyed !== true) this.#use(connection, name, context);
      this.#choices.delete(connection);
    } catch (error) {
      choice.error = error;
    }
    // what a listener throws is not this promise's
    if (socket !== undefined) process.nextTick(goOnShakingHands, socket);
  }

  #isChosen(connection: Connection): boolean {
    const choice = this.#choices.get(connection);
    if (choice !== undefined && 'error' in choice) throw choice.error;
    return choice === undefined;
  }
}

function isPromise<Value>(answer: Value | PromiseLike<Value>): answer is PromiseLike<Value> {
  return typeof (answer as Partial<PromiseLike<Value>> | undefined)?.then === 'function';
}

function contextOptions(options: SecureServerOptions): SecureContextOptions {
  const own = secureContextOptionNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(own.map((name) => [name, options[name]]));
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
