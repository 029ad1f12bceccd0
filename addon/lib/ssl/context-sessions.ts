// What a context says of sessions: which are kept, whose they are, and the keys of their tickets.

import { requireBytes, requireInteger, requireIterable } from '../crypto/arguments.ts';
import { native } from '../native.ts';
import { maxInteger } from './arguments.ts';
import type { NewSessionCallback } from './callbacks.ts';
import { settingsOf } from './context-settings.ts';
import { ContextVerification } from './context-verification.ts';

/** The part of a context that is about sessions. */
export abstract class ContextSessions extends ContextVerification {
  /**
   * Sets which of several applications a server's sessions belong to (default: random, so no other context resumes them). Contexts
   * with the same id resume each other's sessions where the server name, the verification and the trusted authorities are the same.
   * @param id - at most 32 bytes
   * @throws {TypeError} not a Uint8Array
   * @throws {OpenSSLError} too many bytes, or the context is in use
   * @see SSL_CTX_set_session_id_context(3)
   */
  setSessionId(id: Uint8Array): void {
    native.sslContextSetSessionId(settingsOf(this).changed(), requireBytes(id, 'id'));
  }

  /**
   * Replaces the keys of a server's session tickets, at any time. Servers with the same keys and the same {@link setSessionId} resume each
   * other's sessions. A context has keys of its own until then, see {@link setTicketKeyLifetime}; these it keeps.
   * @param keys - the first one makes tickets, all of them read; each of 48 bytes (name 16, HMAC 16, AES 16, as node:tls has them) or of
   * 80 (name 16, HMAC 32, AES 32, as OpenSSL has them). A key decrypts every TLS 1.2 connection that used its tickets
   * @throws {TypeError} not a list of Uint8Arrays, or an empty one
   * @throws {RangeError} a key of another size
   * @see SSL_CTX_set_tlsext_ticket_key_evp_cb(3)
   */
  setTicketKeys(keys: Iterable<Uint8Array>): void {
    const all = [...requireIterable(keys, 'a list of Uint8Arrays', 'keys')].map(requireTicketKey);
    if (all.length === 0) throw new TypeError('Expected at least one key in keys, got none');
    native.sslContextSetTicketKeys(settingsOf(this).handle, all);
  }

  /**
   * The present keys of session tickets, as {@link setTicketKeys} takes them.
   * @throws {OpenSSLError} there are no random bytes
   */
  getTicketKeys(): Buffer[] {
    return native.sslContextTicketKeys(settingsOf(this).handle);
  }

  /**
   * Sets how long one of a context's own keys makes tickets. Then there is a new one, and the old one reads its tickets for as long again.
   * @param seconds - (default 43200: 12 hours)
   * @throws {TypeError | RangeError} not a number from 1
   */
  setTicketKeyLifetime(seconds: number): void {
    native.sslContextSetTicketKeyLifetime(
      settingsOf(this).handle,
      requireInteger(seconds, 'seconds', 1, maxInteger),
    );
  }

  /**
   * Sets which sessions OpenSSL keeps.
   * @param mode - constants whose names begin with SESS_CACHE, joined with `|`
   * @returns what was set before
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of them
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_session_cache_mode(3)
   */
  setSessionCacheMode(mode: number): number {
    const before = this.getSessionCacheMode();
    settingsOf(this).setNumber('sessionCacheMode', requireInteger(mode, 'mode', 0, 0xfff));
    return before;
  }

  /**
   * What {@link setSessionCacheMode} was told.
   */
  getSessionCacheMode(): number {
    return settingsOf(this).number('sessionCacheMode');
  }

  /**
   * Sets how many sessions OpenSSL keeps.
   * @param size - 0 for any number; 20480 at first
   * @throws {TypeError} not a number
   * @throws {RangeError} a negative one
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_sess_set_cache_size(3)
   */
  setSessionCacheSize(size: number): void {
    settingsOf(this).setNumber('sessionCacheSize', requireInteger(size, 'size', 0, maxInteger));
  }

  /**
   * Sets how long new sessions can be used.
   * @param seconds - 7200 at first
   * @returns what was set before
   * @throws {TypeError} not a number
   * @throws {RangeError} a negative one
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_timeout(3)
   */
  setTimeout(seconds: number): number {
    const before = this.getTimeout();
    settingsOf(this).setNumber('timeout', requireInteger(seconds, 'seconds', 0, maxInteger));
    return before;
  }

  /**
   * What {@link setTimeout} was told.
   */
  getTimeout(): number {
    return settingsOf(this).number('timeout');
  }

  /**
   * Of a server: how many tickets a client gets after a full handshake of TLS 1.3.
   * @param count - 0 to 255; 2 at first
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_num_tickets(3)
   */
  setNumTickets(count: number): void {
    settingsOf(this).setNumber('tickets', requireInteger(count, 'count', 0, 255));
  }

  /**
   * Is called with every session that a later connection can go on with.
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_sess_set_new_cb(3)
   */
  setNewSessionCallback(callback: NewSessionCallback): void {
    const mode = this.getSessionCacheMode();
    settingsOf(this).setCallback('newSession', callback);
    // OpenSSL asks about the sessions of clients only where it may keep them
    settingsOf(this).setNumber('sessionCacheMode', mode | 0x1);
  }
}

function requireTicketKey(key: unknown): Uint8Array {
  const bytes = requireBytes(key, 'keys');
  if (bytes.length === 48 || bytes.length === 80) return bytes;
  throw new RangeError(`Expected keys of 48 or 80 bytes in keys, got one of ${bytes.length} bytes`);
}
