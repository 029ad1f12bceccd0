// What a trust anchor may vouch for, and until when.

import { type Purpose, purposes as trustPurposes } from '../ca-bundle/purposes.ts';
import { requireOptions, requireWord } from './arguments.ts';
import { requireEpochSeconds, requireList } from './verify-options.ts';

/** What a certificate is trusted for, and for which leaves. */
export interface X509AnchorOptions {
  /** What it is trusted for (default: everything); an empty list is distrust. */
  readonly purposes?: readonly Purpose[];
  /**
   * The last moment at which a leaf below it may have been issued, by the leaf's own notBefore, in whole seconds: for
   * everything, or for a purpose each.
   */
  readonly distrustAfter?: Date | Readonly<Partial<Record<Purpose, Date>>>;
}

/** The binary's form of them: a bit for each purpose, and the dates in epoch seconds. The last one is for other purposes. */
export interface AnchorRules {
  readonly purposes: number;
  readonly distrustAfter: readonly number[];
}

const never = Number.POSITIVE_INFINITY;
const other = 1 << trustPurposes.length;
const everything = 2 * other - 1;

/**
 * @throws {TypeError} an unknown option, or one of the wrong type
 * @throws {RangeError} no such purpose, or a date before 1970
 */
export function anchorRules(value: unknown, name: string): AnchorRules {
  const { purposes, distrustAfter } = requireOptions<X509AnchorOptions>(value, name, [
    'purposes',
    'distrustAfter',
  ]);
  return {
    purposes: purposes === undefined ? everything : purposeBits(purposes, 'purposes'),
    distrustAfter: distrustDates(distrustAfter, 'distrustAfter'),
  };
}

function purposeBits(value: unknown, name: string): number {
  const words = requireList(value, name).map((word) => requireWord(word, name, trustPurposes));
  return words.reduce((bits, word) => bits | (1 << trustPurposes.indexOf(word)), 0);
}

function distrustDates(value: unknown, name: string): number[] {
  if (value === undefined) return [...trustPurposes.map(() => never), never];
  if (value instanceof Date) {
    const seconds = requireEpochSeconds(value, name);
    return [...trustPurposes.map(() => seconds), seconds];
  }
  const dates = requireOptions<Partial<Record<Purpose, Date>>>(value, name, trustPurposes);
  const seconds = trustPurposes.map((purpose) => {
    const date = dates[purpose];
    return date === undefined ? never : requireEpochSeconds(date, `${name}.${purpose}`);
  });
  return [...seconds, never];
}
