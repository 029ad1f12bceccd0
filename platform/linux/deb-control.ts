// Texts of the Debian packages, in the forms of Debian Policy: control (5.3), changelog (4.4).

import { isFile, type Member } from '../../build/packagers/members.ts';
import type { PackageInfo, Target } from '../../build/types.ts';
import { debTarget } from './package-target.ts';
import { developmentDescription, developmentSummary, releaseLine, wrapped } from './system-tree.ts';

/** Name of the development package. */
export function developmentPackage(info: PackageInfo): string {
  return `${info.name}-dev`;
}

/** DEBIAN/control. */
export function controlText(info: PackageInfo, target: Target, members: readonly Member[]): string {
  const { architecture, glibcFloor } = debTarget(target);
  return `Package: ${info.name}
Version: ${info.distributionVersion}
Architecture: ${architecture}
Maintainer: ${info.maintainer}
Installed-Size: ${installedKibibytes(members)}
Depends: libc6 (>= ${glibcFloor})
Recommends: nodejs (>= 20.19), openssl
Section: utils
Priority: optional
Homepage: ${info.homepage}
${descriptionField(info.summary, info.description)}`;
}

/** DEBIAN/control of the development package. */
export function developmentControlText(
  info: PackageInfo,
  target: Target,
  members: readonly Member[],
): string {
  return `Package: ${developmentPackage(info)}
Source: ${info.name}
Version: ${info.distributionVersion}
Architecture: ${debTarget(target).architecture}
Maintainer: ${info.maintainer}
Installed-Size: ${installedKibibytes(members)}
Depends: ${info.name} (= ${info.distributionVersion})
Section: libdevel
Priority: optional
Homepage: ${info.homepage}
${descriptionField(developmentSummary(info), developmentDescription(info))}`;
}

function descriptionField(summary: string, description: string): string {
  const lines = wrapped(description, 78).map((line) => ` ${line}\n`);
  return `Description: ${summary}\n${lines.join('')}`;
}

/** As dpkg-gencontrol counts: files in KiB, rounded up one by one, and 1 KiB for everything else. */
function installedKibibytes(members: readonly Member[]): number {
  const sizes = members.map((member) => (isFile(member) ? Math.ceil(sizeBytes(member) / 1024) : 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function sizeBytes(member: Extract<Member, { type: 'file' | 'made' }>): number {
  return member.type === 'file' ? member.sizeBytes : Buffer.byteLength(member.content);
}

/** The changelog of the packages, which has one entry: the release. */
export function changelogText(info: PackageInfo, epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  return `${info.name} (${info.distributionVersion}) unstable; urgency=medium

  * ${releaseLine(info)}.

 -- ${info.maintainer}  ${date}
`;
}
