// The distribution version's two functions, which few programs call.

export { decodeDistributionVersion, encodeDistributionVersion } from './distribution-version.ts';
