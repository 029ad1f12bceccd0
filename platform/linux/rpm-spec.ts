// The spec files of the packages for Fedora and its kin. Everything is built already: the spec only says what lies where.

import type { Member } from '../../build/packagers/members.ts';
import type { PackageInfo, Target } from '../../build/types.ts';
import { rpmTarget } from './package-target.ts';
import { developmentDescription, developmentSummary, releaseLine, wrapped } from './system-tree.ts';

/** The release of the package; a new build of the same version is a new distribution version instead. */
const rpmRelease = '1';

/** Name of the artifact. */
export function rpmName(name: string, info: PackageInfo, target: Target): string {
  return `${name}-${info.distributionVersion}-${rpmRelease}.${rpmTarget(target).architecture}.rpm`;
}

/** Name of the development package. */
export function developmentPackage(info: PackageInfo): string {
  return `${info.name}-devel`;
}

/**
 * The spec.
 *
 * Fedora's nodejs has the epoch 1, and a number without one would mean 0, which every nodejs there is above.
 * @param members - what lies in `%{_sourcedir}/tree`, with its folders
 */
export function specText(
  info: PackageInfo,
  target: Target,
  members: readonly Member[],
  epochSeconds: number,
): string {
  return specOf(info, epochSeconds, {
    name: info.name,
    summary: info.summary,
    description: info.description,
    licence: info.licence,
    group: 'System/Libraries',
    relations: [
      `Requires: libc.so.6(GLIBC_${rpmTarget(target).glibcFloor})(64bit)`,
      'Requires: /bin/sh',
      'Recommends: nodejs >= 1:20.19',
      'Recommends: openssl',
    ],
    members,
    ownedFolders: [target.prefix.slice(1), `usr/share/doc/${info.name}`, `usr/share/licenses/${info.name}`],
  });
}

/**
 * The spec of the development package, for the same release and architecture of the other package alone.
 * @param members - as in {@link specText}
 */
export function developmentSpecText(
  info: PackageInfo,
  target: Target,
  members: readonly Member[],
  epochSeconds: number,
): string {
  const name = developmentPackage(info);
  const below = (folder: string) => `${target.prefix.slice(1)}/${folder}`;
  return specOf(info, epochSeconds, {
    name,
    summary: developmentSummary(info),
    description: developmentDescription(info),
    licence: 'Apache-2.0',
    group: 'Development/Libraries',
    relations: [`Requires: ${info.name}%{?_isa} = ${info.distributionVersion}-${rpmRelease}`],
    members,
    ownedFolders: [
      ...['include', 'lib/pkgconfig', 'lib/cmake'].map(below),
      `usr/share/doc/${name}`,
      `usr/share/licenses/${name}`,
    ],
  });
}

/** What differs between the packages. */
interface Spec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly group: string;
  /** Lines of the preamble that name other packages. */
  readonly relations: readonly string[];
  readonly members: readonly Member[];
  /** Folders that the package brings and that go when it goes; every other folder belongs to another package. */
  readonly ownedFolders: readonly string[];
}

/**
 * AutoReqProv is off: it would announce libssl.so.3, libcrypto.so.3 and pkgconfig(openssl) to the whole system, and other
 * packages would be resolved to libraries that no loader finds. What the validator allows the binaries to need is glibc alone.
 */
function specOf(info: PackageInfo, epochSeconds: number, spec: Spec): string {
  return `Name: ${spec.name}
Version: ${info.distributionVersion}
Release: ${rpmRelease}
Summary: ${escaped(spec.summary)}
License: ${spec.licence}
URL: ${info.homepage}
Group: ${spec.group}
Packager: ${info.maintainer}
Vendor: ${info.maintainer.replace(/ <.*/, '')}
AutoReqProv: no
${spec.relations.join('\n')}

%description
${wrapped(escaped(spec.description), 78).join('\n')}

%install
cp -a "%{_sourcedir}/tree/." "%{buildroot}/"

%files
${spec.members.flatMap((member) => fileLines(member, spec.ownedFolders)).join('\n')}

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
