// Entries of revocation lists: pyOpenSSL's Revoked.

import { inspect } from 'node:util';
import type { RevokedHandle } from '../native/crl-binding.ts';
import { native } from '../native.ts';
import { didYouMean } from '../nearest.ts';
import { requireBigInt, requireText, wrongArgument } from './arguments.ts';
import { createX509Extension, extensionHandles, type X509Extension } from './extension.ts';
import { createHolding, Held } from './held.ts';
import { printable } from './name.ts';
import { dateOf, timeText } from './time.ts';

/** Reasons by their numbers, CRLReason of RFC 5280 section 5.3.1, under pyOpenSSL's names. There is no 7. */
const reasons = [
  'unspecified',
  'keyCompromise',
  'CACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'AACompromise',
] as const;

/** Why a certificate was revoked. */
export type RevocationReason = Exclude<(typeof reasons)[number], undefined>;

const reasonNames: readonly RevocationReason[] = reasons.filter((reason) => reason !== undefined);

let handleOf: (revoked: unknown) => RevokedHandle;

/**
 * A revocation: one entry of a {@link CRL}. A new one has the serial number 0, no date and no reason. What a list gives out
 * is a copy, and what it takes in is copied.
 */
export class Revoked {
  readonly #handle: RevokedHandle;

  /** Makes an entry with the serial number 0. */
  constructor();
  constructor(held?: unknown) {
    this.#handle = held instanceof Held ? held.handle : native.revokedNew();
  }

  static {
    handleOf = (revoked) => {
      if (typeof revoked === 'object' && revoked !== null && #handle in revoked) return revoked.#handle;
      throw wrongArgument('a Revoked', 'revoked', revoked, false);
    };
  }

  /** Serial number of the certificate that is revoked. (pyOpenSSL has it as text in hex.) */
  getSerial(): bigint {
    return native.revokedSerial(this.#handle);
  }

  /**
   * Names the certificate.
   * @param serial - as {@link X509.getSerialNumber} says it
   * @throws {TypeError} not a bigint
   * @throws {RangeError} more than 64 KiB
   */
  setSerial(serial: bigint): void {
    native.revokedSetSerial(this.#handle, requireBigInt(serial, 'serial'));
  }

  /**
   * Why it was revoked.
   * @returns one of {@link allReasons}, or undefined where the entry gives no reason; the number as text where it is none of
   *   RFC 5280. (pyOpenSSL answers in words, `Key Compromise`, which it takes as well.)
   * @throws {OpenSSLError} the reason cannot be read
   */
  getReason(): RevocationReason | `${number}` | undefined {
    const number = native.revokedReason(this.#handle);
    return number === undefined ? undefined : (reasons[number] ?? `${number}`);
  }

  /**
   * Gives a reason.
   * @param reason - one of {@link allReasons}, in which case and blanks do not count; undefined removes it
   * @throws {TypeError} not a string
   * @throws {RangeError} no such reason
   */
  setReason(reason: RevocationReason | undefined): void {
    native.revokedSetReason(this.#handle, reason === undefined ? undefined : reasonNumber(reason));
  }

  /** The names of all reasons, a new array each time. */
  allReasons(): RevocationReason[] {
    return [...reasonNames];
  }

  /**
   * When it was revoked.
   * @returns undefined in a new entry
   * @throws {OpenSSLError} the entry holds no valid time there
   */
  getRevDate(): Date | undefined {
    const date = native.revokedDate(this.#handle);
    return date === undefined ? undefined : dateOf(date);
  }

  /**
   * When it was revoked as ASN.1 has it, in pyOpenSSL's form `YYYYMMDDhhmmssZ`.
   * @returns undefined in a new entry
   * @throws {OpenSSLError} the entry holds no valid time there
   */
  getRevDateText(): string | undefined {
    return native.revokedDate(this.#handle)?.text;
  }

  /**
   * Says when it was revoked.
   * @param when - a Date, of which milliseconds are cut off, or `YYYYMMDDhhmmssZ`
   * @throws {TypeError} neither a Date nor a string
   * @throws {RangeError} an invalid Date, or one outside the years 0 to 9999
   * @throws {OpenSSLError} text that is no time
   */
  setRevDate(when: Date | string): void {
    native.revokedSetDate(this.#handle, timeText(when, 'when'));
  }

  /**
   * Copies of the extensions, in their order: the reason is one of them.
   */
  getExtensions(): X509Extension[] {
    return native.revokedExtensions(this.#handle).map((handle) => createX509Extension(handle));
  }

  /**
   * Adds copies of extensions behind those that are there.
   * @throws {TypeError} not an iterable of X509Extension; nothing is added then
   */
  addExtensions(extensions: Iterable<X509Extension>): void {
    native.revokedAddExtensions(this.#handle, extensionHandles(extensions));
  }

  /** Serial number in hex, date and reason. */
  toJSON(): { readonly serial: string; readonly date: string | null; readonly reason: string | null } {
    return {
      serial: this.getSerial().toString(16),
      date: this.getRevDateText() ?? null,
      reason: this.getReason() ?? null,
    };
  }

  [inspect.custom](): string {
    const date = printable(() => this.getRevDateText() ?? 'none');
    const reason = printable(() => this.getReason() ?? 'none');
    return `Revoked { serial: 0x${this.getSerial().toString(16)}, date: ${date}, reason: ${reason} }`;
  }
}

function reasonNumber(reason: string): number {
  const wanted = requireText(reason, 'reason').toLowerCase().replaceAll(' ', '');
  const number = reasons.findIndex((name) => name?.toLowerCase() === wanted);
  if (number >= 0) return number;
  const error = wrongArgument(`one of ${reasonNames.join(', ')}`, 'reason', reason, true);
  error.message += didYouMean(reason, reasonNames);
  throw error;
}

/** @internal */
export function createRevoked(handle: RevokedHandle): Revoked {
  return createHolding(Revoked, handle);
}

/** @internal */
export function revokedHandle(revoked: unknown): RevokedHandle {
  return handleOf(revoked);
}
