// What a verification can be told.

import type { NativeVerifyParameters } from '../native/store-binding.ts';
import { requireInteger, requireOptions, requireWord, wrongArgument } from './arguments.ts';
import type { X509 } from './certificate.ts';
import type { CRL } from './crl.ts';
import { maxCheckFlags, maxStoreFlags } from './store-flags.ts';
import { requireEmail, requireHostnames, requireIp, requirePolicies } from './verify-names.ts';

/** OpenSSL's numbers of purposes, X509_PURPOSE_. */
const purposeNumbers = {
  sslClient: 1,
  sslServer: 2,
  smimeSign: 4,
  smimeEncrypt: 5,
  crlSign: 6,
  any: 7,
  ocspHelper: 8,
  timestampSign: 9,
  codeSign: 10,
} as const;

/** What a certificate is to be used for. */
export type X509Purpose = keyof typeof purposeNumbers;

/** How {@link X509StoreContext} verifies. What is not given comes from the store. */
export interface X509VerifyOptions {
  /** What leaf and issuers must be allowed to be used for (default: anything). */
  readonly purpose?: X509Purpose;
  /**
   * The name that the leaf must be for; of several, one of them. A dot at the end is left out, as in Node's tls; a dot in
   * front stands for every name below; other scripts are turned into Punycode.
   */
  readonly hostname?: string | readonly string[];
  /** {@link X509CheckFlags}, joined with `|`. */
  readonly hostFlags?: number;
  /** The address that the leaf must be for, IP version 4 or 6. */
  readonly ip?: string;
  /** The e-mail address that the leaf must be for. */
  readonly email?: string;
  /** Intermediates allowed between leaf and root, 0 to 100 (default 100). */
  readonly depth?: number;
  /** Strength that keys and digests must have, 0 to 5 (default 0): 2 asks for RSA of 2048 bits, SSL_CTX_set_security_level(3). */
  readonly securityLevel?: number;
  /** OIDs of policies: the chain must be valid for one of them. Sets POLICY_CHECK and EXPLICIT_POLICY. */
  readonly policies?: readonly string[];
  /** The moment for which validity times are checked, 1970 to 9999, in whole seconds (default: now). */
  readonly time?: Date;
  /** {@link X509StoreFlags}, joined with `|`, beside those of the store. */
  readonly flags?: number;
  /** Revocation lists beside those of the store. Sets CRL_CHECK. */
  readonly crls?: readonly CRL[];
  /** Further certificates that the chain may be made of, which are not trusted. */
  readonly untrusted?: readonly X509[];
}

const optionNames: readonly (keyof X509VerifyOptions)[] = [
  ...(['purpose', 'hostname', 'hostFlags', 'ip', 'email', 'depth', 'securityLevel'] as const),
  ...(['policies', 'time', 'flags', 'crls', 'untrusted'] as const),
];

export function requireStoreFlags(value: unknown, name: string): number {
  return requireInteger(value, name, 0, maxStoreFlags);
}

export function requirePurposeNumber(value: unknown, name: string): number {
  return purposeNumbers[requireWord(value, name, Object.keys(purposeNumbers) as X509Purpose[])];
}

export function requireDepth(value: unknown, name: string): number {
  return requireInteger(value, name, 0, 100);
}

export function requireSecurityLevel(value: unknown, name: string): number {
  return requireInteger(value, name, 0, 5);
}

/** A time as OpenSSL compares it: whole seconds, of years that every system knows. */
export function requireEpochSeconds(value: unknown, name: string): number {
  if (!(value instanceof Date)) throw wrongArgument('a Date', name, value, false);
  const seconds = Math.floor(value.getTime() / 1000);
  if (seconds >= 0 && seconds <= 253402300799) return seconds;
  throw new RangeError(`Expected a Date from 1970 to 9999 for ${name}, got ${String(value.getTime())}`);
}

/** A copy of an array, so that it cannot change any more. */
export function requireList(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return [...value];
  throw wrongArgument('an array', name, value, false);
}

/** Names nothing: what {@link NativeVerifyParameters} consists of where nothing is set. */
export const noParameters: NativeVerifyParameters = Object.freeze({
  flags: undefined,
  purpose: undefined,
  depth: undefined,
  securityLevel: undefined,
  epochSeconds: undefined,
  hostnames: undefined,
  hostFlags: undefined,
  ip: undefined,
  email: undefined,
  policies: undefined,
});

/** What is read out of {@link X509VerifyOptions}; each property is read once. */
export interface VerifyRequest {
  readonly parameters: NativeVerifyParameters;
  readonly crls: readonly unknown[];
  readonly untrusted: readonly unknown[];
}

/**
 * @throws {TypeError} an unknown option, or one of the wrong type
 * @throws {RangeError} a value that cannot be
 */
export function verifyRequest(value: unknown): VerifyRequest {
  const options = requireOptions<X509VerifyOptions>(value, 'options', optionNames);
  const given = Object.fromEntries(optionNames.map((name) => [name, options[name]]));
  const read = <Kind>(name: keyof X509VerifyOptions, check: (value: unknown, name: string) => Kind) =>
    given[name] === undefined ? undefined : check(given[name], name);
  const crls = read('crls', requireList);
  const flags = read('flags', requireStoreFlags);
  return {
    crls: crls ?? [],
    untrusted: read('untrusted', requireList) ?? [],
    parameters: {
      flags: crls === undefined ? flags : (flags ?? 0) | 0x4,
      purpose: read('purpose', requirePurposeNumber),
      depth: read('depth', requireDepth),
      securityLevel: read('securityLevel', requireSecurityLevel),
      epochSeconds: read('time', requireEpochSeconds),
      hostnames: read('hostname', requireHostnames),
      hostFlags: read('hostFlags', (each, name) => requireInteger(each, name, 0, maxCheckFlags)),
      ip: read('ip', requireIp),
      email: read('email', requireEmail),
      policies: read('policies', requirePolicies),
    },
  };
}
