// What the packages for Debian and Fedora have in common: where the parts of the stage go in the file system, and the files
// that only an installed package has.

import { type Member, moved } from '../../build/packagers/members.ts';
import type { PackageInfo, Stage } from '../../build/types.ts';

/**
 * The stage below its prefix, without `share/`, and the command in /usr/bin. Paths are relative to the root folder.
 * Nothing here lies in /etc: the configuration there belongs to the system's own openssl.
 */
export function installedMembers(stage: Stage, info: PackageInfo): Member[] {
  const prefix = stage.target.prefix.slice(1);
  const shipped = stage.entries.filter(({ path }) => path !== 'share' && !path.startsWith('share/'));
  return [
    { type: 'directory', path: prefix, mode: 0o755 },
    ...shipped.map((entry) => ({ ...entry, path: `${prefix}/${entry.path}` })),
    {
      type: 'symlink',
      path: `usr/bin/${info.name}`,
      mode: 0o755,
      linkTarget: `../${prefix.slice('usr/'.length)}/bin/tsopenssl`,
    },
  ];
}

/**
 * The documentation of the stage, which systems keep outside the prefix.
 * @param licences - where the folder of licence texts goes, relative to the root folder
 */
export function documentMembers(stage: Stage, info: PackageInfo, licences: string): Member[] {
  const readme = `usr/share/doc/${info.name}/README.md`;
  return [
    ...moved(stage.entries, 'share/doc/README.md', readme),
    ...moved(stage.entries, 'share/doc/licences', licences),
  ];
}

/** Day of the release as `2026-11-23`, UTC. */
export function isoDay(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 10);
}

/** One line that says what this release is made of, for the changelogs of both packages. */
export function releaseLine(info: PackageInfo): string {
  return `tsopenssl ${info.apiVersion} with OpenSSL ${info.opensslVersion} and Mozilla's root module ${info.certdataVersion}`;
}

/** Fills words into lines of at most `width` characters. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
