// What a context says of protocols: versions, options, ciphers, groups and what is negotiated beside them.

import { requireInteger, requireText, wrongArgument } from '../crypto/arguments.ts';
import type { EllipticCurve } from '../crypto/curves.ts';
import { requireSecurityLevel } from '../crypto/verify-options.ts';
import { native } from '../native.ts';
import { maxInteger, readFileNamed, requireBits } from './arguments.ts';
import type { AlpnSelectCallback } from './callbacks.ts';
import { ContextBase, settingsOf } from './context-settings.ts';
import { noNextProtocol } from './errors.ts';
import { protocolBytes } from './protocols.ts';

/** The part of a context that is about protocols. */
export abstract class ContextProtocols extends ContextBase {
  /**
   * Sets the lowest version.
   * @param version - such as TLS1_2_VERSION; 0 for the lowest that there is
   * @throws {TypeError} not a number
   * @throws {RangeError} no 16-bit number
   * @throws {OpenSSLError} a version that there is not, or the context is in use; one of DTLS is passed over by a context of TLS
   * @see SSL_CTX_set_min_proto_version(3)
   */
  setMinProtoVersion(version: number): void {
    settingsOf(this).setNumber('minVersion', requireInteger(version, 'version', 0, 0xffff));
  }

  /**
   * Sets the highest version.
   * @param version - such as TLS1_3_VERSION; 0 for the highest that there is
   * @throws {TypeError} not a number
   * @throws {RangeError} no 16-bit number
   * @throws {OpenSSLError} a version that there is not, or the context is in use; one of DTLS is passed over by a context of TLS
   * @see SSL_CTX_set_max_proto_version(3)
   */
  setMaxProtoVersion(version: number): void {
    settingsOf(this).setNumber('maxVersion', requireInteger(version, 'version', 0, 0xffff));
  }

  /**
   * Sets further options; those that are set stay.
   * @param options - constants whose names begin with OP, joined with `|`
   * @returns all that are set
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of bits
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_options(3)
   */
  setOptions(options: number): number {
    return settingsOf(this).setNumber('options', requireBits(options, 'options'));
  }

  /**
   * Takes options away.
   * @param options - constants whose names begin with OP, joined with `|`
   * @returns all that are still set
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of bits
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_clear_options(3)
   */
  clearOptions(options: number): number {
    return settingsOf(this).setNumber('clearOptions', requireBits(options, 'options'));
  }

  /**
   * Sets further modes; those that are set stay.
   * @param mode - constants whose names begin with MODE, joined with `|`
   * @returns all that are set
   * @throws {TypeError} not a number
   * @throws {RangeError} no combination of bits
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_mode(3)
   */
  setMode(mode: number): number {
    return settingsOf(this).setNumber('mode', requireInteger(mode, 'mode', 0, maxInteger));
  }

  /**
   * Chooses the ciphers of TLS 1.2 and below.
   * @param cipherList - names and words with colons between them, openssl-ciphers(1)
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} no cipher at all, or the context is in use
   * @see SSL_CTX_set_cipher_list(3)
   */
  setCipherList(cipherList: string): void {
    settingsOf(this).setList('ciphers', requireText(cipherList, 'cipherList'));
  }

  /**
   * Chooses the ciphers of TLS 1.3.
   * @param ciphersuites - names with colons between them, such as `TLS_AES_128_GCM_SHA256`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set_ciphersuites(3)
   */
  setTls13Ciphersuites(ciphersuites: string): void {
    settingsOf(this).setList('ciphersuites', requireText(ciphersuites, 'ciphersuites'));
  }

  /**
   * Chooses the groups of the key exchange, in order of preference.
   * @param groups - names with colons between them, such as `X25519MLKEM768:x25519`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set1_groups_list(3)
   */
  setGroups(groups: string): void {
    settingsOf(this).setList('groups', requireText(groups, 'groups'));
  }

  /**
   * Chooses the signature algorithms, in order of preference.
   * @param algorithms - names with colons between them, such as `ed25519:ECDSA+SHA256`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set1_sigalgs_list(3)
   */
  setSignatureAlgorithms(algorithms: string): void {
    settingsOf(this).setList('signatureAlgorithms', requireText(algorithms, 'algorithms'));
  }

  /**
   * Chooses one curve for the key exchange. {@link setGroups} takes several.
   * @param curve - what getEllipticCurve answers
   * @throws {TypeError} not a curve
   * @throws {OpenSSLError} the curve is none for TLS, or the context is in use
   */
  setTmpEcdh(curve: EllipticCurve): void {
    const name: unknown = (curve as Partial<EllipticCurve> | null | undefined)?.name;
    if (typeof name !== 'string') throw wrongArgument('an EllipticCurve', 'curve', curve, false);
    settingsOf(this).setList('groups', requireText(name, 'curve'));
  }

  /**
   * Reads Diffie-Hellman parameters from a file, for TLS 1.2 and below.
   * @param dhfile - path of a PEM file
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} the file cannot be read, holds no parameters, or ones that are too weak; the context is in use
   * @see SSL_CTX_set0_tmp_dh_pkey(3)
   */
  loadTmpDh(dhfile: string): void {
    const handle = settingsOf(this).changed();
    native.sslContextSetDhParameters(handle, readFileNamed(dhfile, 'dhfile'));
  }

  /**
   * Sets which strength keys, digests and ciphers must have.
   * @param level - 0 to 5
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_security_level(3)
   */
  setSecurityLevel(level: number): void {
    settingsOf(this).setNumber('securityLevel', requireSecurityLevel(level, 'level'));
  }

  /**
   * Of a client: the protocols that it offers, ALPN, RFC 7301.
   * @param protocols - in order of preference, each of 1 to 255 bytes
   * @throws {TypeError} something else than strings and Uint8Arrays
   * @throws {RangeError} none at all, or one of another length
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_alpn_protos(3)
   */
  setAlpnProtos(protocols: Iterable<string | Uint8Array>): void {
    native.sslContextSetProtocols(settingsOf(this).changed(), protocolBytes(protocols));
  }

  /**
   * Of a server: chooses one of the protocols that a client offers.
   * @param callback - answers one of them, or NO_OVERLAPPING_PROTOCOLS to go on without one
   * @throws {TypeError} not a function
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_alpn_select_cb(3)
   */
  setAlpnSelectCallback(callback: AlpnSelectCallback): void {
    settingsOf(this).setCallback('selectProtocol', callback);
  }

  /**
   * Next Protocol Negotiation, which ALPN has replaced: OpenSSL is built without it.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  setNpnAdvertiseCallback(_callback?: unknown): never {
    throw noNextProtocol('setNpnAdvertiseCallback', 'setAlpnSelectCallback');
  }

  /**
   * Next Protocol Negotiation, which ALPN has replaced: OpenSSL is built without it.
   * @throws {OpenSSLError} always, with the code ERR_REMOVED
   */
  setNpnSelectCallback(_callback?: unknown): never {
    throw noNextProtocol('setNpnSelectCallback', 'setAlpnProtos');
  }

  /**
   * Sets the profiles of SRTP, RFC 5764.
   * @param profiles - names with colons between them, such as `SRTP_AES128_CM_SHA1_80`
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} an unknown name, or the context is in use
   * @see SSL_CTX_set_tlsext_use_srtp(3)
   */
  setTlsextUseSrtp(profiles: string): void {
    native.sslContextSetSrtp(settingsOf(this).changed(), requireText(profiles, 'profiles'));
  }
}
