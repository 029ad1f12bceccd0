// What a context says of the peer's certificate: whether it is verified, what is trusted, and whom a server asks for.

import { TRUST_SERVER_AUTHENTICATION } from '../ca-bundle/purposes.ts';
import { FILETYPE_PEM, requireInteger, requireIterable } from '../crypto/arguments.ts';
import { certificateHandle, loadCertificates, type X509 } from '../crypto/certificate.ts';
import { nameHandle, type X509Name } from '../crypto/name.ts';
import { X509Store } from '../crypto/store.ts';
import { native } from '../native.ts';
import { readFileNamed, requireVerifyMode } from './arguments.ts';
import type { VerifyCallback } from './callbacks.ts';
import { ContextCertificates } from './context-certificates.ts';
import { settingsOf } from './context-settings.ts';

/** The part of a context that is about verification. */
export abstract class ContextVerification extends ContextCertificates {
  /**
   * What certificates of peers are verified with; what is added to it counts at once.
   */
  getCertStore(): X509Store {
    const settings = settingsOf(this);
    // whoever has it may change it
    if (settings.isStoreShared) settings.useStore(X509Store.fromCaBundle(TRUST_SERVER_AUTHENTICATION), false);
    return settings.store;
  }

  /**
   * Trusts what files hold, see {@link X509Store.loadLocations}.
   * @throws {TypeError} neither of the two, or wrong argument types
   * @throws {RangeError} an empty path, one with NUL, or a URL that is no path
   * @throws {OpenSSLError} the file cannot be read, or holds neither certificate nor list; the context is in use
   * @see SSL_CTX_load_verify_locations(3)
   */
  loadVerifyLocations(
    cafile?: string | URL | Uint8Array | null,
    capath?: string | URL | Uint8Array | null,
  ): void {
    settingsOf(this).changed();
    this.getCertStore().loadLocations(cafile, capath);
  }

  /**
   * Trusts what OpenSSL's default places hold, see {@link X509Store.setDefaultPaths}.
   * @throws {OpenSSLError} memory ran out, or the context is in use
   * @see SSL_CTX_set_default_verify_paths(3)
   */
  setDefaultVerifyPaths(): void {
    settingsOf(this).changed();
    this.getCertStore().setDefaultPaths();
  }

  /**
   * Sets whether the peer's certificate is verified, and who else is asked.
   * @param mode - constants whose names begin with VERIFY, joined with `|`
   * @param callback - is called for each certificate, the root first, and again for each thing that is wrong; its answer counts
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} no combination of the constants
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_verify(3)
   */
  setVerify(mode: number, callback?: VerifyCallback | null): void {
    const handle = settingsOf(this).changed();
    const wanted = requireVerifyMode(mode);
    settingsOf(this).setCallback('verify', callback ?? undefined);
    native.sslContextSetVerify(handle, wanted);
  }

  /**
   * What {@link setVerify} was told.
   */
  getVerifyMode(): number {
    return settingsOf(this).number('verifyMode');
  }

  /**
   * Sets how many issuers are allowed between the peer's certificate and the root.
   * @param depth - 0 to 100
   * @throws {TypeError} not a number
   * @throws {RangeError} outside that range
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_verify_depth(3)
   */
  setVerifyDepth(depth: number): void {
    settingsOf(this).setNumber('verifyDepth', requireInteger(depth, 'depth', 0, 100));
  }

  /**
   * What {@link setVerifyDepth} was told; -1 before.
   */
  getVerifyDepth(): number {
    return settingsOf(this).number('verifyDepth');
  }

  /**
   * Of a server: whose certificates it asks clients for, from a file.
   * @param cafile - path of a PEM file
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} the file cannot be read, or holds no certificate, or the context is in use
   * @see SSL_load_client_CA_file(3)
   */
  loadClientCa(cafile: string): void {
    const certs = loadCertificates(FILETYPE_PEM, readFileNamed(cafile, 'cafile'));
    this.setClientCaList(certs.map((cert) => cert.getSubject()));
  }

  /**
   * Of a server: whose certificates it asks clients for.
   * @param certificateAuthorities - names, copied now, in the place of those before
   * @throws {TypeError} something else than X509Names
   * @throws {OpenSSLError} the context is in use
   * @see SSL_CTX_set_client_CA_list(3)
   */
  setClientCaList(certificateAuthorities: Iterable<X509Name>): void {
    const names = [
      ...requireIterable(certificateAuthorities, 'an iterable of X509Names', 'certificateAuthorities'),
    ];
    const handles = names.map((name, index) => nameHandle(name, `certificateAuthorities[${index}]`));
    native.sslContextSetClientAuthorities(settingsOf(this).changed(), handles);
  }

  /**
   * Of a server: asks clients for certificates of one more authority.
   * @param certificateAuthority - its certificate
   * @throws {TypeError} not an X509
   * @throws {OpenSSLError} the certificate is not complete, or the context is in use
   * @see SSL_CTX_add_client_CA(3)
   */
  addClientCa(certificateAuthority: X509): void {
    const handle = certificateHandle(certificateAuthority, 'certificateAuthority');
    native.sslContextAddClientAuthority(settingsOf(this).changed(), handle);
  }
}
