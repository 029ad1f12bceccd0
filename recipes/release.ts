// What this release is called. Every key is data; a release changes these lines and nothing else.

export const release = {
  /** tsopenssl's own version, three numbers. */
  apiVersion: '1.0.0',
  /** The distribution's update number, 0 when only the API or OpenSSL changed since the last release. */
  update: 0,
  /** The version inside npm and MSI, rising with every release. */
  semver: '1.0.0',
  /** The one clock of every artifact, seconds since 1970; SOURCE_DATE_EPOCH replaces it. 2026-11-23 00:00:00 UTC. */
  epochSeconds: 1795392000,
  /** OpenSSL line that `npm run dist` builds when none is named. */
  defaultLine: '3.5',
  /** Shown by package managers. */
  summary: 'OpenSSL distribution for Node.js with addon and CA bundles',
  description:
    'A current OpenSSL with its command line, an openssl.cnf, certificate-authority bundles made from ' +
    "Mozilla's list, and tsopenssl, a Node-API addon that brings this OpenSSL into Node.js, isolated from " +
    'the one that is built into node.',
  homepage: 'https://www.npmjs.com/package/tsopenssl',
  /** SPDX: OpenSSL and tsopenssl; the CA bundles; what the addon holds of node-addon-api, zig and libc++. */
  licence: 'Apache-2.0 AND MPL-2.0 AND MIT AND Apache-2.0 WITH LLVM-exception',
  maintainer: 'The tsopenssl project <noreply@tsopenssl.invalid>',
} as const;
