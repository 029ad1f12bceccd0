// Files of the checkout that the trees of a platform hold, as paths below the checkout.

import type { Target } from '../build/types.ts';

interface PlatformFiles {
  /** What starts the command `tsopenssl`, and its place in the tree. */
  readonly launcher: { readonly source: string; readonly place: string };
  /** What the reader of an installed copy needs to know. */
  readonly readme: string;
  /** Whether the tree may hold symbolic links; without them, copies. */
  readonly hasLinks: boolean;
}

const shell = { source: 'platform/linux/launcher.sh', place: 'bin/tsopenssl' };

const files: Readonly<Record<Target['os'], PlatformFiles>> = {
  linux: { launcher: shell, readme: 'platform/linux/README.md', hasLinks: true },
  darwin: { launcher: shell, readme: 'platform/macos/README.md', hasLinks: true },
  win32: {
    launcher: { source: 'platform/windows/tsopenssl.cmd', place: 'bin/tsopenssl.cmd' },
    readme: 'platform/windows/README.md',
    hasLinks: false,
  },
};

/** The files of a target's platform. */
export function platformFiles({ os }: Target): PlatformFiles {
  return files[os];
}
