// Elliptic curves: pyOpenSSL's get_elliptic_curves and get_elliptic_curve.

import { native } from '../native.ts';
import { didYouMean } from '../nearest.ts';
import { requireText } from './arguments.ts';

/** A curve that OpenSSL has: `name` is its short name, which {@link KeyOptions.group} takes. */
export interface EllipticCurve {
  /** Such as `prime256v1`, `secp384r1`. */
  readonly name: string;
}

let curves: readonly EllipticCurve[] | undefined;

/**
 * Every curve that is built in, in OpenSSL's order.
 * @see EC_get_builtin_curves(3)
 */
export function getEllipticCurves(): readonly EllipticCurve[] {
  curves ??= Object.freeze(native.curveNames().map((name) => Object.freeze({ name })));
  return curves;
}

/**
 * One curve by its short name.
 * @throws {TypeError} not a string
 * @throws {RangeError} no such curve
 */
export function getEllipticCurve(name: string): EllipticCurve {
  requireText(name, 'name');
  const found = getEllipticCurves().find((curve) => curve.name === name);
  if (found !== undefined) return found;
  const names = getEllipticCurves().map((curve) => curve.name);
  throw new RangeError(
    `Expected the short name of a curve for name, got ${name.slice(0, 64)}${didYouMean(name, names)}`,
  );
}
