// `version`: every number that the package and the OpenSSL inside it have.

import { native } from './native.ts';
import { type PackageNumbers, packageNumbers } from './package-numbers.ts';

/** All version numbers. `opensslVersion` is what the package was made with, `openssl` what is really loaded. */
export interface Version extends PackageNumbers {
  /** The OpenSSL that is loaded. */
  readonly openssl: {
    /** `3.5.7`. */
    readonly version: string;
    /** With the date of the release: `OpenSSL 3.5.7 9 Jun 2026`. */
    readonly text: string;
    /** OPENSSL_VERSION_NUMBER: 0xMNN00PP0. */
    readonly number: number;
    /** The same as `0x30500070`. */
    readonly hex: string;
    /** 3 of `3.5.7`. */
    readonly major: number;
    /** 5 of `3.5.7`. */
    readonly minor: number;
    /** 7 of `3.5.7`. */
    readonly patch: number;
    /** Such as `-beta1`; empty in a release. */
    readonly preRelease: string;
    /** Such as `+fips`; empty in a release. */
    readonly buildMetadata: string;
    /** Of the headers that the addon was compiled with. */
    readonly headers: string;
  };
  /** The node that runs it. */
  readonly node: {
    /** `process.versions.node`. */
    readonly version: string;
    /** The OpenSSL inside node, which is another one: `process.versions.openssl`. */
    readonly openssl: string;
    /** The Node-API version that node offers. */
    readonly napi: string;
  };
}

function readVersion(): Version {
  const numbers = native.libraryNumbers();
  const { node, openssl = '', napi = '' } = process.versions;
  return {
    ...packageNumbers,
    openssl: Object.freeze({
      version: `${numbers.major}.${numbers.minor}.${numbers.patch}`,
      text: native.libraryVersion(0),
      hex: `0x${numbers.number.toString(16).padStart(8, '0')}`,
      ...numbers,
    }),
    node: Object.freeze({ version: node, openssl, napi }),
  };
}

/** The version numbers of the package, of the OpenSSL inside it, and of the node that runs it. */
export const version: Version = Object.freeze(readVersion());
