// The functions of tsopenssl.node for certificate signing requests.

import type { QueuedError } from '../openssl-error.ts';
import type { ExtensionHandle } from './extension-binding.ts';
import type { KeyHandle } from './key-binding.ts';
import type { NameBinding, NameHandle } from './name-binding.ts';

declare const requestBrand: unique symbol;

/** An X509_REQ of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface RequestHandle {
  readonly [requestBrand]: true;
}

export interface RequestBinding {
  requestNew(): RequestHandle;
  loadRequest(type: number, bytes: Uint8Array): RequestHandle;
  dumpRequest(type: number, request: RequestHandle): Buffer;
  requestVersion(request: RequestHandle): number;
  requestSetVersion(request: RequestHandle, version: number): void;
  requestSubject(request: RequestHandle): NameHandle;
  requestSetSubject(request: RequestHandle, subject: NameHandle): void;
  requestPublicKey(request: RequestHandle): KeyHandle;
  /** Takes the public part alone. */
  requestSetPublicKey(request: RequestHandle, key: KeyHandle): void;
  requestExtensions(request: RequestHandle): ExtensionHandle[];
  requestAddExtensions(request: RequestHandle, extensions: readonly ExtensionHandle[]): void;
  /** @param mask - as for {@link NameBinding.nameAdd} */
  requestAddAttribute(
    request: RequestHandle,
    attribute: string,
    value: string,
    mask: number | undefined,
  ): void;
  /** An empty digest is for algorithms that have their own. */
  requestSign(request: RequestHandle, key: KeyHandle, digest: string): void;
  /** Undefined where the signature is right, otherwise what OpenSSL said. */
  requestVerify(request: RequestHandle, key: KeyHandle): readonly QueuedError[] | undefined;
}
