// ca-bundle.json: what PEM cannot carry. docs/ca-bundles.md documents every key.

import type { DescribedRoot } from './describe-root.ts';
import type { CertdataInfo } from './types.ts';

/**
 * Renders the index.
 * @param roots - every root that is in a bundle, sorted
 */
export function renderIndex(roots: readonly DescribedRoot[], info: CertdataInfo): string {
  const index = {
    schemaVersion: 1,
    certdata: {
      version: info.certdataVersion,
      nssVersion: info.nssVersion,
      sha256: info.certdataSha256,
      licence: 'MPL-2.0',
    },
    roots: roots.map((root) => ({
      name: root.name,
      description: root.description,
      subject: root.subject,
      issuer: root.issuer,
      serial: root.serial,
      notBefore: root.notBefore,
      notAfter: root.notAfter,
      sha1: root.sha1,
      sha256: root.sha256,
      purposes: root.trusted,
      distrustAfter: root.distrustAfter,
    })),
  };
  return `${JSON.stringify(index, undefined, 2)}\n`;
}
