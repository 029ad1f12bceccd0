// The development package for Fedora, RHEL and their kin.
//
//   /usr/lib/tsopenssl/{include,lib}/**   /usr/share/{doc,licenses}/tsopenssl-devel

import { developmentDocuments } from '../../build/development-files.ts';
import { withParents } from '../../build/packagers/members.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import type { Packager } from '../../build/types.ts';
import { buildRpm, rpmTools } from './build-rpm.ts';
import { rpmTarget } from './package-target.ts';
import { developmentPackage, developmentSpecText, rpmName } from './rpm-spec.ts';
import { documentMembers, prefixMembers } from './system-tree.ts';

export const rpmDevelopment: Packager = {
  format: 'rpm',
  tools: rpmTools,
  fileName: (info, target) => rpmName(developmentPackage(info), info, target),
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const { target, epochSeconds } = stage;
      const name = developmentPackage(info);
      const members = withParents([
        ...prefixMembers(stage),
        ...documentMembers(
          stage,
          developmentDocuments,
          `usr/share/doc/${name}`,
          `usr/share/licenses/${name}`,
        ),
      ]);
      const spec = developmentSpecText(info, target, members, epochSeconds);
      const { architecture } = rpmTarget(target);
      await buildRpm({ spec, members, architecture, epochSeconds }, dir, file);
    }),
};
