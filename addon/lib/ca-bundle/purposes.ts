// What a root can be trusted for: the words of ca-bundle.json, and the constants of the API.

import { didYouMean } from '../nearest.ts';

/** What Mozilla trusts a root for. */
export type Purpose = 'serverAuthentication' | 'emailProtection' | 'codeSigning';

/** What a bundle is chosen by. */
export type TrustPurpose = Purpose | 'any';

/** Roots that may vouch for TLS servers. */
export const TRUST_SERVER_AUTHENTICATION = 'serverAuthentication';
/** Roots that may vouch for the signers of e-mail (S/MIME). */
export const TRUST_EMAIL_PROTECTION = 'emailProtection';
/** Roots that may vouch for the signers of code. Mozilla trusts none for it any more, so there can be none. */
export const TRUST_CODE_SIGNING = 'codeSigning';
/** Roots that are trusted for at least one of the three. */
export const TRUST_ANY = 'any';

/** The three, in the order in which every list has them. */
export const purposes: readonly Purpose[] = [
  TRUST_SERVER_AUTHENTICATION,
  TRUST_EMAIL_PROTECTION,
  TRUST_CODE_SIGNING,
];

const constants: Readonly<Record<TrustPurpose, string>> = {
  any: 'TRUST_ANY',
  serverAuthentication: 'TRUST_SERVER_AUTHENTICATION',
  emailProtection: 'TRUST_EMAIL_PROTECTION',
  codeSigning: 'TRUST_CODE_SIGNING',
};

/**
 * Checks a purpose that a caller gave.
 * @returns the purpose; TRUST_ANY where none was given
 * @throws {TypeError} not a string
 * @throws {RangeError} no such purpose; the message names the nearest right one
 */
export function requirePurpose(purpose: unknown): TrustPurpose {
  if (purpose === undefined || purpose === null) return TRUST_ANY;
  if (typeof purpose !== 'string') {
    throw new TypeError(`Expected one of the TRUST_ constants for purpose, got ${typeof purpose}`);
  }
  if (Object.hasOwn(constants, purpose)) return purpose as TrustPurpose;
  const names = [...Object.keys(constants), ...Object.values(constants)];
  throw new RangeError(
    `Expected ${Object.keys(constants).join(', ')} for purpose, got ${JSON.stringify(purpose)}` +
      didYouMean(purpose, names),
  );
}
