// What certdata.txt says about a root certificate, and what the bundles say about where they come from.

/** What Mozilla may trust a root for. */
export type Purpose = 'serverAuthentication' | 'emailProtection' | 'codeSigning';

/** All purposes, in the order in which every file lists them. */
export const purposes: readonly Purpose[] = ['serverAuthentication', 'emailProtection', 'codeSigning'];

/** One certificate of certdata.txt with its trust record. */
export interface Root {
  /** CKA_LABEL, escapes resolved. */
  readonly name: string;
  /** CKA_VALUE: the certificate, DER. */
  readonly der: Uint8Array;
  /** Purposes with CKT_NSS_TRUSTED_DELEGATOR, in the order of `purposes`. */
  readonly trusted: readonly Purpose[];
  /** Purposes with CKT_NSS_NOT_TRUSTED, in the order of `purposes`. */
  readonly distrusted: readonly Purpose[];
  /**
   * A certificate that chains to this root is refused when its own notBefore lies after the purpose's date
   * (ISO 8601, UTC, whole seconds). A purpose without a key has no such date.
   */
  readonly distrustAfter: Readonly<Partial<Record<Purpose, string>>>;
}

/** Where the roots come from: what the bundles say about their source. */
export interface CertdataInfo {
  /** Version of NSS's root module, such as `2.74`. */
  readonly certdataVersion: string;
  /** Version of NSS, such as `3.110`. */
  readonly nssVersion: string;
  /** SHA-256 of certdata.txt, lower-case hex. */
  readonly certdataSha256: string;
}
