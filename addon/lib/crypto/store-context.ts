// Verification of certificates: pyOpenSSL's X509StoreContext and X509StoreContextError.

import type { CertificateHandle } from '../native/certificate-binding.ts';
import type { CrlHandle } from '../native/crl-binding.ts';
import type { NativeVerdict, NativeVerifyParameters, StoreHandle } from '../native/store-binding.ts';
import { native } from '../native.ts';
import { certificateHandle, createX509, type X509 } from './certificate.ts';
import { crlHandle } from './crl.ts';
import { printable } from './name.ts';
import { storeHandle, type X509Store } from './store.ts';
import { verificationCode, type X509VerificationCode } from './verify-codes.ts';
import { requireList, verifyRequest, type X509VerifyOptions } from './verify-options.ts';

/** A certificate that is not what it was to be. The message says what OpenSSL found, and where. */
export class X509StoreContextError extends Error {
  /** `X509StoreContextError`. */
  override readonly name = 'X509StoreContextError';
  /** The name of what OpenSSL found, of {@link X509VerificationCodes}: `ERR_CERT_HAS_EXPIRED`. */
  readonly code: X509VerificationCode;
  /** Its number. */
  readonly errorNumber: number;
  /** Where: 0 for the certificate that was verified, 1 for its issuer, and so on. */
  readonly depth: number;
  /** pyOpenSSL's form of the above: number, depth, and OpenSSL's text. */
  readonly errors: readonly [errorNumber: number, depth: number, text: string];
  /** A copy of the certificate that caused it; undefined where OpenSSL names none. */
  readonly certificate: X509 | undefined;

  /**
   * @param errors - number, depth, and OpenSSL's text
   * @throws nothing: nothing is looked at
   */
  constructor(
    message: string,
    errors: readonly [errorNumber: number, depth: number, text: string],
    certificate?: X509,
  ) {
    super(message);
    this.code = verificationCode(errors[0]);
    this.errorNumber = errors[0];
    this.depth = errors[1];
    this.errors = errors;
    this.certificate = certificate;
  }
}

/** Verifies a certificate with a store. */
export class X509StoreContext {
  #store: StoreHandle;
  readonly #certificate: CertificateHandle;
  readonly #untrusted: readonly CertificateHandle[];
  readonly #crls: readonly CrlHandle[];
  readonly #parameters: NativeVerifyParameters;

  /**
   * @param store - what is trusted; what is added to it later counts
   * @param certificate - what to verify, copied now, as all certificates and revocation lists are
   * @param chain - certificates that are not trusted and may be between it and a root, in any order
   * @param options - how to verify
   * @throws {TypeError} wrong argument types, or an unknown option
   * @throws {RangeError} a value that cannot be: a host name with NUL, say
   * @throws {OpenSSLError} a certificate or a revocation list is not complete
   */
  constructor(
    store: X509Store,
    certificate: X509,
    chain?: readonly X509[] | null,
    options: X509VerifyOptions = {},
  ) {
    this.#store = storeHandle(store);
    const leaf = certificateHandle(certificate);
    const request = verifyRequest(options);
    const issuers = [
      ...handlesOf(chain === undefined || chain === null ? [] : requireList(chain, 'chain'), 'chain'),
      ...handlesOf(request.untrusted, 'untrusted'),
    ];
    const crls = request.crls.map((each) => crlHandle(each));
    // OpenSSL keeps in a certificate what it found in it, which a later change of the certificate would not undo
    this.#certificate = native.copyCertificate(leaf);
    this.#untrusted = issuers.map((handle) => native.copyCertificate(handle));
    this.#crls = crls.map((handle) => native.copyCrl(handle));
    this.#parameters = request.parameters;
  }

  /**
   * Takes another store from now on.
   * @throws {TypeError} not an X509Store
   */
  setStore(store: X509Store): void {
    this.#store = storeHandle(store);
  }

  /**
   * Verifies the certificate.
   * @throws {X509StoreContextError} it is not valid: the first thing that was found
   * @see X509_verify_cert(3)
   */
  verifyCertificate(): void {
    this.#verify('verdict');
  }

  /**
   * Verifies the certificate.
   * @returns copies of the certificates from it up to the root
   * @throws as {@link verifyCertificate}
   */
  getVerifiedChain(): X509[] {
    return (this.#verify('chain').chain ?? []).map(createX509);
  }

  /**
   * Verifies the certificate.
   * @returns OIDs of the policies that the chain is valid for: of those that were asked for, or all where only
   *   X509StoreFlags.POLICY_CHECK is set; none without it
   * @throws as {@link verifyCertificate}
   * @see X509_policy_tree_get0_user_policies(3)
   */
  getVerifiedPolicies(): string[] {
    return [...(this.#verify('policies').policies ?? [])];
  }

  #verify(wanted: 'verdict' | 'chain' | 'policies'): NativeVerdict {
    const verdict = native.verifyChain(
      this.#store,
      this.#certificate,
      this.#untrusted,
      this.#crls,
      this.#parameters,
      wanted,
    );
    if (verdict.depth === undefined) return verdict;
    throw errorOf(verdict, verdict.depth, this.#certificate);
  }
}

function handlesOf(certificates: readonly unknown[], name: string): CertificateHandle[] {
  return certificates.map((each, index) => certificateHandle(each, `${name}[${index}]`));
}

function errorOf(verdict: NativeVerdict, depth: number, leaf: CertificateHandle): X509StoreContextError {
  const { code, message } = verdict;
  const certificate = verdict.certificate && createX509(verdict.certificate);
  const subject = certificate && printable(() => certificate.getSubject().toString());
  const where = `${message} at depth ${depth}${subject === undefined ? '' : `: ${subject}`}`;
  return new X509StoreContextError(`${where}${reasonOf(verdict, leaf)}`, [code, depth, message], certificate);
}

/** What the rules of the store say, which OpenSSL's text does not. */
function reasonOf({ rule, distrustAfter }: NativeVerdict, leaf: CertificateHandle): string {
  if (rule === 'purposes') return ' is not trusted for this purpose';
  if (distrustAfter === undefined) return '';
  const issued = printable(() => isoTime(native.certificateNotBefore(leaf).epochSeconds));
  return ` is trusted for certificates issued until ${isoTime(distrustAfter)}, this one is of ${issued}`;
}

function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}
