// The functions of tsopenssl.node for certificates.

import type { QueuedError } from '../openssl-error.ts';
import type { ExtensionHandle } from './extension-binding.ts';
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
  /** All of a PEM text, or of DER one after the other: at least one. */
  loadCertificates(type: number, bytes: Uint8Array): CertificateHandle[];
  dumpCertificate(type: number, certificate: CertificateHandle): Buffer;
  certificateSubject(certificate: CertificateHandle): NameHandle;
  certificateIssuer(certificate: CertificateHandle): NameHandle;
  certificatePublicKey(certificate: CertificateHandle): KeyHandle;
  certificateSerial(certificate: CertificateHandle): bigint;
  certificateVersion(certificate: CertificateHandle): number;
  certificateNotBefore(certificate: CertificateHandle): NativeTime;
  certificateNotAfter(certificate: CertificateHandle): NativeTime;
  certificateDigest(certificate: CertificateHandle, name: string): Buffer;
  certificateSubjectHash(certificate: CertificateHandle): number;
  /** Long name or dotted OID; undefined before it is signed. */
  certificateSignatureAlgorithm(certificate: CertificateHandle): string | undefined;
  certificateExtensionCount(certificate: CertificateHandle): number;
  certificateExtension(certificate: CertificateHandle, index: number): ExtensionHandle | undefined;
  /** Undefined where the signature is right, otherwise what OpenSSL said. */
  certificateVerify(certificate: CertificateHandle, key: KeyHandle): readonly QueuedError[] | undefined;
  certificateNew(): CertificateHandle;
  certificateSetVersion(certificate: CertificateHandle, version: number): void;
  certificateSetSerial(certificate: CertificateHandle, serial: bigint): void;
  certificateSetSubject(certificate: CertificateHandle, subject: NameHandle): void;
  certificateSetIssuer(certificate: CertificateHandle, issuer: NameHandle): void;
  /** `YYYYMMDDhhmmssZ`. */
  certificateSetNotBefore(certificate: CertificateHandle, when: string): void;
  certificateSetNotAfter(certificate: CertificateHandle, when: string): void;
  /** Takes the public part alone. */
  certificateSetPublicKey(certificate: CertificateHandle, key: KeyHandle): void;
  certificateAddExtensions(certificate: CertificateHandle, extensions: readonly ExtensionHandle[]): void;
  /** As `openssl req -x509` does; see configured_extensions.h. What fails may have added some. */
  certificateAddSection(
    certificate: CertificateHandle,
    config: Uint8Array,
    section: string | undefined,
    issuer: CertificateHandle | undefined,
    key: KeyHandle,
  ): void;
  /** An empty digest is for algorithms that have their own. */
  certificateSign(certificate: CertificateHandle, key: KeyHandle, digest: string): void;
}
