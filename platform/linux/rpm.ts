// The package for Fedora, RHEL and their kin.
//
//   /usr/lib/tsopenssl/**   /usr/bin/tsopenssl   /usr/share/{doc/tsopenssl,licenses/tsopenssl,man/man1}

import { gzipped } from '../../build/packagers/compress.ts';
import { type Member, withParents } from '../../build/packagers/members.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import type { PackageInfo, Packager, Stage } from '../../build/types.ts';
import { buildRpm, executableLibrary, rpmTools } from './build-rpm.ts';
import { manPage } from './man-page.ts';
import { rpmTarget } from './package-target.ts';
import { rpmName, specText } from './rpm-spec.ts';
import { commandLink, documentMembers, prefixMembers } from './system-tree.ts';

export const rpm: Packager = {
  format: 'rpm',
  tools: rpmTools,
  fileName: (info, target) => rpmName(info.name, info, target),
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const { target, epochSeconds } = stage;
      const members = await rpmMembers(stage, info, dir);
      const spec = specText(info, target, members, epochSeconds);
      const { architecture } = rpmTarget(target);
      await buildRpm({ spec, members, architecture, epochSeconds }, dir, file);
    }),
};

/** Everything that the package installs, with its folders, paths relative to the root folder. */
async function rpmMembers(stage: Stage, info: PackageInfo, dir: string): Promise<Member[]> {
  const man = await gzipped(manPage(info, stage.epochSeconds), dir);
  return withParents([
    ...prefixMembers(stage).map(executableLibrary),
    commandLink(stage, info),
    ...documentMembers(stage, 'share/doc', `usr/share/doc/${info.name}`, `usr/share/licenses/${info.name}`),
    { type: 'made', path: `usr/share/man/man1/${info.name}.1.gz`, mode: 0o644, content: man },
  ]);
}
