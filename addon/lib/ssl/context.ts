// What connections are made with: pyOpenSSL's Context. Its methods lie in one module for each subject.

import { requireInteger } from '../crypto/arguments.ts';
import type { X509Store } from '../crypto/store.ts';
import type { SslContextHandle } from '../native/ssl-binding.ts';
import type { Callbacks } from './callbacks.ts';
import { ContextCallbacks } from './context-callbacks.ts';
import { ContextSettings, settingsOf } from './context-settings.ts';

/** What a method number stands for: datagrams or not, both roles (0), a server (1) or a client (2), and the one version or any (0). */
const methods: Readonly<Record<number, readonly [isDatagram: boolean, role: number, version: number]>> = {
  3: [false, 0, 0],
  4: [false, 0, 0x301],
  5: [false, 0, 0x302],
  6: [false, 0, 0x303],
  7: [false, 0, 0],
  8: [false, 1, 0],
  9: [false, 2, 0],
  10: [true, 0, 0],
  11: [true, 1, 0],
  12: [true, 2, 0],
};

/**
 * What connections are made with: protocol versions, certificate and key, what is trusted, and callbacks. It is set up first and
 * used then: after its first {@link Connection} a method that changes it throws, with the code ERR_CONTEXT_IN_USE.
 *
 * A new context verifies nothing and trusts nothing: call {@link setVerify}, and {@link setDefaultVerifyPaths},
 * {@link loadVerifyLocations} or `getCertStore().addCaBundle(caBundle.TRUST_SERVER_AUTHENTICATION)`;
 * `connection.setVerifyOptions({ hostname })` checks for whom the certificate is.
 *
 * What a callback throws ends the handshake, and is the `cause` of the error; nothing of it is seen as a success.
 */
export class Context extends ContextCallbacks {
  /**
   * @param method - one of the constants whose names end in METHOD, such as TLS_METHOD
   * @throws {TypeError} not a number
   * @throws {RangeError} none of them: of SSL 2 and 3 there is none
   * @throws {OpenSSLError} the version cannot be used, by `openssl.cnf` for instance
   * @see SSL_CTX_new(3)
   */
  constructor(method: number) {
    const [isDatagram, role, version] = methods[requireInteger(method, 'method', 3, 12)] as [
      boolean,
      number,
      number,
    ];
    super(new ContextSettings(isDatagram, role, version));
  }

  /**
   * What {@link setAppData} was told; null before.
   */
  getAppData(): unknown {
    return settingsOf(this).appData;
  }

  /**
   * Keeps anything of the caller's.
   * @throws nothing: anything is kept
   */
  setAppData(data: unknown): void {
    settingsOf(this).appData = data;
  }
}

/** What a connection needs of its context. */
export interface ContextState {
  readonly handle: SslContextHandle;
  readonly callbacks: Readonly<Callbacks>;
}

/**
 * For a connection: from now on the context cannot be changed.
 * @throws {TypeError} not a Context
 */
export function usedContextState(context: unknown): ContextState {
  const settings = settingsOf(context);
  settings.isInUse = true;
  return settings;
}

/** Lets contexts trust the embedded roots of servers together. The first change makes a store of the context's own. */
export function trustSharedRoots(context: Context, store: X509Store): void {
  settingsOf(context).useStore(store, true);
}

/** The lowest version, 0 for the lowest that there is: what the configuration says, until somebody sets another. */
export function lowestVersion(context: Context): number {
  return settingsOf(context).number('minVersion');
}
