// What a context says of this side's own certificates and key.

import {
  FILETYPE_PEM,
  type FileType,
  type Passphrase,
  requireIterable,
  wrongArgument,
} from '../crypto/arguments.ts';
import { certificateHandle, loadCertificate, loadCertificates, type X509 } from '../crypto/certificate.ts';
import { keyHandle, type PKey } from '../crypto/key.ts';
import { loadPrivatekey } from '../crypto/key-format.ts';
import { native } from '../native.ts';
import { readFileNamed } from './arguments.ts';
import { ContextProtocols } from './context-protocols.ts';
import { settingsOf } from './context-settings.ts';

/** The part of a context that is about the own certificates. */
export abstract class ContextCertificates extends ContextProtocols {
  /**
   * Uses a certificate as the own one.
   * @param cert - copied now
   * @throws {TypeError} not an X509
   * @throws {OpenSSLError} it is not complete, too weak, or does not belong to the key that was set; the context is in use
   * @see SSL_CTX_use_certificate(3)
   */
  useCertificate(cert: X509): void {
    native.sslContextUseCertificate(settingsOf(this).changed(), certificateHandle(cert, 'cert'));
  }

  /**
   * Reads the own certificate from a file.
   * @param certfile - its path
   * @param filetype - default FILETYPE_PEM
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a NUL, or no such type
   * @throws {OpenSSLError} as {@link useCertificate}, or the file cannot be read, or holds none
   */
  useCertificateFile(certfile: string, filetype: FileType = FILETYPE_PEM): void {
    const bytes = readFileNamed(certfile, 'certfile');
    this.useCertificate(loadCertificate(filetype, bytes));
  }

  /**
   * Reads the own certificate and those of its issuers from a file, in this order, in the place of those before.
   * @param certfile - path of a PEM file
   * @throws {TypeError} not a string
   * @throws {RangeError} a NUL
   * @throws {OpenSSLError} as {@link useCertificate}, or the file cannot be read, or holds none
   * @see SSL_CTX_use_certificate_chain_file(3)
   */
  useCertificateChainFile(certfile: string): void {
    const bytes = readFileNamed(certfile, 'certfile');
    this.useCertificateChain(loadCertificates(FILETYPE_PEM, bytes));
  }

  /**
   * Uses a certificate as the own one, with those of its issuers, in the place of those before.
   * @param certs - the own one first; copied now
   * @throws {TypeError} something else than X509s
   * @throws {RangeError} none at all
   * @throws {OpenSSLError} as {@link useCertificate}
   * @see SSL_CTX_set0_chain(3)
   */
  useCertificateChain(certs: Iterable<X509>): void {
    const list = [...requireIterable(certs, 'an iterable of X509s', 'certs')];
    if (list.length === 0) throw new RangeError('Expected at least one X509 for certs, got none');
    const handles = list.map((cert, index) => certificateHandle(cert, `certs[${index}]`));
    native.sslContextUseChain(settingsOf(this).changed(), handles);
  }

  /**
   * Sends one more certificate along with the own one, where {@link useCertificateChain} has set no others.
   * @param cert - of an issuer; copied now
   * @throws {TypeError} not an X509
   * @throws {OpenSSLError} it is not complete, or the context is in use
   * @see SSL_CTX_add_extra_chain_cert(3)
   */
  addExtraChainCert(cert: X509): void {
    native.sslContextAddChainCertificate(settingsOf(this).changed(), certificateHandle(cert, 'cert'));
  }

  /**
   * Uses a key as the own one.
   * @param pkey - the private key of the certificate
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} it does not belong to the certificate that was set; the context is in use
   * @see SSL_CTX_use_PrivateKey(3)
   */
  usePrivatekey(pkey: PKey): void {
    native.sslContextUseKey(settingsOf(this).changed(), keyHandle(pkey, 'pkey'));
  }

  /**
   * Reads the own key from a file; where it is encrypted, {@link setPasswdCb} says the passphrase.
   * @param keyfile - its path
   * @param filetype - default FILETYPE_PEM
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a NUL, or no such type
   * @throws {OpenSSLError} as {@link usePrivatekey}, or the file cannot be read, or holds none, or another passphrase is needed
   */
  usePrivatekeyFile(keyfile: string, filetype: FileType = FILETYPE_PEM): void {
    settingsOf(this).changed();
    const bytes = readFileNamed(keyfile, 'keyfile');
    this.usePrivatekey(loadPrivatekey(filetype, bytes, settingsOf(this).passphrase));
  }

  /**
   * The passphrase of {@link usePrivatekeyFile}.
   * @param callback - a function that answers it, or the passphrase itself; it is asked when a file is read
   * @throws {TypeError} neither a function nor a string nor a Uint8Array
   * @throws {OpenSSLError} the context is in use
   */
  setPasswdCb(callback: Passphrase): void {
    settingsOf(this).changed();
    const isRight =
      typeof callback === 'function' || typeof callback === 'string' || callback instanceof Uint8Array;
    if (!isRight) throw wrongArgument('a function, a string or a Uint8Array', 'callback', callback, false);
    settingsOf(this).passphrase = callback;
  }

  /**
   * Checks that the own key belongs to the own certificate.
   * @throws {OpenSSLError} it does not, or one of the two is missing
   * @see SSL_CTX_check_private_key(3)
   */
  checkPrivatekey(): void {
    native.sslContextCheckKey(settingsOf(this).handle);
  }
}
