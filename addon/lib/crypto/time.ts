// Times between JavaScript and ASN.1.

import type { NativeTime } from '../native/certificate-binding.ts';
import { requireInteger, requireText, wrongArgument } from './arguments.ts';

/**
 * A time for the binary, which checks text itself and encodes it as RFC 5280 wants.
 * @param when - a Date, of which milliseconds are cut off, or ASN.1's text `YYYYMMDDhhmmssZ` or `YYMMDDhhmmssZ`
 * @throws {TypeError} neither
 * @throws {RangeError} an invalid Date, or one outside the years 0 to 9999
 */
export function timeText(when: Date | string, name: string): string {
  if (typeof when === 'string') return requireText(when, name);
  if (!(when instanceof Date)) throw wrongArgument('a Date or a string', name, when, false);
  const milliseconds = when.getTime();
  if (Number.isNaN(milliseconds))
    throw new RangeError(`Expected a valid Date for ${name}, got an invalid one`);
  const text = new Date(milliseconds).toISOString();
  // years of more than four digits begin with a sign
  if (/^\d/.test(text)) return `${text.slice(0, 19).replaceAll(/\D/g, '')}Z`;
  throw new RangeError(`Expected a Date of the years 0 to 9999 for ${name}, got ${text}`);
}

/**
 * A time from now, for the binary.
 * @param seconds - an integer; a negative one is before now
 * @throws {TypeError} not a number
 * @throws {RangeError} not an integer, or a time outside the years 0 to 9999
 */
export function timeFromNow(seconds: number, name: string): string {
  const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number;
  requireInteger(seconds, name, MIN_SAFE_INTEGER, MAX_SAFE_INTEGER);
  const date = new Date((Math.floor(Date.now() / 1000) + seconds) * 1000);
  const year = date.getUTCFullYear();
  if (year >= 0 && year <= 9999) return timeText(date, name);
  throw new RangeError(`Expected seconds to a time of the years 0 to 9999 for ${name}, got ${seconds}`);
}

/** @internal */
export function dateOf({ epochSeconds }: NativeTime): Date {
  return new Date(epochSeconds * 1000);
}
