// The package for Fedora, RHEL and their kin, built by rpmbuild in a folder of its own. It has no scripts.
//
//   /usr/lib/tsopenssl/**   /usr/bin/tsopenssl   /usr/share/{doc/tsopenssl,licenses/tsopenssl,man/man1}

import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipped } from '../../build/packagers/compress.ts';
import { type Member, withParents } from '../../build/packagers/members.ts';
import { writeTree } from '../../build/packagers/tree.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import { run } from '../../build/process.ts';
import type { PackageInfo, Packager, Stage, Target } from '../../build/types.ts';
import { manPage } from './man-page.ts';
import { rpmTarget } from './package-target.ts';
import { rpmRelease, specText } from './rpm-spec.ts';
import { documentMembers, installedMembers } from './system-tree.ts';

export const rpm: Packager = {
  format: 'rpm',
  tools: ['rpmbuild', 'gzip'],
  fileName: rpmName,
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const members = await rpmMembers(stage, info, dir);
      await writeTree(members, stage.epochSeconds, path.join(dir, 'tree'));
      await mkdir(path.join(dir, 'tmp'));
      const spec = specText(info, stage.target, members, stage.epochSeconds);
      await writeFile(path.join(dir, 'package.spec'), spec);
      await build(dir, stage);
      await rename(path.join(dir, rpmName(info, stage.target)), file);
    }),
};

/**
 * Runs rpmbuild through a link with a plain name: it cannot cope with blanks or per cent signs in its folders. A home of
 * its own keeps it from the user's ~/.rpmmacros.
 */
async function build(dir: string, stage: Stage): Promise<void> {
  const place = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-rpm-'));
  try {
    const link = path.join(place, 'work');
    await symlink(dir, link);
    const spec = path.join(link, 'package.spec');
    await run(['rpmbuild', '-bb', '--target', rpmTarget(stage.target).architecture, ...defines(link), spec], {
      cwd: link,
      env: { SOURCE_DATE_EPOCH: String(stage.epochSeconds), HOME: link },
    });
  } finally {
    await rm(place, { recursive: true });
  }
}

function rpmName(info: PackageInfo, target: Target): string {
  return `${info.name}-${info.distributionVersion}-${rpmRelease}.${rpmTarget(target).architecture}.rpm`;
}

/** Everything that the package installs, with its folders, paths relative to the root folder. */
async function rpmMembers(stage: Stage, info: PackageInfo, dir: string): Promise<Member[]> {
  const man = await gzipped(manPage(info, stage.epochSeconds), dir);
  return withParents([
    ...installedMembers(stage, info).map(executableLibrary),
    ...documentMembers(stage, info, `usr/share/licenses/${info.name}`),
    { type: 'made', path: `usr/share/man/man1/${info.name}.1.gz`, mode: 0o644, content: man },
  ]);
}

/** Fedora wants the execute bit on shared libraries, where Debian forbids it. */
function executableLibrary(member: Member): Member {
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
    _build_name_fmt: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
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
