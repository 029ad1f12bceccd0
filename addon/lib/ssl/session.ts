// Sessions that a later connection goes on with: pyOpenSSL's Session.

import { requireBytes, wrongArgument } from '../crypto/arguments.ts';
import type { SessionHandle } from '../native/ssl-binding.ts';
import { native } from '../native.ts';

let handleOf: (session: unknown) => SessionHandle;
let make: (handle: SessionHandle) => Session;

/** What a client and a server agreed on. {@link Connection.setSession} goes on with it. It holds a secret, and shows none of it. */
export class Session {
  readonly #handle: SessionHandle;

  static {
    make = (handle) => new Session(handle);
    handleOf = (session) => {
      if (typeof session === 'object' && session !== null && #handle in session) return session.#handle;
      throw wrongArgument('a Session', 'session', session, false);
    };
  }

  private constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /**
   * Reads a session that {@link toDer} wrote, of this thread or of another one.
   * @throws {TypeError} not a Uint8Array
   * @throws {OpenSSLError} the bytes are no session
   * @see d2i_SSL_SESSION(3)
   */
  static fromDer(der: Uint8Array): Session {
    return createSession(native.sessionLoad(requireBytes(der, 'der')));
  }

  /**
   * The session as bytes, with its secret: who reads them can read the connections that go on with it.
   * @throws {OpenSSLError} the session cannot be written
   * @see i2d_SSL_SESSION(3)
   */
  toDer(): Buffer {
    return native.sessionDump(this.#handle);
  }

  /**
   * Its id; of TLS 1.3, one that has been made up.
   */
  getId(): Buffer {
    return native.sessionFacts(this.#handle).id;
  }

  /**
   * When it began, in whole seconds.
   */
  getTime(): Date {
    return new Date(native.sessionFacts(this.#handle).epochSeconds * 1000);
  }

  /**
   * How long it can be used, in seconds from its beginning.
   */
  getTimeout(): number {
    return native.sessionFacts(this.#handle).timeoutSeconds;
  }

  /**
   * Whether another connection can go on with it.
   */
  isResumable(): boolean {
    return native.sessionFacts(this.#handle).isResumable;
  }
}

/** @internal */
export function createSession(handle: SessionHandle): Session {
  return make(handle);
}

/** @internal */
export function sessionHandle(session: unknown): SessionHandle {
  return handleOf(session);
}
