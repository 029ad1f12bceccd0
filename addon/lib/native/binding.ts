// The functions of tsopenssl.node, as addon/src/addon.cc hands them out. Arguments are validated before they get here;
// the binary checks types once more, so that no wrong call can crash the process.

import type { QueuedError } from '../openssl-error.ts';
import type { CertificateBinding } from './certificate-binding.ts';
import type { CrlBinding } from './crl-binding.ts';
import type { ExtensionBinding } from './extension-binding.ts';
import type { KeyBinding } from './key-binding.ts';
import type { NameBinding } from './name-binding.ts';
import type { Pkcs7Binding } from './pkcs7-binding.ts';
import type { Pkcs12Binding } from './pkcs12-binding.ts';
import type { RandBinding } from './rand-binding.ts';
import type { RequestBinding } from './request-binding.ts';
import type { SpkiBinding } from './spki-binding.ts';
import type { SslBinding } from './ssl-binding.ts';
import type { StoreBinding } from './store-binding.ts';

interface NativeProvider {
  readonly name: string;
  readonly version: string | undefined;
  readonly buildInfo: string | undefined;
  readonly running: boolean;
}

/** Sections of a configuration with their entries, in no order. */
export type NativeSections = readonly (readonly [string, readonly (readonly [string, string])[]])[];

export interface AppliedConfiguration {
  /** Whether this call applied it; otherwise the rest is what the process's first call answered. */
  readonly first: boolean;
  readonly record: string;
  readonly succeeded: boolean;
  readonly queue: readonly QueuedError[];
  /** What the system's loader said of provider libraries that it could not load. */
  readonly moduleErrors: readonly string[];
}

/** What inspectPath answers on Windows, all through one handle. */
export interface InspectedPath {
  readonly kind: 'file' | 'directory' | 'other';
  readonly isReparsePoint: boolean;
  /** Where the system found it, with `\\\\?\\` in front; empty for `other`. */
  readonly finalPath: string;
  /** Owner and DACL as SDDL; empty for `other`. */
  readonly descriptor: string;
  readonly sizeBytes: number;
  /** What a file holds, if it was asked for and is not larger than that. */
  readonly content: Buffer | undefined;
}

export interface NativeBinding
  extends CertificateBinding,
    CrlBinding,
    ExtensionBinding,
    KeyBinding,
    NameBinding,
    Pkcs7Binding,
    Pkcs12Binding,
    RandBinding,
    RequestBinding,
    SpkiBinding,
    SslBinding,
    StoreBinding {
  readonly bindingVersion: number;
  setErrorClass(errorClass: new (operation: string, queue: readonly QueuedError[]) => Error): void;
  /** What OpenSSL's error queue of this thread holds; nothing, since every function empties it. */
  drainErrors(): readonly QueuedError[];
  isolation(): {
    readonly file: string;
    readonly base: string;
    readonly functions: readonly { readonly name: string; readonly base: string }[];
  };
  libraryVersion(kind: number): string;
  libraryNumbers(): {
    readonly number: number;
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
    readonly preRelease: string;
    readonly buildMetadata: string;
    readonly headers: string;
  };
  /** Folders and files are undefined where OpenSSL has none: on Windows an installer registers them. */
  defaultPaths(): {
    readonly area: string | undefined;
    readonly certDir: string | undefined;
    readonly certDirVariable: string;
    readonly certFile: string | undefined;
    readonly certFileVariable: string;
    readonly privateDir: string | undefined;
  };
  environmentVariable(name: string): string | undefined;
  isSecureExecution(): boolean;
  providers(): readonly NativeProvider[];
  isProviderAvailable(name: string): boolean;
  isDigestAvailable(name: string): boolean;
  parseConfiguration(
    text: Uint8Array,
  ):
    | { readonly sections: NativeSections }
    | { readonly line: number; readonly queue: readonly QueuedError[] };
  applyConfiguration(text: Uint8Array, modules: readonly string[], record: string): AppliedConfiguration;
  /** What the process's first call answered, or undefined before that. */
  appliedConfiguration(): AppliedConfiguration | undefined;
  /** On Windows alone. Throws an error with `systemCode`, the number of Windows' error. */
  inspectPath?(path: string, maxSizeBytes: number): InspectedPath;
}
