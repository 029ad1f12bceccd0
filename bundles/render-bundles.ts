// The CA bundles and their index, as text: the same roots always give the same bytes.

import { type DescribedRoot, describeRoot } from './describe-root.ts';
import { renderIndex } from './render-index.ts';
import { renderPem } from './render-pem.ts';
import type { CertdataInfo, Purpose, Root } from './types.ts';

/** The bundles in PEM; the one without a purpose is for any. */
const bundles: readonly { readonly fileName: string; readonly purpose?: Purpose }[] = [
  { fileName: 'ca-bundle.crt' },
  { fileName: 'ca-bundle-server.crt', purpose: 'serverAuthentication' },
  { fileName: 'ca-bundle-email.crt', purpose: 'emailProtection' },
  { fileName: 'ca-bundle-codesigning.crt', purpose: 'codeSigning' },
];

/**
 * Renders the four bundles and the index.
 * @param roots - as parseCertdata answers them, in any order
 * @returns file name to content
 */
export function renderBundles(roots: readonly Root[], info: CertdataInfo): ReadonlyMap<string, string> {
  const sorted = roots.map(describeRoot).sort(compareRoots);
  const files = new Map<string, string>();
  for (const { fileName, purpose } of bundles) {
    const members = sorted.filter((root) => belongs(root, purpose));
    files.set(fileName, renderPem(members, fileName, purpose, info));
  }
  const trusted = sorted.filter((root) => root.trusted.length > 0);
  return files.set('ca-bundle.json', renderIndex(trusted, info));
}

/** The bundle for any purpose holds nothing that is explicitly distrusted for one of them: PEM cannot say for which. */
function belongs(root: Root, purpose: Purpose | undefined): boolean {
  if (purpose !== undefined) return root.trusted.includes(purpose);
  return root.trusted.length > 0 && root.distrusted.length === 0;
}

/** By name in the order of its UTF-8 bytes, and by digest where two have one name: no locale has a say. */
function compareRoots(one: DescribedRoot, other: DescribedRoot): number {
  const byName = Buffer.compare(Buffer.from(one.name), Buffer.from(other.name));
  return byName === 0 ? Buffer.compare(Buffer.from(one.sha256), Buffer.from(other.sha256)) : byName;
}
