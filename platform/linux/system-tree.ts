// What the packages for Debian and Fedora have in common: where the parts of the stage go in the file system, and the files
// that only an installed package has.

import { type Member, moved } from '../../build/packagers/members.ts';
import type { PackageInfo, Stage } from '../../build/types.ts';

/**
 * A stage below its prefix, without `share/`. Paths are relative to the root folder. Nothing here lies in /etc: the
 * configuration there belongs to the system's own openssl.
 */
export function prefixMembers(stage: Stage): Member[] {
  const prefix = stage.target.prefix.slice(1);
  const shipped = stage.entries.filter(({ path }) => path !== 'share' && !path.startsWith('share/'));
  return [
    { type: 'directory', path: prefix, mode: 0o755 },
    ...shipped.map((entry) => ({ ...entry, path: `${prefix}/${entry.path}` })),
  ];
}

/** The command in /usr/bin. */
export function commandLink(stage: Stage, info: PackageInfo): Member {
  const prefix = stage.target.prefix.slice('/usr/'.length);
  const linkTarget = `../${prefix}/bin/tsopenssl`;
  return { type: 'symlink', path: `usr/bin/${info.name}`, mode: 0o755, linkTarget };
}

/**
 * The documentation of a stage, which systems keep outside the prefix.
 * @param from - its folder in the stage
 * @param to - the package's folder of documentation, relative to the root folder
 * @param licences - where the folder of licence texts goes, relative to the root folder
 */
export function documentMembers(stage: Stage, from: string, to: string, licences: string): Member[] {
  return [
    ...moved(stage.entries, `${from}/README.md`, `${to}/README.md`),
    ...moved(stage.entries, `${from}/licences`, licences),
  ];
}

/** One line about the development packages, no full stop. */
export function developmentSummary(info: PackageInfo): string {
  return `Development files for the OpenSSL of ${info.name}`;
}

/** A paragraph about the development packages. */
export function developmentDescription(info: PackageInfo): string {
  return (
    `Headers, static libraries, and files for pkg-config and CMake, to compile and link programs with the OpenSSL ` +
    `${info.opensslVersion} of the package ${info.name}. They lie in a folder of their own, beside those of the system's OpenSSL.`
  );
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
