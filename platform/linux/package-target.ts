// What the packagers for Debian and Fedora must know of a target; which targets have such packages is data of the target.

import { BuildError } from '../../build/errors.ts';
import type { LinuxTarget, Target } from '../../build/types.ts';

/** A Linux target that a package manager's packages are made for: its architecture's name there, and its floor. */
export interface PackageTarget {
  readonly architecture: string;
  readonly glibcFloor: string;
}

/**
 * What a `.deb` says of a target.
 * @throws {BuildError} ERR_RECIPE for a target that has no such package
 */
export function debTarget(target: Target): PackageTarget {
  return packageTarget(target, '.deb', (linux) => linux.debArchitecture);
}

/**
 * What an `.rpm` says of a target.
 * @throws {BuildError} ERR_RECIPE for a target that has no such package
 */
export function rpmTarget(target: Target): PackageTarget {
  return packageTarget(target, '.rpm', (linux) => linux.rpmArchitecture);
}

function packageTarget(
  target: Target,
  suffix: string,
  architectureOf: (target: LinuxTarget) => string | undefined,
): PackageTarget {
  const architecture = target.os === 'linux' ? architectureOf(target) : undefined;
  const glibcFloor = target.os === 'linux' ? target.glibcFloor : undefined;
  if (architecture !== undefined && glibcFloor !== undefined) return { architecture, glibcFloor };
  throw new BuildError(
    'ERR_RECIPE',
    `${target.id}: wanted a target with glibc and an architecture for a ${suffix}, found none; leave that format out`,
  );
}
