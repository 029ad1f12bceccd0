// The functions of tsopenssl.node for extensions.

import type { CertificateHandle } from './certificate-binding.ts';
import type { KeyHandle } from './key-binding.ts';
import type { RequestHandle } from './request-binding.ts';

declare const extensionBrand: unique symbol;

/** An X509_EXTENSION of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface ExtensionHandle {
  readonly [extensionBrand]: true;
}

export interface ExtensionBinding {
  /** `config` has no includes and no references to the environment. */
  extensionNew(
    typeName: string,
    value: Uint8Array,
    config: Uint8Array,
    subject: CertificateHandle | undefined,
    issuer: CertificateHandle | undefined,
  ): ExtensionHandle;
  extensionsOfSection(
    config: Uint8Array,
    section: string,
    subject: CertificateHandle | undefined,
    issuer: CertificateHandle | undefined,
    issuerKey: KeyHandle | undefined,
    request: RequestHandle | undefined,
  ): ExtensionHandle[];
  extensionFromDer(oid: string, critical: boolean, data: Uint8Array): ExtensionHandle;
  /** Dotted. */
  extensionOid(extension: ExtensionHandle): string;
  /** The short name, or the dotted OID where there is none. */
  extensionName(extension: ExtensionHandle): string;
  extensionIsCritical(extension: ExtensionHandle): boolean;
  extensionData(extension: ExtensionHandle): Buffer;
  /** Undefined where OpenSSL cannot print it. */
  extensionText(extension: ExtensionHandle): string | undefined;
}
