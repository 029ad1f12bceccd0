// The functions of tsopenssl.node for stores and for verification.

import type { CertificateHandle } from './certificate-binding.ts';
import type { CrlHandle } from './crl-binding.ts';

declare const storeBrand: unique symbol;

/** An X509_STORE of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface StoreHandle {
  readonly [storeBrand]: true;
}

/** How to verify. Every key is there, so that nothing is looked up in a prototype. */
export interface NativeVerifyParameters {
  readonly flags: number | undefined;
  readonly purpose: number | undefined;
  readonly depth: number | undefined;
  readonly securityLevel: number | undefined;
  readonly epochSeconds: number | undefined;
  readonly hostnames: readonly string[] | undefined;
  readonly hostFlags: number | undefined;
  readonly ip: string | undefined;
  readonly email: string | undefined;
  readonly policies: readonly string[] | undefined;
}

export interface NativeVerdict {
  readonly code: number;
  readonly message: string;
  /** Where it failed: 0 for the leaf. */
  readonly depth?: number;
  readonly certificate?: CertificateHandle;
  /** Which rule of the store it was, if any. */
  readonly rule?: 'purposes' | 'distrustAfter';
  /** Epoch seconds, where the leaf was issued after the date until which the certificate is trusted. */
  readonly distrustAfter?: number;
  readonly chain?: readonly CertificateHandle[];
  readonly policies?: readonly string[];
}

export interface StoreBinding {
  storeNew(): StoreHandle;
  storeAddCertificate(
    store: StoreHandle,
    certificate: CertificateHandle,
    purposes: number,
    distrustAfter: readonly number[],
  ): void;
  /** How many were added; below 0, -1 - n: the certificate n has no rules. */
  storeAddBundle(
    store: StoreHandle,
    bundle: Uint8Array,
    rules: readonly (readonly [sha256: Uint8Array, purposes: number, distrustAfter: readonly number[]])[],
  ): number;
  storeAddCrl(store: StoreHandle, crl: CrlHandle): void;
  storeSetParameters(store: StoreHandle, parameters: NativeVerifyParameters): void;
  storeLoadFile(store: StoreHandle, path: Uint8Array): void;
  storeLoadDirectory(store: StoreHandle, path: Uint8Array): void;
  storeSetDefaultPaths(store: StoreHandle): void;
  verifyChain(
    store: StoreHandle,
    certificate: CertificateHandle,
    untrusted: readonly CertificateHandle[],
    crls: readonly CrlHandle[],
    parameters: NativeVerifyParameters,
    wanted: 'verdict' | 'chain' | 'policies',
  ): NativeVerdict;
}
