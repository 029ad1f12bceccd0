import type { PackageInfo, Target } from '../../build/types.ts';
export function lintianOverrides(_info: PackageInfo, _target: Target): string {
  return '';
}
