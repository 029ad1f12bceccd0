// The development package for Debian and Ubuntu.
//
//   /usr/lib/tsopenssl/{include,lib}/**   /usr/share/doc/tsopenssl-dev

import { developmentDocuments } from '../../build/development-files.ts';
import { gzipped } from '../../build/packagers/compress.ts';
import { type Member, withParents } from '../../build/packagers/members.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import type { PackageInfo, Packager, Stage } from '../../build/types.ts';
import { buildDeb, debTools, licenceTexts, made } from './build-deb.ts';
import { changelogText, developmentControlText, developmentPackage } from './deb-control.ts';
import { developmentCopyrightText } from './deb-copyright.ts';
import { debTarget } from './package-target.ts';
import { documentMembers, prefixMembers } from './system-tree.ts';

export const debDevelopment: Packager = {
  format: 'deb',
  tools: debTools,
  fileName: (info, target) =>
    `${developmentPackage(info)}_${info.distributionVersion}_${debTarget(target).architecture}.deb`,
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const members = await debMembers(stage, info, dir);
      const control = developmentControlText(info, stage.target, members);
      await buildDeb(control, members, stage.epochSeconds, dir, file);
    }),
};

async function debMembers(stage: Stage, info: PackageInfo, dir: string): Promise<Member[]> {
  const doc = `usr/share/doc/${developmentPackage(info)}`;
  const texts = await licenceTexts(stage, `${developmentDocuments}/licences`);
  return withParents([
    ...prefixMembers(stage),
    ...documentMembers(stage, developmentDocuments, doc, `${doc}/licences`),
    made(`${doc}/copyright`, developmentCopyrightText(info, texts)),
    made(`${doc}/changelog.gz`, await gzipped(changelogText(info, stage.epochSeconds), dir)),
  ]);
}
