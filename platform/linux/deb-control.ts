// Texts of the Debian package, in the forms of Debian Policy: control (5.3), changelog (4.4), copyright (12.5, in the
// machine-readable form 1.0).

import { isFile, type Member } from '../../build/packagers/members.ts';
import type { PackageInfo, Target } from '../../build/types.ts';
import { type ThirdParty, thirdParties } from '../../recipes/licences.ts';
import { debTarget } from './package-target.ts';
import { releaseLine, wrapped } from './system-tree.ts';

/** Licences whose text every Debian system has in /usr/share/common-licenses. */
const commonLicences: readonly string[] = ['Apache-2.0', 'MPL-2.0'];

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
Description: ${info.summary}
${wrapped(info.description, 78)
  .map((line) => ` ${line}`)
  .join('\n')}
`;
}

/** As dpkg-gencontrol counts: files in KiB, rounded up one by one, and 1 KiB for everything else. */
function installedKibibytes(members: readonly Member[]): number {
  const sizes = members.map((member) => (isFile(member) ? Math.ceil(sizeBytes(member) / 1024) : 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function sizeBytes(member: Extract<Member, { type: 'file' | 'made' }>): number {
  return member.type === 'file' ? member.sizeBytes : Buffer.byteLength(member.content);
}

/** The changelog of the package, which has one entry: the release. */
export function changelogText(info: PackageInfo, epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  return `${info.name} (${info.distributionVersion}) unstable; urgency=medium

  * ${releaseLine(info)}.

 -- ${info.maintainer}  ${date}
`;
}

/** SPDX expressions by the names that the machine-readable form knows. */
const debianNames: Readonly<Record<string, string>> = {
  MIT: 'Expat',
  'Apache-2.0 WITH LLVM-exception': 'Apache-2.0-with-LLVM-exception',
};

/**
 * The copyright file: who holds what, and every licence, whole or by the name of Debian's own copy.
 * @param texts - the whole text of each licence file of the stage, by its name
 */
export function copyrightText(info: PackageInfo, target: Target, texts: ReadonlyMap<string, string>): string {
  const own = ['2026 The tsopenssl project'];
  const prefix = target.prefix.slice(1);
  const parties = (npm: ThirdParty['npm']) => thirdParties.filter((party) => party.npm === npm);
  const openssl = thirdParties.filter((party) => party.shippedAs === 'openssl.txt');
  const files = [
    filesParagraph('*', own, ['Apache-2.0']),
    ...[`${prefix}/bin/openssl`, `${prefix}/lib/*`].map((glob) => partiesParagraph(glob, [], openssl)),
    partiesParagraph(`${prefix}/node_modules/tsopenssl/ca-bundles/*`, [], parties('main')),
    partiesParagraph(`${prefix}/node_modules/${target.npm.packageName}/*`, own, parties('platform')),
  ];
  const format = 'https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/';
  const header = `Format: ${format}\nUpstream-Name: ${info.name}\nSource: ${info.homepage}\n`;
  return [header, ...files, ...licenceParagraphs(texts)].join('\n');
}

function partiesParagraph(glob: string, own: readonly string[], parties: readonly ThirdParty[]): string {
  const holders = [...own, ...parties.flatMap((party) => party.copyright)];
  const licences = [...(own.length > 0 ? ['Apache-2.0'] : []), ...parties.map((party) => party.licence)];
  return filesParagraph(glob, holders, licences);
}

function filesParagraph(glob: string, holders: readonly string[], licences: readonly string[]): string {
  const names = [...new Set(licences.map((licence) => debianNames[licence] ?? licence))];
  const copyright = holders.map((holder) => ` ${holder}`).join('\n');
  return `Files: ${glob}\nCopyright:\n${copyright}\nLicense: ${names.join(' and ')}\n`;
}

function licenceParagraphs(texts: ReadonlyMap<string, string>): string[] {
  const licences = [...new Set(thirdParties.map((party) => party.licence))];
  return licences.map((licence) => {
    const whole = thirdParties
      .filter((party) => party.licence === licence)
      .map((party) => texts.get(party.shippedAs) ?? '');
    const lines = debianBody(licence, whole.join('\n')).trim().split('\n');
    const body = lines.map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`));
    return `License: ${debianNames[licence] ?? licence}\n${body.join('\n')}\n`;
  });
}

/** Debian wants its own copies named, not repeated; LLVM's text opens with the Apache licence and goes on from there. */
function debianBody(licence: string, text: string): string {
  const common = (name: string) =>
    `On Debian systems the whole text of ${name} lies in /usr/share/common-licenses/${name}.`;
  if (commonLicences.includes(licence)) return common(licence);
  const exceptions = text.indexOf('---- LLVM Exceptions');
  return exceptions < 0 ? text : `${common('Apache-2.0')}\n\n${text.slice(exceptions)}`;
}
