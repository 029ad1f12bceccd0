// Flags of a verification: pyOpenSSL's X509StoreFlags, with all that OpenSSL has, and those of host names.

/**
 * What a verification checks beside signatures, times and trust; joined with `|`.
 * @see X509_VERIFY_PARAM_set_flags(3)
 */
export const X509StoreFlags = Object.freeze({
  /** The leaf must not be revoked: a CRL of its issuer is needed. */
  CRL_CHECK: 0x4,
  /** With CRL_CHECK: the same for the intermediates. */
  CRL_CHECK_ALL: 0x8,
  /** Critical extensions that OpenSSL does not know are no error. */
  IGNORE_CRITICAL: 0x10,
  /** Certificates that break RFC 5280 are refused. */
  X509_STRICT: 0x20,
  /** Proxy certificates, RFC 3820, are allowed. */
  ALLOW_PROXY_CERTS: 0x40,
  /** Policies are evaluated. */
  POLICY_CHECK: 0x80,
  /** There must be a policy that the whole chain is valid for. */
  EXPLICIT_POLICY: 0x100,
  /** anyPolicy counts for nothing. */
  INHIBIT_ANY: 0x200,
  /** Policies are not mapped to each other. */
  INHIBIT_MAP: 0x400,
  /** OpenSSL's callback hears of the outcome of the policies; without effect here. */
  NOTIFY_POLICY: 0x800,
  /** CRLs may be indirect, and signed by other keys than the certificates. */
  EXTENDED_CRL_SUPPORT: 0x1000,
  /** Delta CRLs are used. */
  USE_DELTAS: 0x2000,
  /** The signature of a self-signed root is checked as well, which adds no security. */
  CHECK_SS_SIGNATURE: 0x4000,
  /** Issuers are looked for in the store first; always set. */
  TRUSTED_FIRST: 0x8000,
  /** Suite B at 128 bits alone, RFC 6460. */
  SUITEB_128_LOS_ONLY: 0x10000,
  /** Suite B at 192 bits. */
  SUITEB_192_LOS: 0x20000,
  /** Suite B at 128 bits or more. */
  SUITEB_128_LOS: 0x30000,
  /** Every certificate of the store is an anchor, not the self-signed ones alone. */
  PARTIAL_CHAIN: 0x80000,
  /** If the first chain is not trusted, no other one is looked for. Without effect beside TRUSTED_FIRST. */
  NO_ALT_CHAINS: 0x100000,
  /** Validity times of certificates and CRLs are not checked. */
  NO_CHECK_TIME: 0x200000,
} as const);

/**
 * How host names are compared; joined with `|`.
 * @see X509_check_host(3)
 */
export const X509CheckFlags = Object.freeze({
  /** The common name of the subject counts even where there are alternative names. */
  ALWAYS_CHECK_SUBJECT: 0x1,
  /** `*` in a certificate matches nothing. */
  NO_WILDCARDS: 0x2,
  /** `*` must be a whole label. */
  NO_PARTIAL_WILDCARDS: 0x4,
  /** `*` matches several labels. */
  MULTI_LABEL_WILDCARDS: 0x8,
  /** A wanted name that begins with a dot matches one further label alone. */
  SINGLE_LABEL_SUBDOMAINS: 0x10,
  /** The common name of the subject never counts. */
  NEVER_CHECK_SUBJECT: 0x20,
} as const);

/** Every flag that a caller may set. X509_V_FLAG_USE_CHECK_TIME goes with the time. */
export const maxStoreFlags = 0x3fffff;
/** Every flag for host names. */
export const maxCheckFlags = 0x3f;
