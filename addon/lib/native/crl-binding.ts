// The functions of tsopenssl.node for revocation lists and their entries.

import type { QueuedError } from '../openssl-error.ts';
import type { CertificateHandle, NativeTime } from './certificate-binding.ts';
import type { ExtensionHandle } from './extension-binding.ts';
import type { KeyHandle } from './key-binding.ts';
import type { NameHandle } from './name-binding.ts';

declare const crlBrand: unique symbol;
declare const revokedBrand: unique symbol;

/** An X509_CRL of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface CrlHandle {
  readonly [crlBrand]: true;
}

/** An X509_REVOKED of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface RevokedHandle {
  readonly [revokedBrand]: true;
}

/** `YYYYMMDDhhmmssZ` each. */
interface CrlTimes {
  readonly lastUpdate: string;
  readonly nextUpdate: string;
}

export interface CrlBinding {
  loadCrl(type: number, bytes: Uint8Array): CrlHandle;
  copyCrl(crl: CrlHandle): CrlHandle;
  dumpCrl(type: number, crl: CrlHandle): Buffer;
  crlNew(): CrlHandle;
  crlVersion(crl: CrlHandle): number;
  crlSetVersion(crl: CrlHandle, version: number): void;
  crlIssuer(crl: CrlHandle): NameHandle;
  crlSetIssuer(crl: CrlHandle, issuer: NameHandle): void;
  crlLastUpdate(crl: CrlHandle): NativeTime | undefined;
  crlSetLastUpdate(crl: CrlHandle, when: string): void;
  crlNextUpdate(crl: CrlHandle): NativeTime | undefined;
  crlSetNextUpdate(crl: CrlHandle, when: string): void;
  crlNumber(crl: CrlHandle): bigint | undefined;
  crlSetNumber(crl: CrlHandle, number: bigint | undefined): void;
  /** Copies of the entries. */
  crlRevoked(crl: CrlHandle): RevokedHandle[];
  /** Adds a copy. */
  crlAddRevoked(crl: CrlHandle, revoked: RevokedHandle): void;
  crlFindRevoked(crl: CrlHandle, serial: bigint): RevokedHandle | undefined;
  /** Copies. */
  crlExtensions(crl: CrlHandle): ExtensionHandle[];
  crlAddExtensions(crl: CrlHandle, extensions: readonly ExtensionHandle[]): void;
  /** A signed copy; the list itself does not change. An empty digest is for algorithms that have their own. */
  crlSign(
    crl: CrlHandle,
    certificate: CertificateHandle,
    key: KeyHandle,
    digest: string,
    times: CrlTimes | undefined,
    isSorted: boolean,
  ): CrlHandle;
  /** Undefined where the signature is right, otherwise what OpenSSL said. */
  crlVerify(crl: CrlHandle, key: KeyHandle): readonly QueuedError[] | undefined;

  revokedNew(): RevokedHandle;
  revokedSerial(revoked: RevokedHandle): bigint;
  revokedSetSerial(revoked: RevokedHandle, serial: bigint): void;
  /** A CRLReason of RFC 5280. */
  revokedReason(revoked: RevokedHandle): number | undefined;
  revokedSetReason(revoked: RevokedHandle, reason: number | undefined): void;
  revokedDate(revoked: RevokedHandle): NativeTime | undefined;
  revokedSetDate(revoked: RevokedHandle, when: string): void;
  /** Copies. */
  revokedExtensions(revoked: RevokedHandle): ExtensionHandle[];
  revokedAddExtensions(revoked: RevokedHandle, extensions: readonly ExtensionHandle[]): void;
}
