// The relocatable archive: the whole stage in one folder that runs wherever it is unpacked.

import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { PackageInfo, Packager, Stage, Target } from '../types.ts';
import { xz } from './compress.ts';
import { type Member, withParents } from './members.ts';
import { writeTar } from './tar.ts';
import { inWorkFolder } from './work-folder.ts';

export const tarXz: Packager = {
  format: 'tar.xz',
  tools: ['xz'],
  fileName: (info, target) => `${folderName(info, target)}.tar.xz`,
  pack: (stage, info, file) => packFolder(stage.entries, folderName(info, stage.target), stage, file),
};

/** The archive of the development stage, which is unpacked over the other one: its folder has the same name. */
export const tarXzDevelopment: Packager = {
  format: 'tar.xz',
  tools: ['xz'],
  fileName: (info, target) => `${folderName(info, target)}-dev.tar.xz`,
  pack: (stage, info, file) => packFolder(stage.entries, folderName(info, stage.target), stage, file),
};

function folderName(info: PackageInfo, target: Target): string {
  return `${info.name}-${info.distributionVersion}-${target.id}`;
}

/**
 * Writes members into a `.tar.xz`, in one folder.
 * @param members - paths relative to that folder
 */
export async function packFolder(
  members: readonly Member[],
  folder: string,
  stage: Stage,
  file: string,
): Promise<void> {
  const placed = members.map((member) => ({ ...member, path: `${folder}/${member.path}` }));
  await inWorkFolder(file, async (dir) => {
    const tar = path.join(dir, 'archive.tar');
    await writeTar(withParents(placed), stage.epochSeconds, tar);
    await rename(await xz(tar), file);
  });
}
