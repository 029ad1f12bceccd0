// The package for Debian and Ubuntu, built by dpkg-deb. It has no maintainer scripts: nothing runs when it comes or goes.
//
//   /usr/lib/tsopenssl/**   /usr/bin/tsopenssl   /usr/share/{doc/tsopenssl,man/man1}

import { createHash } from 'node:crypto';
import path from 'node:path';
import { gzipped } from '../../build/packagers/compress.ts';
import { contentOf, isFile, type Member, moved, withParents } from '../../build/packagers/members.ts';
import { writeTree } from '../../build/packagers/tree.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import { run } from '../../build/process.ts';
import type { PackageInfo, Packager, Stage } from '../../build/types.ts';
import { changelogText, controlText, copyrightText } from './deb-control.ts';
import { manPage } from './man-page.ts';
import { debTarget } from './package-target.ts';
import { documentMembers, installedMembers } from './system-tree.ts';

export const deb: Packager = {
  format: 'deb',
  tools: ['dpkg-deb', 'gzip'],
  fileName: (info, target) =>
    `${info.name}_${info.distributionVersion}_${debTarget(target).architecture}.deb`,
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const members = await debMembers(stage, info, dir);
      const control: readonly Member[] = [
        made('DEBIAN/control', controlText(info, stage.target, members)),
        made('DEBIAN/md5sums', await md5sums(members)),
      ];
      const tree = path.join(dir, 'tree');
      await writeTree([...control, ...members], stage.epochSeconds, tree);
      // -Zxz: Ubuntu's dpkg-deb would take zstd, which Debian 11 cannot read. Two threads would write other bytes.
      await run(['dpkg-deb', '--root-owner-group', '-Zxz', '-z5', '--build', tree, file], {
        env: { SOURCE_DATE_EPOCH: String(stage.epochSeconds), DPKG_DEB_THREADS_MAX: '1' },
      });
    }),
};

/** Everything that the package installs, with its folders, paths relative to the root folder. */
async function debMembers(stage: Stage, info: PackageInfo, dir: string): Promise<Member[]> {
  const doc = `usr/share/doc/${info.name}`;
  const texts = await licenceTexts(stage);
  return withParents([
    ...installedMembers(stage, info),
    ...documentMembers(stage, info, `${doc}/licences`),
    made(`${doc}/copyright`, copyrightText(info, stage.target, texts)),
    made(`${doc}/changelog.gz`, await gzipped(changelogText(info, stage.epochSeconds), dir)),
    made(`usr/share/man/man1/${info.name}.1.gz`, await gzipped(manPage(info, stage.epochSeconds), dir)),
  ]);
}

function made(file: string, content: string | Uint8Array): Member {
  return { type: 'made', path: file, mode: 0o644, content };
}

async function licenceTexts(stage: Stage): Promise<Map<string, string>> {
  const files = moved(stage.entries, 'share/doc/licences', '.').filter(isFile);
  const texts = await Promise.all(files.map((file) => contentOf(file)));
  return new Map(files.map((file, index) => [file.path, Buffer.from(texts[index] ?? []).toString('utf8')]));
}

async function md5sums(members: readonly Member[]): Promise<string> {
  const lines = await Promise.all(
    members.filter(isFile).map(async (file) => {
      const digest = createHash('md5').update(await contentOf(file));
      return `${digest.digest('hex')}  ${file.path}\n`;
    }),
  );
  return lines.join('');
}
