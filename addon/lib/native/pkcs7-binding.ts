// The functions of tsopenssl.node for PKCS#7.

import type { QueuedError } from '../openssl-error.ts';
import type { CertificateHandle } from './certificate-binding.ts';
import type { CrlHandle } from './crl-binding.ts';

declare const pkcs7Brand: unique symbol;

/** A PKCS7 of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface Pkcs7Handle {
  readonly [pkcs7Brand]: true;
}

export interface Pkcs7Binding {
  loadPkcs7(type: number, bytes: Uint8Array): Pkcs7Handle;
  dumpPkcs7(type: number, pkcs7: Pkcs7Handle): Buffer;
  /** The short name of the content type, or its dotted OID where there is none. */
  pkcs7TypeName(pkcs7: Pkcs7Handle): string;
  /** Copies. */
  pkcs7Certificates(pkcs7: Pkcs7Handle): CertificateHandle[];
  /** Copies. */
  pkcs7Crls(pkcs7: Pkcs7Handle): CrlHandle[];
  pkcs7OfCertificates(certificates: readonly CertificateHandle[], crls: readonly CrlHandle[]): Pkcs7Handle;
  /** What OpenSSL said where a signature is not right. Whether to trust the signers is not asked. */
  pkcs7Verify(
    pkcs7: Pkcs7Handle,
    content: Uint8Array | undefined,
    certificates: readonly CertificateHandle[],
  ): { readonly content: Buffer; readonly signers: CertificateHandle[] } | readonly QueuedError[];
}
