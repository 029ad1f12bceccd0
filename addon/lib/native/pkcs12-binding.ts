// The functions of tsopenssl.node for PKCS#12 files.

import type { CertificateHandle } from './certificate-binding.ts';
import type { KeyHandle, PassphraseSource } from './key-binding.ts';

/** What a file holds. */
export interface Pkcs12Content {
  readonly key?: KeyHandle;
  readonly certificate?: CertificateHandle;
  readonly caCertificates: readonly CertificateHandle[];
  readonly friendlyName?: string;
}

/** What a file is to hold, and how it is protected. */
interface Pkcs12Request extends Pkcs12Content {
  readonly passphrase: PassphraseSource;
  /** OpenSSL's short name of a cipher for PBES2, or of an older scheme. */
  readonly cipher: string;
  readonly iterations: number;
  readonly encryptsCertificates: boolean;
  readonly mac: string;
  readonly macDigest: string;
  readonly macIterations: number;
}

export interface Pkcs12Binding {
  /** Throws a RangeError where the key derivations of the file take more than `maxIterations` together. */
  loadPkcs12(
    bytes: Uint8Array,
    passphrase: PassphraseSource,
    usesLegacy: boolean,
    maxIterations: number,
  ): Pkcs12Content;
  dumpPkcs12(request: Pkcs12Request): Buffer;
}
