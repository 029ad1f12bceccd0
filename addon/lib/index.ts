// What the package `tsopenssl` exports.

/** Bundles of root certificates: those of Mozilla that come with the package, and any other. */
export * as caBundle from './ca-bundle.ts';
export type { ConfigurationReport } from './configuration/load-configuration.ts';
/** Keys, names and certificates, under pyOpenSSL's names in camelCase. */
export * as crypto from './crypto.ts';
/** What to send along with the report of a fault. */
export * as debug from './debug.ts';
export type { DistributionVersion } from './distribution-version.ts';
/** Clients and servers of HTTPS, under node:https's names. */
export * as https from './https.ts';
export { type Info, info, type Provider, type Setting } from './info.ts';
export { decodeDistributionVersion, encodeDistributionVersion } from './late-distribution-version.ts';
export { OpenSSLError, type OpenSSLErrorCode, type QueuedError } from './openssl-error.ts';
/** OpenSSL's generator of random numbers, under pyOpenSSL's names in camelCase. */
export * as rand from './rand.ts';
/** Contexts and connections of TLS and DTLS, under pyOpenSSL's names in camelCase. */
export * as SSL from './ssl.ts';
/** Streams of TLS, under node:tls's names. */
export * as tls from './tls.ts';
/** Connections that several tasks may use at once, as of pyOpenSSL's module of that name. */
export * as tsafe from './tsafe.ts';
export { type Version, version } from './version.ts';
