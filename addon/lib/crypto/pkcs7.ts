// PKCS#7: pyOpenSSL's PKCS7 and load_pkcs7_data.

import { inspect } from 'node:util';
import type { Pkcs7Handle } from '../native/pkcs7-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import {
  bytesOrText,
  encodedBytes,
  type FileType,
  requireFileType,
  requireIterable,
  writableTypes,
  wrongArgument,
} from './arguments.ts';
import { certificateHandle, createX509, type X509 } from './certificate.ts';
import { type CRL, createCrl, crlHandle } from './crl.ts';
import { createHolding, type Held } from './held.ts';

/** What {@link PKCS7.verifySignatures} answers. */
export interface PKCS7Signed {
  /** What was signed. */
  readonly content: Buffer;
  /** The certificate of each signer. Whether one is to be trusted, {@link X509StoreContext} tells. */
  readonly signers: X509[];
}

let handleOf: (pkcs7: unknown) => Pkcs7Handle;

/**
 * PKCS#7, RFC 2315: signed or encrypted data, or, more often, certificates and CRLs in one file. {@link loadPkcs7Data} reads
 * it, {@link PKCS7.fromCertificates} makes it.
 */
export class PKCS7 {
  readonly #handle: Pkcs7Handle;

  private constructor(held: Held<Pkcs7Handle>) {
    this.#handle = held.handle;
  }

  static {
    handleOf = (pkcs7) => {
      if (typeof pkcs7 === 'object' && pkcs7 !== null && #handle in pkcs7) return pkcs7.#handle;
      throw wrongArgument('a PKCS7', 'pkcs7', pkcs7, false);
    };
  }

  /**
   * Makes signed data that nobody signed, which is how certificates and CRLs go together in a file of the kind `.p7b`.
   * @param certificates - which are copied, in their order
   * @param crls - which are copied, in their order
   * @throws {TypeError} not an iterable of X509, or of CRL
   * @throws {OpenSSLError} one of them is not signed
   */
  static fromCertificates(certificates: Iterable<X509>, crls: Iterable<CRL> = []): PKCS7 {
    const handles = certificateHandles(certificates);
    const lists = [...requireIterable(crls, 'an iterable of CRL', 'crls')].map((each) =>
      crlHandle(each, 'crls'),
    );
    return create(native.pkcs7OfCertificates(handles, lists));
  }

  /** Whether it is signed data. */
  typeIsSigned(): boolean {
    return this.getTypeName() === 'pkcs7-signedData';
  }

  /** Whether it is data encrypted for recipients. */
  typeIsEnveloped(): boolean {
    return this.getTypeName() === 'pkcs7-envelopedData';
  }

  /** Whether it is data signed and encrypted for recipients. */
  typeIsSignedAndEnveloped(): boolean {
    return this.getTypeName() === 'pkcs7-signedAndEnvelopedData';
  }

  /** Whether it is plain data. */
  typeIsData(): boolean {
    return this.getTypeName() === 'pkcs7-data';
  }

  /** The type's short name: `pkcs7-signedData`; the dotted OID where OpenSSL has none. */
  getTypeName(): string {
    return native.pkcs7TypeName(this.#handle);
  }

  /**
   * Copies of its certificates, in their order; none where its type has no place for them.
   * @throws {OpenSSLError} one of them cannot be copied
   */
  getCertificates(): X509[] {
    return native.pkcs7Certificates(this.#handle).map((handle) => createX509(handle));
  }

  /**
   * Copies of its CRLs, in their order; none where its type has no place for them.
   * @throws {OpenSSLError} one of them cannot be copied
   */
  getCrls(): CRL[] {
    return native.pkcs7Crls(this.#handle).map((handle) => createCrl(handle));
  }

  /**
   * Verifies every signature of signed data against the certificates of the signers, and nothing more: anybody can make a
   * certificate and sign. Verify the signers with an {@link X509StoreContext}.
   * @param content - what was signed, where it is not inside (a detached signature); text as UTF-8
   * @param certificates - of signers, where they are not inside; looked at first
   * @throws {TypeError} wrong argument types
   * @throws {OpenSSLError} (`ERR_SIGNATURE`) a signature is not right, there is none, a signer's certificate is not found, no
   *   content or two of them, or it is no signed data
   * @see PKCS7_verify(3)
   */
  verifySignatures(content?: string | Uint8Array, certificates: Iterable<X509> = []): PKCS7Signed {
    const bytes = content === undefined ? undefined : bytesOrText(content, 'content');
    const answer = native.pkcs7Verify(this.#handle, bytes, certificateHandles(certificates));
    if ('signers' in answer)
      return { content: answer.content, signers: answer.signers.map((handle) => createX509(handle)) };
    throw new OpenSSLError('verifying PKCS#7: a signature is not right', answer, { code: 'ERR_SIGNATURE' });
  }

  [inspect.custom](): string {
    return `PKCS7 { type: ${this.getTypeName()} }`;
  }
}

function create(handle: Pkcs7Handle): PKCS7 {
  return createHolding(PKCS7 as unknown as abstract new () => PKCS7, handle);
}

function certificateHandles(certificates: unknown) {
  const list = requireIterable(certificates, 'an iterable of X509', 'certificates');
  return [...list].map((each) => certificateHandle(each, 'certificates'));
}

/**
 * Reads PKCS#7.
 * @param type - FILETYPE_PEM: the first PKCS#7 of the text; FILETYPE_ASN1: DER, and what follows its end is not looked at
 * @param buffer - the bytes; PEM may be a string as well
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type, or 2 GiB or more
 * @throws {OpenSSLError} not PKCS#7
 * @see PEM_read_bio_PKCS7(3), d2i_PKCS7(3)
 */
export function loadPkcs7Data(type: FileType, buffer: string | Uint8Array): PKCS7 {
  return create(native.loadPkcs7(type, encodedBytes(type, buffer)));
}

/**
 * Writes PKCS#7.
 * @returns PEM or DER, or what `openssl pkcs7 -print` prints
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} it cannot be written that way
 * @see PEM_write_bio_PKCS7(3), PKCS7_print_ctx(3)
 */
export function dumpPkcs7(type: FileType, pkcs7: PKCS7): Buffer {
  requireFileType(type, writableTypes);
  return native.dumpPkcs7(type, handleOf(pkcs7));
}
