// `version`: every number that the package and the OpenSSL inside it have, and pyOpenSSL's ways to ask for them.

import { OPENSSL_MODULES_DIR } from './compiled-in.ts';
import { wrongArgument } from './crypto/arguments.ts';
import { native } from './native.ts';
import { type PackageNumbers, packageNumbers } from './package-numbers.ts';

/**
 * What `OpenSSL_version` can be asked for, by pyOpenSSL's names, and those of OpenSSL that pyOpenSSL lacks. The names with
 * SSLEAY are older ones for the same.
 */
const kinds = {
  /** Version and date. */
  OPENSSL_VERSION: 0,
  /** Compiler and flags. */
  OPENSSL_CFLAGS: 1,
  /** When it was built, or the time of its release. */
  OPENSSL_BUILT_ON: 2,
  /** Configure's name of the target. */
  OPENSSL_PLATFORM: 3,
  /** OPENSSLDIR. */
  OPENSSL_DIR: 4,
  /** ENGINESDIR. */
  OPENSSL_ENGINES_DIR: 5,
  /** The version alone. */
  OPENSSL_VERSION_STRING: 6,
  /** The version, with what is appended to it. */
  OPENSSL_FULL_VERSION_STRING: 7,
  /** MODULESDIR. */
  OPENSSL_MODULES_DIR,
  /** Instruction sets in use. */
  OPENSSL_CPU_INFO: 9,
  /** The registry's key that the directories are taken from, on Windows. */
  OPENSSL_WINCTX: 10,
  /** Older name of `OPENSSL_VERSION`. */
  SSLEAY_VERSION: 0,
  /** Older name of `OPENSSL_CFLAGS`. */
  SSLEAY_CFLAGS: 1,
  /** Older name of `OPENSSL_BUILT_ON`. */
  SSLEAY_BUILT_ON: 2,
  /** Older name of `OPENSSL_PLATFORM`. */
  SSLEAY_PLATFORM: 3,
  /** Older name of `OPENSSL_DIR`. */
  SSLEAY_DIR: 4,
} as const;

/**
 * All version numbers. `opensslVersion` is what the package was made with, `openssl` what is really loaded. JSON, copies and
 * `console.log` have the numbers alone, without the constants and the function.
 */
export interface Version extends PackageNumbers, Readonly<typeof kinds> {
  /** The same as `openssl.number`, under pyOpenSSL's name. */
  readonly OPENSSL_VERSION_NUMBER: number;
  /**
   * What the OpenSSL that is loaded says of itself.
   * @param kind - one of the constants: `version.OPENSSL_CFLAGS`
   * @returns one line: `compiler: …`; of a kind that this platform does not have, OpenSSL's words for that
   * @throws {TypeError} not a number
   * @throws {RangeError} none of the constants
   * @see OpenSSL_version(3)
   */
  readonly openSSLVersion: (kind: number) => string;
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
  const version = {
    ...packageNumbers,
    openssl: Object.freeze({
      version: `${numbers.major}.${numbers.minor}.${numbers.patch}`,
      text: native.libraryVersion(0),
      hex: `0x${numbers.number.toString(16).padStart(8, '0')}`,
      ...numbers,
    }),
    node: Object.freeze({ version: node, openssl, napi }),
  };
  const hidden = { ...kinds, OPENSSL_VERSION_NUMBER: numbers.number, openSSLVersion };
  for (const [name, value] of Object.entries(hidden)) Object.defineProperty(version, name, { value });
  return version as typeof version & typeof hidden;
}

function openSSLVersion(kind: number): string {
  const isNumber = typeof kind === 'number';
  if (isNumber && Object.values<number>(kinds).includes(kind)) return native.libraryVersion(kind);
  throw wrongArgument('an integer from 0 to 10', 'kind', kind, isNumber);
}

/** The version numbers of the package, of the OpenSSL inside it, and of the node that runs it. */
export const version: Version = Object.freeze(readVersion());
