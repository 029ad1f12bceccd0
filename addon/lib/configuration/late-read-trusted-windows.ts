// Needed on Windows.

export { trustedReader } from './read-trusted-windows.ts';
