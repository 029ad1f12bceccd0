// The spec file of the package for Fedora and its kin. Everything is built already: the spec only says what lies where.

import type { Member } from '../../build/packagers/members.ts';
import type { PackageInfo, Target } from '../../build/types.ts';
import { rpmTarget } from './package-target.ts';
import { releaseLine, wrapped } from './system-tree.ts';

/** The release of the package; a new build of the same version is a new distribution version instead. */
export const rpmRelease = '1';

/** Folders that the package brings and that go when it goes; every other folder belongs to the system. */
const ownedFolders = (info: PackageInfo, target: Target): readonly string[] => [
  target.prefix.slice(1),
  `usr/share/doc/${info.name}`,
  `usr/share/licenses/${info.name}`,
];

/**
 * The spec.
 *
 * AutoReqProv is off: it would announce libssl.so.3 and libcrypto.so.3 to the whole system, and other packages would be
 * resolved to libraries that no loader finds. What the validator allows the binaries to need is glibc alone.
 * Fedora's nodejs has the epoch 1, and a number without one would mean 0, which every nodejs there is above.
 * @param members - what lies in `%{_sourcedir}/tree`, with its folders
 */
export function specText(
  info: PackageInfo,
  target: Target,
  members: readonly Member[],
  epochSeconds: number,
): string {
  return `Name: ${info.name}
Version: ${info.distributionVersion}
Release: ${rpmRelease}
Summary: ${escaped(info.summary)}
License: ${info.licence}
URL: ${info.homepage}
Group: System/Libraries
Packager: ${info.maintainer}
Vendor: ${info.maintainer.replace(/ <.*/, '')}
AutoReqProv: no
Requires: libc.so.6(GLIBC_${rpmTarget(target).glibcFloor})(64bit)
Requires: /bin/sh
Recommends: nodejs >= 1:20.19
Recommends: openssl

%description
${wrapped(escaped(info.description), 78).join('\n')}

%install
cp -a "%{_sourcedir}/tree/." "%{buildroot}/"

%files
${members.flatMap((member) => fileLines(member, ownedFolders(info, target))).join('\n')}

%changelog
* ${changelogDay(epochSeconds)} ${info.maintainer} - ${info.distributionVersion}-${rpmRelease}
- ${releaseLine(info)}
`;
}

function fileLines(member: Member, owned: readonly string[]): string[] {
  const place = `"/${escaped(member.path)}"`;
  if (member.type === 'symlink') return [place];
  const mode = member.mode.toString(8).padStart(4, '0');
  const attributes = `%attr(${mode},root,root)`;
  if (member.type !== 'directory') return [`${marker(member.path)}${attributes} ${place}`];
  const ours = owned.some((folder) => member.path === folder || member.path.startsWith(`${folder}/`));
  return ours ? [`%dir ${attributes} ${place}`] : [];
}

function marker(path: string): string {
  if (path.startsWith('usr/share/licenses/')) return '%license ';
  return /^usr\/share\/(doc|man)\//.test(path) ? '%doc ' : '';
}

/** A per cent sign opens a macro. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}

/** `Mon Nov 23 2026`, UTC. */
function changelogDay(epochSeconds: number): string {
  const [weekday, day, month, year] = new Date(epochSeconds * 1000).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${year}`;
}
