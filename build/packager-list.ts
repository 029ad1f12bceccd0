// Every packager, with the name of its step.

import { deb } from '../platform/linux/deb.ts';
import { rpm } from '../platform/linux/rpm.ts';
import { caBundles } from './packagers/ca-bundles.ts';
import { npmMain, npmPlatform } from './packagers/npm.ts';
import { tarXz } from './packagers/tar-xz.ts';
import type { Packager } from './types.ts';

export interface NamedPackager {
  readonly step: string;
  readonly packager: Packager;
}

export const packagerList: readonly NamedPackager[] = [
  { step: 'package-tar.xz', packager: tarXz },
  { step: 'package-deb', packager: deb },
  { step: 'package-rpm', packager: rpm },
  { step: 'package-npm', packager: npmMain },
  { step: 'package-npm-platform', packager: npmPlatform },
  { step: 'package-ca-bundles', packager: caBundles },
];
