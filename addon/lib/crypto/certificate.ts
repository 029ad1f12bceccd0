// Certificates: pyOpenSSL's X509, load_certificate and dump_certificate.

import type { X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import type { CertificateHandle } from '../native/certificate-binding.ts';
import { native } from '../native.ts';
import { nodeCrypto } from '../node-modules.ts';
import { OpenSSLError } from '../openssl-error.ts';
import {
  encodedBytes,
  FILETYPE_ASN1,
  type FileType,
  requireBigInt,
  requireFileType,
  requireInteger,
  requireIterable,
  requireText,
  writableTypes,
  wrongArgument,
} from './arguments.ts';
import { configuredCertificate, type X509ConfigOptions } from './config-certificate.ts';
import { createX509Extension, extensionHandles, type X509Extension } from './extension.ts';
import { createHolding, Held } from './held.ts';
import { createPKey, keyHandle, type PKey } from './key.ts';
import { nameHandle, printable, viewX509Name, type X509Name } from './name.ts';
import { digestName } from './signature.ts';
import { dateOf, timeFromNow, timeText } from './time.ts';

let handleOf: (certificate: unknown, name: string) => CertificateHandle;

/** A certificate, RFC 5280 section 4.1. {@link loadCertificate} reads one; a new one is empty, of version 0. */
export class X509 {
  readonly #handle: CertificateHandle;

  /** Makes an empty certificate: the setters and {@link sign} fill it. */
  constructor();
  constructor(held?: unknown) {
    this.#handle = held instanceof Held ? held.handle : native.certificateNew();
  }

  static {
    handleOf = (certificate, name) => {
      if (typeof certificate === 'object' && certificate !== null && #handle in certificate)
        return certificate.#handle;
      throw wrongArgument('an X509', name, certificate, false);
    };
  }

  /**
   * Takes over a certificate of node:crypto. It crosses as DER: node has an OpenSSL of its own.
   * @throws {TypeError} not an X509Certificate
   * @throws {OpenSSLError} this OpenSSL cannot read it
   */
  static fromX509Certificate(certificate: X509Certificate): X509 {
    if (!(certificate instanceof nodeCrypto().X509Certificate))
      throw wrongArgument('an X509Certificate', 'certificate', certificate, false);
    return createX509(native.loadCertificate(FILETYPE_ASN1, certificate.raw));
  }

  /**
   * Makes a certificate as `openssl req -x509 -config` does: subject of a section, or of a request, the extensions that its
   * `x509_extensions` names, the digest of `default_md`, strings by `string_mask`; it is of version 3, with key identifiers that
   * are added where the section leaves them out, and does not say `none`. The text is Unicode already, so `utf8` does not count;
   * keys and passwords are not read from it, nor made.
   * @param config - text of an openssl.cnf, which must include no files
   * @param pkey - the private key that signs: of the certificate itself, or that of `options.issuer`
   * @param options - what the command line and the prompts would say
   * @returns the signed certificate
   * @throws {TypeError} wrong argument types, an answer to no question, or an issuer without a key to certify
   * @throws {RangeError} a text that would open a file or read the environment, no such section, a setting that has no such value,
   *   an unknown attribute, no subject, or an end before the start
   * @throws {OpenSSLError} no configuration, a value that does not fit, an unknown digest, or a key that cannot sign
   * @see config(5), openssl-req(1), x509v3_config(5)
   */
  static fromOpenSSLConfig(config: string, pkey: PKey, options: X509ConfigOptions = {}): X509 {
    return createX509(configuredCertificate(config, pkey, options));
  }

  /**
   * The same certificate for node:crypto. It crosses as DER.
   * @throws {OpenSSLError} it is not finished; ERR_NODE_CRYPTO: node's own OpenSSL cannot read it, `cause` is what it said
   */
  toX509Certificate(): X509Certificate {
    const der = native.dumpCertificate(FILETYPE_ASN1, this.#handle);
    try {
      return new (nodeCrypto().X509Certificate)(der);
    } catch (cause) {
      const message = "making an X509Certificate: node's own OpenSSL cannot read such a certificate";
      throw new OpenSSLError(message, [], { code: 'ERR_NODE_CRYPTO', cause });
    }
  }

  /**
   * Sets the version.
   * @param version - as it is encoded: 2 for version 3, the only one that may have extensions; 0 to 2147483647, as OpenSSL
   *   lets it be
   * @throws {TypeError} not a number
   * @throws {RangeError} not an integer in that range
   * @see X509_set_version(3)
   */
  setVersion(version: number): void {
    native.certificateSetVersion(this.#handle, requireInteger(version, 'version', 0, 0x7fff_ffff));
  }

  /** The version as it is encoded: 0 for version 1, 2 for version 3. */
  getVersion(): number {
    return native.certificateVersion(this.#handle);
  }

  /**
   * Sets the serial number.
   * @param serial - of any size up to 64 KiB; RFC 5280 wants it positive, of at most 20 bytes
   * @throws {TypeError} not a bigint
   * @throws {RangeError} more than 64 KiB
   * @see X509_set_serialNumber(3)
   */
  setSerialNumber(serial: bigint): void {
    native.certificateSetSerial(this.#handle, requireBigInt(serial, 'serial'));
  }

  /** The serial number, of any size; negative where the certificate says so. */
  getSerialNumber(): bigint {
    return native.certificateSerial(this.#handle);
  }

  /**
   * Sets the public key that the certificate is about.
   * @param pkey - a key, of which the public part is taken
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} its kind has no form for certificates
   * @see X509_set_pubkey(3)
   */
  setPubkey(pkey: PKey): void {
    native.certificateSetPublicKey(this.#handle, keyHandle(pkey, 'pkey'));
  }

  /**
   * The public key that the certificate is about.
   * @throws {OpenSSLError} there is none, or it cannot be read: broken, or of an unknown kind
   */
  getPubkey(): PKey {
    return createPKey(native.certificatePublicKey(this.#handle));
  }

  /** Whom the certificate is for: a view, so that changing it changes the certificate. */
  getSubject(): X509Name {
    return viewX509Name(
      () => native.certificateSubject(this.#handle),
      (name) => native.certificateSetSubject(this.#handle, name),
    );
  }

  /**
   * Sets whom the certificate is for.
   * @param subject - a name, which is copied
   * @throws {TypeError} not an X509Name
   */
  setSubject(subject: X509Name): void {
    native.certificateSetSubject(this.#handle, nameHandle(subject, 'subject'));
  }

  /** The hash of the subject, 32 bits: what `openssl rehash` names files by. */
  subjectNameHash(): number {
    return native.certificateSubjectHash(this.#handle);
  }

  /** Who signed it, or will: a view, so that changing it changes the certificate. */
  getIssuer(): X509Name {
    return viewX509Name(
      () => native.certificateIssuer(this.#handle),
      (name) => native.certificateSetIssuer(this.#handle, name),
    );
  }

  /**
   * Sets who signs it.
   * @param issuer - a name, which is copied
   * @throws {TypeError} not an X509Name
   */
  setIssuer(issuer: X509Name): void {
    native.certificateSetIssuer(this.#handle, nameHandle(issuer, 'issuer'));
  }

  /**
   * Sets the start of the validity.
   * @param when - a Date, of which milliseconds are cut off, or `YYYYMMDDhhmmssZ`. The encoding is that of RFC 5280: UTCTime from
   *   1950 to 2049, GeneralizedTime outside of it
   * @throws {TypeError} neither a Date nor a string
   * @throws {RangeError} an invalid Date, or one outside the years 0 to 9999
   * @throws {OpenSSLError} text that is no time
   * @see X509_set1_notBefore(3)
   */
  setNotBefore(when: Date | string): void {
    native.certificateSetNotBefore(this.#handle, timeText(when, 'when'));
  }

  /**
   * Sets the start of the validity to a time from now.
   * @param seconds - an integer; a negative one is before now
   * @throws {TypeError} not a number
   * @throws {RangeError} not an integer, or a time outside of the years 0 to 9999
   * @see X509_gmtime_adj(3)
   */
  gmtimeAdjNotBefore(seconds: number): void {
    native.certificateSetNotBefore(this.#handle, timeFromNow(seconds, 'seconds'));
  }

  /**
   * Start of the validity.
   * @throws {OpenSSLError} the certificate holds no valid time there, or none yet
   */
  getNotBefore(): Date {
    return dateOf(native.certificateNotBefore(this.#handle));
  }

  /**
   * Start of the validity as ASN.1 has it, in pyOpenSSL's form `YYYYMMDDhhmmssZ`.
   * @throws {OpenSSLError} the certificate holds no valid time there, or none yet
   */
  getNotBeforeText(): string {
    return native.certificateNotBefore(this.#handle).text;
  }

  /**
   * Sets the end of the validity.
   * @param when - a Date, of which milliseconds are cut off, or `YYYYMMDDhhmmssZ`. The encoding is that of RFC 5280: UTCTime from
   *   1950 to 2049, GeneralizedTime outside of it
   * @throws {TypeError} neither a Date nor a string
   * @throws {RangeError} an invalid Date, or one outside the years 0 to 9999
   * @throws {OpenSSLError} text that is no time
   * @see X509_set1_notAfter(3)
   */
  setNotAfter(when: Date | string): void {
    native.certificateSetNotAfter(this.#handle, timeText(when, 'when'));
  }

  /**
   * Sets the end of the validity to a time from now.
   * @param seconds - an integer; a negative one is before now
   * @throws {TypeError} not a number
   * @throws {RangeError} not an integer, or a time outside of the years 0 to 9999
   * @see X509_gmtime_adj(3)
   */
  gmtimeAdjNotAfter(seconds: number): void {
    native.certificateSetNotAfter(this.#handle, timeFromNow(seconds, 'seconds'));
  }

  /**
   * End of the validity.
   * @throws {OpenSSLError} the certificate holds no valid time there, or none yet
   */
  getNotAfter(): Date {
    return dateOf(native.certificateNotAfter(this.#handle));
  }

  /**
   * End of the validity as ASN.1 has it, in pyOpenSSL's form `YYYYMMDDhhmmssZ`.
   * @throws {OpenSSLError} the certificate holds no valid time there, or none yet
   */
  getNotAfterText(): string {
    return native.certificateNotAfter(this.#handle).text;
  }

  /**
   * Whether the end of the validity has passed. Says nothing about its start.
   * @throws {OpenSSLError} the certificate holds no valid time there, or none yet
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

  /** The number of extensions. */
  getExtensionCount(): number {
    return native.certificateExtensionCount(this.#handle);
  }

  /**
   * Adds extensions behind those that are there.
   * @param extensions - in their order
   * @throws {TypeError} not an iterable of X509Extension; nothing is added then
   * @see X509_add_ext(3)
   */
  addExtensions(extensions: Iterable<X509Extension>): void {
    native.certificateAddExtensions(this.#handle, extensionHandles(extensions));
  }

  /**
   * One extension.
   * @param index - from 0
   * @throws {TypeError} not a number
   * @throws {RangeError} there is no such extension
   */
  getExtension(index: number): X509Extension {
    const count = this.getExtensionCount();
    if (typeof index !== 'number') throw wrongArgument('an integer', 'index', index, false);
    const handle =
      Number.isInteger(index) && index >= 0 && index < count
        ? native.certificateExtension(this.#handle, index)
        : undefined;
    if (handle !== undefined) return createX509Extension(handle);
    throw new RangeError(`Expected the index of one of ${count} extensions for index, got ${index}`);
  }

  /**
   * Signs the certificate: {@link setIssuer} says by whom. With extensions it becomes one of version 3. What fails leaves it
   * as it was.
   * @param pkey - the private key of the issuer
   * @param digest - such as `sha256`; none for kinds of keys that have their own (ed25519, ML-DSA)
   * @throws {TypeError} wrong argument types, or a certificate without start or end
   * @throws {RangeError} a digest where the kind of key takes none, or none where it wants one
   * @throws {OpenSSLError} an unknown digest, a key that cannot sign, or a certificate without its key
   * @see X509_sign(3)
   */
  sign(pkey: PKey, digest?: string): void {
    native.certificateSign(this.#handle, keyHandle(pkey, 'pkey'), digestName(digest));
  }

  /**
   * Verifies the signature, and nothing else: an X509StoreContext verifies what a certificate is good for.
   * @param pkey - the public key of the issuer
   * @returns true
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} the signature is not right (`ERR_SIGNATURE`), or it cannot be told
   * @see X509_verify(3)
   */
  verifySignature(pkey: PKey): true {
    const queue = native.certificateVerify(this.#handle, keyHandle(pkey, 'pkey'));
    if (queue === undefined) return true;
    const message = 'verifying a certificate: its signature is not right';
    throw new OpenSSLError(message, queue, { code: 'ERR_SIGNATURE' });
  }

  /**
   * The algorithm of the signature: its long name (`sha256WithRSAEncryption`), or the dotted OID where OpenSSL has none;
   * undefined before it is signed.
   */
  getSignatureAlgorithm(): string | undefined {
    return native.certificateSignatureAlgorithm(this.#handle);
  }

  /** Subject, issuer and serial number in hex. */
  toJSON(): { readonly subject: string; readonly issuer: string; readonly serial: string } {
    return {
      subject: printable(() => this.getSubject().toString()),
      issuer: printable(() => this.getIssuer().toString()),
      serial: hexOf(this.getSerialNumber()),
    };
  }

  [inspect.custom](): string {
    const { subject, issuer, serial } = this.toJSON();
    return `X509 { subject: ${subject}, issuer: ${issuer}, serial: ${serial} }`;
  }
}

function hexOf(number: bigint): string {
  return number < 0n ? `-0x${(-number).toString(16)}` : `0x${number.toString(16)}`;
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
  return createX509(native.loadCertificate(type, encodedBytes(type, buffer)));
}

/**
 * Reads many certificates.
 * @param type - FILETYPE_PEM: every certificate of the text, whatever stands around them; FILETYPE_ASN1: DER, one after the
 *   other and nothing else
 * @param buffer - the bytes; PEM may be a string as well
 * @returns at least one, in their order
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type, or 2 GiB or more
 * @throws {OpenSSLError} one of them is no certificate, or there is none
 * @see PEM_read_bio_X509(3), d2i_X509(3)
 */
export function loadCertificates(type: FileType, buffer: string | Uint8Array): X509[] {
  return native.loadCertificates(type, encodedBytes(type, buffer)).map((handle) => createX509(handle));
}

/**
 * Writes a certificate.
 * @returns PEM or DER, or what `openssl x509 -text` prints, in UTF-8
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} the certificate cannot be written that way, for instance before it has a key
 * @see X509_print_ex(3)
 */
export function dumpCertificate(type: FileType, certificate: X509): Buffer {
  requireFileType(type, writableTypes);
  return native.dumpCertificate(type, handleOf(certificate, 'certificate'));
}

/**
 * Writes many certificates, one after the other.
 * @param certificates - in their order; none gives no bytes
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} one of them cannot be written that way
 */
export function dumpCertificates(type: FileType, certificates: Iterable<X509>): Buffer {
  requireFileType(type, writableTypes);
  const parts: Buffer[] = [];
  for (const each of requireIterable(certificates, 'an iterable of X509', 'certificates'))
    parts.push(native.dumpCertificate(type, handleOf(each, 'certificates')));
  return Buffer.concat(parts);
}

/** @internal */
export function createX509(handle: CertificateHandle): X509 {
  return createHolding(X509, handle);
}

/** @internal */
export function certificateHandle(certificate: unknown, name = 'certificate'): CertificateHandle {
  return handleOf(certificate, name);
}
