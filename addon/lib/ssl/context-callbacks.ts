// The callbacks of a context: what OpenSSL asks or tells in the middle of a handshake.

import { requireFunction } from './arguments.ts';
import type { PskClientCallback, ServerNameCallback } from './callbacks.ts';
import type { Connection } from './connection.ts';
import { ContextSessions } from './context-sessions.ts';
import { settingsOf } from './context-settings.ts';

/** The part of a context that is about callbacks. */
export abstract class ContextCallbacks extends ContextSessions {
  /**
   * Sets the function that a server calls once for each connection, when the ClientHello has come and before a session is looked
   * up. {@link Connection.getServername} returns the requested name; {@link Connection.setContext}, {@link Connection.setVerify} and
   * {@link Connection.setVerifyOptions} choose by it. A session made under another choice is not resumed.
   * @param callback - returns false when it cannot choose yet: the handshake throws {@link WantX509LookupError}, and calls the
   *   function again when the handshake is continued. It must not return a promise
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_client_hello_cb(3)
   */
  setTlsextServernameCallback(callback: ServerNameCallback): void {
    settingsOf(this).setCallback('serverName', callback);
  }

  /**
   * Is called when the own certificate is needed: of a server in every handshake, of a client when the server asks for one.
   * {@link Connection.useCertificate}, {@link Connection.usePrivatekey} and {@link Connection.setContext} then give it.
   * @param callback - answers whether it is there now; false: the handshake throws {@link WantX509LookupError}, and is to be called
   *   again when it is
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_cert_cb(3)
   */
  setCertificateCallback(callback: (connection: Connection) => boolean): void {
    settingsOf(this).setCallback('certificate', callback);
  }

  /**
   * Is called at every step of a handshake and at every alert.
   * @param callback - `where` is bits of the constants whose names begin with SSL_CB and SSL_ST; `value` depends on it
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_info_callback(3)
   */
  setInfoCallback(callback: (connection: Connection, where: number, value: number) => void): void {
    settingsOf(this).setCallback('info', callback);
  }

  /**
   * Is called with the secrets of every connection, in the form that Wireshark reads.
   * @param callback - who gets the lines can read what is sent
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_keylog_callback(3)
   */
  setKeylogCallback(callback: (connection: Connection, line: string) => void): void {
    settingsOf(this).setCallback('keylog', callback);
  }

  /**
   * Of a server: answers the OCSP response that is sent to a client that asks for one.
   * @param callback - answers DER, or an empty array for none
   * @param data - is handed on to it
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_tlsext_status_cb(3)
   */
  setOcspServerCallback<Data = undefined>(
    callback: (connection: Connection, data: Data) => Uint8Array,
    data?: Data,
  ): void {
    requireFunction(callback, 'callback');
    settingsOf(this).setCallback('ocspServer', (connection) => callback(connection, data as Data));
  }

  /**
   * Of a client that asked for OCSP: judges the response.
   * @param callback - gets DER, or an empty array where the server sent none; answers whether to go on
   * @param data - is handed on to it
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_tlsext_status_cb(3)
   */
  setOcspClientCallback<Data = undefined>(
    callback: (connection: Connection, response: Buffer, data: Data) => boolean,
    data?: Data,
  ): void {
    requireFunction(callback, 'callback');
    settingsOf(this).setCallback('ocspClient', (connection, response) =>
      callback(connection, response, data as Data),
    );
  }

  /**
   * Of a server of DTLS: makes the cookie by which a client proves its address.
   * @param callback - answers 1 to 255 bytes, which nobody else can make: an HMAC of the address
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_cookie_generate_cb(3)
   */
  setCookieGenerateCallback(callback: (connection: Connection) => Uint8Array): void {
    settingsOf(this).setCallback('cookieGenerate', callback);
  }

  /**
   * Of a server of DTLS: whether a cookie is one of its own.
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_cookie_verify_cb(3)
   */
  setCookieVerifyCallback(callback: (connection: Connection, cookie: Buffer) => boolean): void {
    settingsOf(this).setCallback('cookieVerify', callback);
  }

  /**
   * Of a client: answers the key that it shares with the server.
   * @param callback - gets the server's hint, of TLS 1.2 and below; answers identity and key, or undefined for none
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_psk_client_callback(3)
   */
  setPskClientCallback(callback: PskClientCallback): void {
    settingsOf(this).setCallback('pskClient', callback);
  }

  /**
   * Of a server: answers the key that it shares with the client that names itself so.
   * @param callback - answers the key, or undefined for a client that it does not know
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_psk_server_callback(3)
   */
  setPskServerCallback(callback: (connection: Connection, identity: string) => Uint8Array | undefined): void {
    settingsOf(this).setCallback('pskServer', callback);
  }
}
