// The functions of tsopenssl.node for certificates.

import type { KeyHandle } from './key-binding.ts';
import type { NameHandle } from './name-binding.ts';

declare const certificateBrand: unique symbol;

/** An X509 of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface CertificateHandle {
  readonly [certificateBrand]: true;
}

export interface NativeTime {
  /** `YYYYMMDDhhmmssZ`. */
  readonly text: string;
  readonly epochSeconds: number;
}

export interface CertificateBinding {
  loadCertificate(type: number, bytes: Uint8Array): CertificateHandle;
  copyCertificate(certificate: CertificateHandle): CertificateHandle;
  dumpCertificate(type: number, certificate: CertificateHandle): Buffer;
  certificateSubject(certificate: CertificateHandle): NameHandle;
  certificateIssuer(certificate: CertificateHandle): NameHandle;
  certificatePublicKey(certificate: CertificateHandle): KeyHandle;
  certificateSerial(certificate: CertificateHandle): bigint;
  certificateVersion(certificate: CertificateHandle): number;
  certificateNotBefore(certificate: CertificateHandle): NativeTime;
  certificateNotAfter(certificate: CertificateHandle): NativeTime;
  certificateDigest(certificate: CertificateHandle, name: string): Buffer;
}
