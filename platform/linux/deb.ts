// The package for Debian and Ubuntu.
//
//   /usr/lib/tsopenssl/**   /usr/bin/tsopenssl   /usr/share/{doc/tsopenssl,man/man1}

import { gzipped } from '../../build/packagers/compress.ts';
import { type Member, withParents } from '../../build/packagers/members.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import type { PackageInfo, Packager, Stage } from '../../build/types.ts';
import { buildDeb, debTools, licenceTexts, made } from './build-deb.ts';
import { changelogText, controlText } from './deb-control.ts';
import { copyrightText } from './deb-copyright.ts';
import { manPage } from './man-page.ts';
import { debTarget } from './package-target.ts';
import { commandLink, documentMembers, prefixMembers } from './system-tree.ts';

export const deb: Packager = {
  format: 'deb',
  tools: debTools,
  fileName: (info, target) =>
    `${info.name}_${info.distributionVersion}_${debTarget(target).architecture}.deb`,
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const members = await debMembers(stage, info, dir);
      await buildDeb(controlText(info, stage.target, members), members, stage.epochSeconds, dir, file);
    }),
};

/** Everything that the package installs, with its folders, paths relative to the root folder. */
async function debMembers(stage: Stage, info: PackageInfo, dir: string): Promise<Member[]> {
  const doc = `usr/share/doc/${info.name}`;
  const texts = await licenceTexts(stage, 'share/doc/licences');
  return withParents([
    ...prefixMembers(stage),
    commandLink(stage, info),
    ...documentMembers(stage, 'share/doc', doc, `${doc}/licences`),
    made(`${doc}/copyright`, copyrightText(info, stage.target, texts)),
    made(`${doc}/changelog.gz`, await gzipped(changelogText(info, stage.epochSeconds), dir)),
    made(`usr/share/man/man1/${info.name}.1.gz`, await gzipped(manPage(info, stage.epochSeconds), dir)),
  ]);
}
