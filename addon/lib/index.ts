// What the package `tsopenssl` exports.

export * as caBundle from './ca-bundle.ts';
export type { ConfigurationReport } from './configuration/load-configuration.ts';
export * as crypto from './crypto.ts';
export {
  type DistributionVersion,
  decodeDistributionVersion,
  encodeDistributionVersion,
} from './distribution-version.ts';
export { type Info, info, type Provider, type Setting } from './info.ts';
export { OpenSSLError, type OpenSSLErrorCode, type QueuedError } from './openssl-error.ts';
export { type Version, version } from './version.ts';
