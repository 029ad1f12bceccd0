// Builds an .rpm with rpmbuild, in a folder of its own. Packages have no scripts.

import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Member } from '../../build/packagers/members.ts';
import { writeTree } from '../../build/packagers/tree.ts';
import { run } from '../../build/process.ts';

/** Programs that {@link buildRpm} and its callers start. */
export const rpmTools = ['rpmbuild', 'gzip'] as const;

export interface RpmBuild {
  /** The spec, which finds the members in `%{_sourcedir}/tree`. */
  readonly spec: string;
  /** Everything that the package installs, with its folders, paths relative to the root folder. */
  readonly members: readonly Member[];
  /** rpm's name of the architecture, which may be another than this machine's. */
  readonly architecture: string;
  readonly epochSeconds: number;
}

/**
 * Writes a package.
 * @param dir - folder for what is needed on the way
 */
export async function buildRpm(
  { spec, members, architecture, epochSeconds }: RpmBuild,
  dir: string,
  file: string,
): Promise<void> {
  await writeTree(members, epochSeconds, path.join(dir, 'tree'));
  await mkdir(path.join(dir, 'tmp'));
  await writeFile(path.join(dir, 'package.spec'), spec);
  await runInside(dir, architecture, epochSeconds);
  await rename(path.join(dir, builtName), file);
}

/** Name that rpmbuild gives the package: any, since the caller has another. */
const builtName = 'built.rpm';

/**
 * Runs rpmbuild through a link with a plain name: it cannot cope with blanks or per cent signs in its folders. A home of
 * its own keeps it from the user's ~/.rpmmacros.
 */
async function runInside(dir: string, architecture: string, epochSeconds: number): Promise<void> {
  const place = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-rpm-'));
  try {
    const link = path.join(place, 'work');
    await symlink(dir, link);
    const spec = path.join(link, 'package.spec');
    await run(['rpmbuild', '-bb', '--target', architecture, ...defines(link), spec], {
      cwd: link,
      env: { SOURCE_DATE_EPOCH: String(epochSeconds), HOME: link },
    });
  } finally {
    await rm(place, { recursive: true });
  }
}

/** Fedora wants the execute bit on shared libraries, where Debian forbids it. */
export function executableLibrary(member: Member): Member {
  return member.type === 'file' && /\.so\.\d+$/.test(member.path) ? { ...member, mode: 0o755 } : member;
}

/**
 * Macros that keep rpmbuild from using the machine: its folders, its host name, its clock, its number of processors, and
 * the scripts of its distribution that alter what was installed.
 */
function defines(dir: string): string[] {
  const macros: Readonly<Record<string, string>> = {
    _topdir: dir,
    _sourcedir: dir,
    _specdir: dir,
    _rpmdir: dir,
    _builddir: path.join(dir, 'build'),
    _buildrootdir: path.join(dir, 'root'),
    _tmppath: path.join(dir, 'tmp'),
    _dbpath: path.join(dir, 'db'),
    _build_name_fmt: builtName,
    _buildhost: 'reproducible',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    source_date_epoch_from_changelog: '0',
    // xz level 6 in one thread, and SHA-256: rpm 4.11 of CentOS 7, with the oldest glibc that we run on, reads both
    _binary_payload: 'w5.xzdio',
    _binary_filedigest_algorithm: '8',
    _build_id_links: 'none',
    debug_package: '%{nil}',
    __os_install_post: '%{nil}',
    __spec_install_post: '%{nil}',
  };
  return Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
}
