// Certificates: pyOpenSSL's X509, load_certificate and dump_certificate.

import { inspect } from 'node:util';
import type { CertificateHandle } from '../native/certificate-binding.ts';
import { native } from '../native.ts';
import {
  encodedBytes,
  type FileType,
  requireFileType,
  requireText,
  writableTypes,
  wrongArgument,
} from './arguments.ts';
import { createPKey, type PKey } from './key.ts';
import { createX509Name, printable, type X509Name } from './name.ts';
import { dateOf } from './time.ts';

let create: (handle: CertificateHandle) => X509;
let handleOf: (certificate: unknown, name: string) => CertificateHandle;

/** A certificate. {@link loadCertificate} makes one. */
export class X509 {
  readonly #handle: CertificateHandle;

  private constructor(handle: CertificateHandle) {
    this.#handle = handle;
  }

  static {
    create = (handle) => new X509(handle);
    handleOf = (certificate, name) => {
      if (typeof certificate === 'object' && certificate !== null && #handle in certificate)
        return certificate.#handle;
      throw wrongArgument('an X509', name, certificate, false);
    };
  }

  /** The version as it is encoded: 0 for version 1, 2 for version 3. */
  getVersion(): number {
    return native.certificateVersion(this.#handle);
  }

  /** The serial number, of any size; negative where the certificate says so. */
  getSerialNumber(): bigint {
    return native.certificateSerial(this.#handle);
  }

  /**
   * The public key that the certificate is about.
   * @throws {OpenSSLError} it cannot be read: broken, or of an unknown kind
   */
  getPubkey(): PKey {
    return createPKey(native.certificatePublicKey(this.#handle));
  }

  /** Whom the certificate is for. */
  getSubject(): X509Name {
    return createX509Name(native.certificateSubject(this.#handle));
  }

  /** Who signed it. */
  getIssuer(): X509Name {
    return createX509Name(native.certificateIssuer(this.#handle));
  }

  /**
   * Start of the validity.
   * @throws {OpenSSLError} the certificate holds no valid time there
   */
  getNotBefore(): Date {
    return dateOf(native.certificateNotBefore(this.#handle));
  }

  /**
   * Start of the validity as ASN.1 has it, in pyOpenSSL's form `YYYYMMDDhhmmssZ`.
   * @throws {OpenSSLError} the certificate holds no valid time there
   */
  getNotBeforeText(): string {
    return native.certificateNotBefore(this.#handle).text;
  }

  /**
   * End of the validity.
   * @throws {OpenSSLError} the certificate holds no valid time there
   */
  getNotAfter(): Date {
    return dateOf(native.certificateNotAfter(this.#handle));
  }

  /**
   * End of the validity as ASN.1 has it, in pyOpenSSL's form `YYYYMMDDhhmmssZ`.
   * @throws {OpenSSLError} the certificate holds no valid time there
   */
  getNotAfterText(): string {
    return native.certificateNotAfter(this.#handle).text;
  }

  /**
   * Whether the end of the validity has passed. Says nothing about its start.
   * @throws {OpenSSLError} the certificate holds no valid time there
   */
  hasExpired(): boolean {
    return native.certificateNotAfter(this.#handle).epochSeconds * 1000 < Date.now();
  }

  /**
   * Digest of the DER encoding.
   * @param name - a digest that OpenSSL knows: `sha256`
   * @returns upper-case hex with colons: `AA:BB:…`
   * @throws {OpenSSLError} no provider has that digest
   */
  digest(name: string): string {
    requireText(name, 'name');
    const hex = native.certificateDigest(this.#handle, name).toString('hex').toUpperCase();
    return hex.replaceAll(/(..)(?=.)/g, '$1:');
  }

  [inspect.custom](): string {
    const subject = printable(() => this.getSubject().toString());
    const issuer = printable(() => this.getIssuer().toString());
    return `X509 { subject: ${subject}, issuer: ${issuer}, serial: 0x${this.getSerialNumber().toString(16)} }`;
  }
}

/**
 * Reads one certificate.
 * @param type - FILETYPE_PEM: the first certificate of the text, whatever stands around it; FILETYPE_ASN1: DER, and what
 *   follows its end is not looked at
 * @param buffer - the bytes; PEM may be a string as well
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type, or 2 GiB or more
 * @throws {OpenSSLError} not a certificate
 * @see PEM_read_bio_X509(3), d2i_X509(3)
 */
export function loadCertificate(type: FileType, buffer: string | Uint8Array): X509 {
  return create(native.loadCertificate(type, encodedBytes(type, buffer)));
}

/**
 * Writes a certificate.
 * @returns PEM or DER, or what `openssl x509 -text` prints, in UTF-8
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} the certificate cannot be written that way
 * @see X509_print_ex(3)
 */
export function dumpCertificate(type: FileType, certificate: X509): Buffer {
  requireFileType(type, writableTypes);
  return native.dumpCertificate(type, handleOf(certificate, 'certificate'));
}

/** @internal */
export function createX509(handle: CertificateHandle): X509 {
  return create(handle);
}

/** @internal */
export function certificateHandle(certificate: unknown, name = 'certificate'): CertificateHandle {
  return handleOf(certificate, name);
}
