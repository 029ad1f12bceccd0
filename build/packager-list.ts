// Every packager, with the name of its step and what it packs.

import { deb } from '../platform/linux/deb.ts';
import { debDevelopment } from '../platform/linux/deb-development.ts';
import { rpm } from '../platform/linux/rpm.ts';
import { rpmDevelopment } from '../platform/linux/rpm-development.ts';
import { pkg } from '../platform/macos/pkg.ts';
import { exe } from '../platform/windows/exe.ts';
import { msi } from '../platform/windows/msi.ts';
import { zip, zipDevelopment } from '../platform/windows/zip.ts';
import { caBundles } from './packagers/ca-bundles.ts';
import { npmMain, npmPlatform } from './packagers/npm.ts';
import { tarXz, tarXzDevelopment } from './packagers/tar-xz.ts';
import type { Packager, Target } from './types.ts';

export interface NamedPackager {
  readonly step: string;
  readonly packager: Packager;
  /** Which of a target's trees it packs: what users run, or what developers compile and link with. */
  readonly stage: 'runtime' | 'development';
  /** Whether there is such an artifact for a target. */
  serves(target: Target): boolean;
  /** Whether the artifact is the same for every target, so that there is one. */
  readonly isShared?: boolean;
}

const isUnix = ({ os }: Target) => os !== 'win32';
const isMac = ({ os }: Target) => os === 'darwin';
const isWindows = ({ os }: Target) => os === 'win32';
const hasDeb = (target: Target) => target.os === 'linux' && target.debArchitecture !== undefined;
const hasRpm = (target: Target) => target.os === 'linux' && target.rpmArchitecture !== undefined;
const always = () => true;

export const packagerList: readonly NamedPackager[] = [
  { step: 'package-tar.xz', packager: tarXz, stage: 'runtime', serves: isUnix },
  { step: 'package-deb', packager: deb, stage: 'runtime', serves: hasDeb },
  { step: 'package-rpm', packager: rpm, stage: 'runtime', serves: hasRpm },
  { step: 'package-pkg', packager: pkg, stage: 'runtime', serves: isMac },
  { step: 'package-exe', packager: exe, stage: 'runtime', serves: isWindows },
  { step: 'package-msi', packager: msi, stage: 'runtime', serves: isWindows },
  { step: 'package-zip', packager: zip, stage: 'runtime', serves: isWindows },
  { step: 'package-tar.xz-dev', packager: tarXzDevelopment, stage: 'development', serves: isUnix },
  { step: 'package-deb-dev', packager: debDevelopment, stage: 'development', serves: hasDeb },
  { step: 'package-rpm-devel', packager: rpmDevelopment, stage: 'development', serves: hasRpm },
  { step: 'package-zip-dev', packager: zipDevelopment, stage: 'development', serves: isWindows },
  { step: 'package-npm-platform', packager: npmPlatform, stage: 'runtime', serves: always },
  { step: 'package-npm', packager: npmMain, stage: 'runtime', serves: always, isShared: true },
  { step: 'package-ca-bundles', packager: caBundles, stage: 'runtime', serves: always, isShared: true },
];
