// Makes the roots: of an embedded bundle from files of the package, of a caller's bundle from its text.

import { FILETYPE_ASN1 } from '../crypto/arguments.ts';
import type { X509Name } from '../crypto/name.ts';
import { loadCertificate } from '../late-crypto.ts';

import { embeddedRoots, findIndexedRoot, fingerprint, toPem } from './embedded-roots.ts';
import { type BundledCertificate, certificateError, parseBundle } from './parse-bundle.ts';
import type { TrustPurpose } from './purposes.ts';
import { CARootCertificate } from './root-certificate.ts';

const embedded = new Map<TrustPurpose, readonly CARootCertificate[]>();

/**
 * The roots of an embedded bundle, made once a process.
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: the package is damaged
 */
export function embeddedRootCertificates(purpose: TrustPurpose): readonly CARootCertificate[] {
  const known = embedded.get(purpose);
  if (known !== undefined) return known;
  const roots = embeddedRoots(purpose).map((root) =>
    freeze(new CARootCertificate(root.name, root.sha1, root.description, root.certificate, root)),
  );
  embedded.set(purpose, roots);
  return roots;
}

/**
 * The roots of a caller's text. What its headers do not say comes from the index, then from the certificate itself.
 * @throws {CABundleError} no PEM, or a broken certificate
 */
export function callersRoots(bundle: string): readonly CARootCertificate[] {
  return parseBundle(bundle).map((found) => {
    const subject = readSubject(found);
    const sha256 = fingerprint(found.der, 'sha256');
    const indexed = findIndexedRoot(sha256);
    const name = found.name ?? indexed?.name ?? nameOf(subject);
    const description = found.description ?? indexed?.description ?? subject.toString();
    const purposes = found.trust.purposes ?? indexed?.purposes;
    const trust = {
      sha256,
      ...(purposes === undefined ? {} : { purposes }),
      ...(indexed === undefined ? {} : { distrustAfter: indexed.distrustAfter }),
    };
    const sha1 = fingerprint(found.der, 'sha1');
    return freeze(new CARootCertificate(name, sha1, description, toPem(found.der), trust));
  });
}

function freeze(root: CARootCertificate): CARootCertificate {
  Object.freeze(root);
  return root;
}

function readSubject(found: BundledCertificate): X509Name {
  try {
    return loadCertificate(FILETYPE_ASN1, found.der).getSubject();
  } catch (cause) {
    throw certificateError(found, (cause as Error).message, { cause });
  }
}

/** The common name; some old roots have none, and are known by their unit or organisation. */
function nameOf(subject: X509Name): string {
  const components = subject.getComponents();
  for (const wanted of ['CN', 'OU', 'O']) {
    const [, value] = components.findLast(([name]) => name === wanted) ?? [];
    if (value !== undefined) return decodeValue(value);
  }
  return subject.toString();
}

/** A BMPString holds a NUL in every Latin letter, UTF-8 never does. */
function decodeValue(value: Buffer): string {
  const isWide = value.length % 2 === 0 && value.includes(0);
  return isWide ? new TextDecoder('utf-16be').decode(value) : value.toString('utf8');
}
