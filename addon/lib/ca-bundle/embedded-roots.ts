// The embedded roots: the certificates of a bundle joined with ca-bundle.json, which says what PEM cannot carry.

import { nodeCrypto } from '../node-modules.ts';
import { CABundleError } from './errors.ts';
import { bundleFile, indexFile, readEmbeddedFile } from './files.ts';
import { parseBundle } from './parse-bundle.ts';
import { type Purpose, purposes, TRUST_ANY, type TrustPurpose } from './purposes.ts';

/** A purpose without a key has no such date. */
export type DistrustAfter = Readonly<Partial<Record<Purpose, string>>>;

/** One root of ca-bundle.json. */
export interface IndexedRoot {
  readonly name: string;
  /** One line: subject, key and validity. */
  readonly description: string;
  /** RFC 4514. */
  readonly subject: string;
  /** RFC 4514. */
  readonly issuer: string;
  /** Upper-case hex. */
  readonly serial: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** `AA:BB:…`, of the DER. */
  readonly sha1: string;
  /** `AA:BB:…`, of the DER. */
  readonly sha256: string;
  readonly purposes: readonly Purpose[];
  /** For a purpose, the last notBefore that a leaf may have: ISO 8601, UTC. */
  readonly distrustAfter: DistrustAfter;
}

/** A root of an embedded bundle with its certificate, PEM. */
export interface EmbeddedRoot extends IndexedRoot {
  readonly certificate: string;
}

let index: ReadonlyMap<string, IndexedRoot> | undefined;
const bundles = new Map<TrustPurpose, readonly EmbeddedRoot[]>();

/**
 * Reads an embedded bundle, once a process. The bundle says which roots belong to it: the index also holds roots that
 * are trusted for one purpose and distrusted for another.
 * @returns its roots in its order
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: the package is damaged
 */
export function embeddedRoots(purpose: TrustPurpose): readonly EmbeddedRoot[] {
  let roots = bundles.get(purpose);
  if (roots === undefined) {
    roots = readRoots(bundleFile(purpose));
    bundles.set(purpose, roots);
  }
  return roots;
}

/** The roots of all bundles, each once. */
export function allEmbeddedRoots(): EmbeddedRoot[] {
  const all: readonly TrustPurpose[] = [TRUST_ANY, ...purposes];
  const roots = all.flatMap((purpose) => embeddedRoots(purpose));
  return [...new Map(roots.map((root) => [root.sha256, root])).values()];
}

/**
 * Finds what the index says about a certificate.
 * @param sha256 - `AA:BB:…`
 * @returns undefined for one that no bundle of this release holds
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: the package is damaged
 */
export function findIndexedRoot(sha256: string): IndexedRoot | undefined {
  index ??= readIndex();
  return index.get(sha256);
}

/**
 * Every root of the index.
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: the package is damaged
 */
export function indexedRoots(): readonly IndexedRoot[] {
  index ??= readIndex();
  return [...index.values()];
}

/**
 * The text of an embedded bundle.
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: the package is damaged
 */
export function embeddedBundle(purpose: TrustPurpose): string {
  return readEmbeddedFile(bundleFile(purpose));
}

/** The bundle of a purpose has a root that the index lacks. */
export function unindexedRoot(purpose: TrustPurpose): CABundleError {
  return damaged(`${bundleFile(purpose)} and ${indexFile} differ: the index lacks a root`);
}

/** A certificate's fingerprint as `AA:BB:…`. */
export function fingerprint(der: Uint8Array, algorithm: 'sha1' | 'sha256'): string {
  const hex = nodeCrypto().createHash(algorithm).update(der).digest('hex').toUpperCase();
  return hex.replaceAll(/..(?!$)/g, '$&:');
}

/** A certificate as PEM, as OpenSSL writes it. */
export function toPem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

function readRoots(file: string): EmbeddedRoot[] {
  return parseBundle(readEmbeddedFile(file)).map(({ der, line }) => {
    const root = findIndexedRoot(fingerprint(der, 'sha256'));
    if (root === undefined)
      throw damaged(`${file} and ${indexFile} differ: the index lacks the root at line ${line}`);
    return Object.freeze({ ...root, certificate: toPem(der) });
  });
}

function readIndex(): ReadonlyMap<string, IndexedRoot> {
  const text = readEmbeddedFile(indexFile);
  try {
    const { roots } = JSON.parse(text) as { roots: IndexedRoot[] };
    for (const root of roots)
      for (const part of [root.purposes, root.distrustAfter, root]) Object.freeze(part);
    return new Map(roots.map((root) => [root.sha256, root]));
  } catch (cause) {
    throw damaged(`${indexFile} is no index of roots`, cause);
  }
}

function damaged(what: string, cause?: unknown): CABundleError {
  return new CABundleError(
    'ERR_CA_BUNDLE_FILE',
    `${what}; the package is damaged, install it again`,
    {},
    { cause },
  );
}
