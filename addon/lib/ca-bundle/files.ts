// The files of the bundles: where they lie, and how one is read.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../package-folder.ts';
import { CABundleError } from './errors.ts';
import type { TrustPurpose } from './purposes.ts';

const folder = path.join(packageFolder, 'ca-bundles');

const fileNames: Readonly<Record<TrustPurpose, string>> = {
  any: 'ca-bundle.crt',
  serverAuthentication: 'ca-bundle-server.crt',
  emailProtection: 'ca-bundle-email.crt',
  codeSigning: 'ca-bundle-codesigning.crt',
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder, name a file in it',
  EACCES: 'this user may not read it',
};

/** Absolute path of the index of all roots. */
export const indexFile: string = path.join(folder, 'ca-bundle.json');

/** Absolute path of an embedded bundle. */
export function bundleFile(purpose: TrustPurpose): string {
  return path.join(folder, fileNames[purpose]);
}

/**
 * Reads a file of the package.
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: the package is damaged
 */
export function readEmbeddedFile(file: string): string {
  return readText(file, 'the package is incomplete, install it again');
}

/**
 * Reads a caller's bundle. PEM is ASCII, but its comments are not, and a Windows shell that redirects writes UTF-16.
 * @throws {CABundleError} ERR_CA_BUNDLE_FILE: it cannot be read, or it is DER
 */
export function readCallersFile(file: string): string {
  return readText(file, 'name a PEM file, or none for the embedded bundle');
}

function readText(file: string, advice: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fileError(file, `${reasons[code ?? ''] ?? message}; ${advice}`, error);
  }
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80) {
    throw fileError(
      file,
      'it is DER, wanted PEM; convert it with: openssl x509 -inform DER -in FILE',
      undefined,
    );
  }
  return new TextDecoder(detectEncoding(bytes)).decode(bytes);
}

function detectEncoding(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  return mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
}

function fileError(file: string, why: string, cause: unknown): CABundleError {
  return new CABundleError('ERR_CA_BUNDLE_FILE', `Cannot read the CA bundle ${file}: ${why}`, {}, { cause });
}
