// Every target there is, in the order of lists.

import type { Target } from '../build/types.ts';
import { linuxArm64, linuxMuslX64, linuxX64 } from './linux/targets.ts';
import { darwinArm64, darwinUniversal, darwinX64 } from './macos/targets.ts';
import { win32X64 } from './windows/targets.ts';

export const targets: readonly Target[] = [
  linuxX64,
  linuxArm64,
  linuxMuslX64,
  darwinArm64,
  darwinX64,
  darwinUniversal,
  win32X64,
];

/** What a target's files need of the system that they run on, in words: `glibc 2.17`. */
export function floorOf(target: Target): string {
  switch (target.os) {
    case 'linux':
      return target.glibcFloor === undefined ? 'musl' : `glibc ${target.glibcFloor}`;
    case 'darwin':
      return `macOS ${target.minimumSystem}`;
    case 'win32':
      return `Windows ${target.minimumSystem.replace(/\.0$/, '')}`;
  }
}
