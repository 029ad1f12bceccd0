// The namespace `caBundle`: the embedded CA bundles, and any other, as PEM, as roots and as X509.

import { bundleFile, readCallersFile, readEmbeddedFile } from './ca-bundle/files.ts';
import { requirePurpose, type TrustPurpose } from './ca-bundle/purposes.ts';
import type { CARootCertificate } from './ca-bundle/root-certificate.ts';
import { callersRoots, embeddedRootCertificates } from './ca-bundle/roots.ts';
import type { X509 } from './crypto.ts';

export type { DistrustAfter } from './ca-bundle/embedded-roots.ts';
export { CABundleError, type CABundleErrorCode } from './ca-bundle/errors.ts';
export {
  type Purpose,
  TRUST_ANY,
  TRUST_CODE_SIGNING,
  TRUST_EMAIL_PROTECTION,
  TRUST_SERVER_AUTHENTICATION,
  type TrustPurpose,
} from './ca-bundle/purposes.ts';
export { CARootCertificate, type RootTrust } from './ca-bundle/root-certificate.ts';

/**
 * Absolute path of an embedded bundle, PEM.
 * @param purpose - one of the TRUST_ constants (default TRUST_ANY)
 * @throws {TypeError | RangeError} no such purpose
 */
export function getCaBundlePath(purpose?: TrustPurpose | null): string {
  return bundleFile(requirePurpose(purpose));
}

/**
 * Reads a bundle.
 * @param path - a file of your own; its content is answered as it is, UTF-16 decoded
 * @param purpose - which embedded bundle, where no path is given (default TRUST_ANY)
 * @returns PEM text
 * @throws {TypeError | RangeError} wrong arguments
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: the file cannot be read, or it is DER
 */
export function getCaBundle(path?: string | null, purpose?: TrustPurpose | null): string {
  const wanted = requirePurpose(purpose);
  if (path === undefined || path === null) return readEmbeddedFile(bundleFile(wanted));
  if (typeof path !== 'string') throw new TypeError(`Expected a string for path, got ${typeof path}`);
  if (path === '' || path.includes('\0')) {
    throw new RangeError(`Expected the path of a file for path, got ${JSON.stringify(path)}`);
  }
  return readCallersFile(path);
}

/**
 * The roots of a bundle, in its order. A bundle of your own is read whole before the first one is answered, so that a
 * broken certificate is found at once.
 * @param bundle - PEM text, not a path; whatever wrote it
 * @param purpose - which embedded bundle, where none is given (default TRUST_ANY)
 * @throws {TypeError | RangeError} wrong arguments
 * @throws {CABundleError} ERR_CA_BUNDLE_TEXT: no PEM; ERR_CA_BUNDLE_CERTIFICATE: a broken certificate, with its place
 */
export function iterCaBundle(
  bundle?: string | null,
  purpose?: TrustPurpose | null,
): IterableIterator<CARootCertificate> {
  const wanted = requirePurpose(purpose);
  const roots =
    bundle === undefined || bundle === null ? embeddedRootCertificates(wanted) : callersRoots(bundle);
  return roots.values();
}

/**
 * The roots of a bundle as X509, made one by one. Those that a bundle of your own explicitly distrusts for everything
 * are left out: an X509 does not say so any more.
 * @param bundle - as for {@link iterCaBundle}
 * @param purpose - as for {@link iterCaBundle}
 * @throws what {@link iterCaBundle} throws, at once
 */
export function iterCaBundleX509(
  bundle?: string | null,
  purpose?: TrustPurpose | null,
): IterableIterator<X509> {
  return certificatesOf(iterCaBundle(bundle, purpose));
}

function* certificatesOf(roots: Iterable<CARootCertificate>): Generator<X509> {
  for (const root of roots) if (root.purposes?.length !== 0) yield root.getX509();
}
