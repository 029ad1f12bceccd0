// The numbers of the release, which the package's own package.json holds.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from './package-folder.ts';

/** What this package was made of. */
export interface PackageNumbers {
  /** tsopenssl's own version: `1.0.0`. */
  readonly apiVersion: string;
  /** The OpenSSL that the ready-made binary holds: `3.5.7`. */
  readonly opensslVersion: string;
  /** The two joined: `1.0.0.3.5.7`. */
  readonly distributionVersion: string;
  /** Mozilla's root module that the CA bundles were made from: `2.74`. */
  readonly certdataVersion: string;
  /** The version inside npm. */
  readonly semver: string;
}

function readPackageNumbers(): PackageNumbers {
  const text = readFileSync(path.join(packageFolder, 'package.json'), 'utf8');
  const { version, tsopenssl } = JSON.parse(text) as {
    readonly version: string;
    readonly tsopenssl: Omit<PackageNumbers, 'semver'>;
  };
  return { ...tsopenssl, semver: version };
}

export const packageNumbers: PackageNumbers = readPackageNumbers();
