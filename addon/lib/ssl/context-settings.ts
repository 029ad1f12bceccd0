// What is below a context: its handle, its callbacks and its store, and the rule that nothing changes after the first connection.

import { type Passphrase, wrongArgument } from '../crypto/arguments.ts';
import { storeHandle, X509Store } from '../crypto/store.ts';
import { ContextList, ContextNumber, HookEvent, type SslContextHandle } from '../native/ssl-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { requireFunction } from './arguments.ts';
import type { Callbacks } from './callbacks.ts';

export class ContextSettings {
  readonly handle: SslContextHandle;
  callbacks: Readonly<Callbacks> = Object.freeze({});
  passphrase: Passphrase | undefined;
  appData: unknown = null;
  /** There is a connection: see {@link changed}. */
  isInUse = false;
  /** What it trusts, and whether other contexts trust the same. */
  store = new X509Store();
  isStoreShared = false;

  /** @throws {OpenSSLError} the version cannot be used */
  constructor(isDatagram: boolean, role: number, version: number) {
    this.handle = native.sslContextNew(isDatagram, role, version);
    native.sslContextSetStore(this.handle, storeHandle(this.store));
  }

  /**
   * The handle, where the context may still be changed.
   * @throws {OpenSSLError} ERR_CONTEXT_IN_USE
   */
  changed(): SslContextHandle {
    if (!this.isInUse) return this.handle;
    throw new OpenSSLError(
      'the context has a connection and can no longer be changed: make another one, or set the connection',
      [],
      { code: 'ERR_CONTEXT_IN_USE' },
    );
  }

  number(which: keyof typeof ContextNumber): number {
    return native.sslContextNumber(this.handle, ContextNumber[which]);
  }

  setNumber(which: keyof typeof ContextNumber, value: number): number {
    return native.sslContextSetNumber(this.changed(), ContextNumber[which], value);
  }

  setList(which: keyof typeof ContextList, list: string): void {
    native.sslContextSetList(this.changed(), ContextList[which], list);
  }

  setCallback<Name extends keyof Callbacks>(name: Name, callback: Callbacks[Name]): void {
    const handle = this.changed();
    if (callback !== undefined || name !== 'verify') requireFunction(callback, 'callback');
    this.callbacks = Object.freeze({ ...this.callbacks, [name]: callback });
    native.sslContextEnable(handle, 1 << HookEvent[name]);
  }

  useStore(store: X509Store, isShared: boolean): void {
    native.sslContextSetStore(this.changed(), storeHandle(store));
    this.store = store;
    this.isStoreShared = isShared;
  }
}

let read: (context: unknown) => ContextSettings;

/** What all parts of a context have. Each part adds the methods of one subject to the one before: a context is all of them. */
export abstract class ContextBase {
  readonly #settings: ContextSettings;

  static {
    read = (context) => {
      if (typeof context === 'object' && context !== null && #settings in context) return context.#settings;
      throw wrongArgument('a Context', 'context', context, false);
    };
  }

  protected constructor(settings: ContextSettings) {
    this.#settings = settings;
  }
}

/** @throws {TypeError} not a Context */
export function settingsOf(context: unknown): ContextSettings {
  return read(context);
}
