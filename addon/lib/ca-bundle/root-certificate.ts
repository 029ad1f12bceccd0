// A root certificate of a bundle, with what Mozilla says about it.

import { FILETYPE_PEM } from '../crypto/arguments.ts';
import type { X509 } from '../crypto/certificate.ts';
import { loadCertificate } from '../late-crypto.ts';
import { type DistrustAfter, fingerprint } from './embedded-roots.ts';
import { CABundleError } from './errors.ts';
import { parseBundle } from './parse-bundle.ts';
import type { Purpose } from './purposes.ts';

/** What a CARootCertificate may know beside the certificate. */
export interface RootTrust {
  /** `AA:BB:…`; computed from the certificate where it is not given. */
  readonly sha256?: string;
  /** What the root is trusted for; undefined where nobody says so. */
  readonly purposes?: readonly Purpose[];
  /** Dates after which certificates below this root are not trusted; none where it is not given. */
  readonly distrustAfter?: DistrustAfter;
}

/** A root certificate. Those that {@link iterCaBundle} answers are frozen. */
export class CARootCertificate {
  /** The certificate, PEM. */
  readonly certificate: string;
  /** What the bundle says about it: in an embedded one subject, key and validity. */
  readonly description: string;
  /** What the bundle calls it. */
  readonly name: string;
  /** SHA-1 fingerprint of the DER, `AA:BB:…`. */
  readonly sha1: string;
  /**
   * What the root is trusted for: by its own settings if it came as a TRUSTED CERTIFICATE, else by Mozilla if this
   * release's index has it. Undefined where neither says so; an empty list is explicit distrust.
   */
  readonly purposes: readonly Purpose[] | undefined;
  /**
   * For a purpose, the last moment (ISO 8601, UTC) at which a certificate below this root may have been issued: later
   * ones are not trusted. Compare it with the leaf's notBefore. A purpose without a key has no such date.
   */
  readonly distrustAfter: DistrustAfter;
  readonly #sha256: string | undefined;

  /**
   * @param sha1 - `AA:BB:…`
   * @param certificate - PEM; not looked at before it is needed
   * @param trust - what else is known of it
   * @throws {TypeError} one of the four is no string
   * @throws {RangeError} sha1 is no hex with colons
   */
  constructor(name: string, sha1: string, description: string, certificate: string, trust: RootTrust = {}) {
    for (const [key, value] of Object.entries({ name, sha1, description, certificate })) {
      if (typeof value !== 'string') throw new TypeError(`Expected a string for ${key}, got ${typeof value}`);
    }
    if (!/^[\dA-F]{2}(:[\dA-F]{2})*$/i.test(sha1)) {
      throw new RangeError(`Expected hex bytes joined by colons for sha1, got ${JSON.stringify(sha1)}`);
    }
    this.certificate = certificate;
    this.description = description;
    this.name = name;
    this.sha1 = sha1.toUpperCase();
    this.#sha256 = trust.sha256;
    this.purposes = trust.purposes && Object.freeze([...trust.purposes]);
    this.distrustAfter = Object.freeze({ ...trust.distrustAfter });
  }

  /**
   * SHA-256 fingerprint of the DER, `AA:BB:…`.
   * @throws {CABundleError} the certificate is no PEM
   */
  get sha256(): string {
    if (this.#sha256 !== undefined) return this.#sha256;
    const [first] = parseBundle(this.certificate);
    if (first !== undefined) return fingerprint(first.der, 'sha256');
    throw new CABundleError(
      'ERR_CA_BUNDLE_TEXT',
      `Expected PEM text for the certificate of ${this.name}, got none`,
    );
  }

  /**
   * The certificate as a new X509.
   * @throws {OpenSSLError} it is none
   */
  getX509(): X509 {
    return loadCertificate(FILETYPE_PEM, this.certificate);
  }

  /** The SHA-1 fingerprint as lower-case hex without colons. */
  hexdigest(): string {
    return this.sha1.replaceAll(':', '').toLowerCase();
  }

  /** All fields. */
  toJSON(): Record<string, unknown> {
    const { name, description, sha1, sha256, purposes, distrustAfter, certificate } = this;
    return { name, description, sha1, sha256, purposes, distrustAfter, certificate };
  }
}
