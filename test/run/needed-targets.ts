// Which targets must be built before a test file of `npm run test:platforms` can start.

import type { TargetId } from '../../build/types.ts';

/** The order in which targets are built: this machine's, which all tests use, then those whose tests take longest. */
export const targetOrder: readonly TargetId[] = [
  'linux-x64',
  'win32-x64',
  'linux-arm64',
  'linuxmusl-x64',
  'darwin-arm64',
  'darwin-x64',
  'darwin-universal',
];

const needs: readonly (readonly [pattern: RegExp, targets: readonly TargetId[]])[] = [
  [/\/targets\/windows\//, ['linux-x64', 'win32-x64']],
  [/\/targets\/macos\//, ['linux-x64', 'darwin-arm64', 'darwin-x64', 'darwin-universal']],
  [/\/targets\/linux\/arm64[^/]*$/, ['linux-x64', 'linux-arm64']],
  [/\/targets\/linux\/musl[^/]*$/, ['linux-x64', 'linuxmusl-x64']],
  [/\/targets\/linux\//, ['linux-x64', 'linux-arm64', 'linuxmusl-x64']],
];

/** The targets of a test file; undefined for one that needs the whole build, with the manifest and the checksums. */
export function neededTargets(file: string): readonly TargetId[] | undefined {
  return needs.find(([pattern]) => pattern.test(`/${file}`))?.[1];
}
