// The relocatable archives for Windows: the whole tree in one folder that runs wherever it is unpacked. Nothing of it is
// registered, so OpenSSL has no default folder there (openssl-config/directories.ts).

import { withParents } from '../../build/packagers/members.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import { writeZip } from '../../build/packagers/zip.ts';
import type { PackageInfo, Packager, Target } from '../../build/types.ts';

export const zip: Packager = archivePackager('');

/** The archive of the development stage, which is unpacked over the other one: its folder has the same name. */
export const zipDevelopment: Packager = archivePackager('-dev');

/** @param suffix - what the archive's name has behind its folder's */
function archivePackager(suffix: string): Packager {
  return {
    format: 'zip',
    tools: ['gzip'],
    fileName: (info, target) => `${folderName(info, target)}${suffix}.zip`,
    pack(stage, info, file) {
      const folder = folderName(info, stage.target);
      const placed = stage.entries.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));
      return inWorkFolder(file, (dir) => writeZip(withParents(placed), stage.epochSeconds, dir, file));
    },
  };
}

function folderName(info: PackageInfo, target: Target): string {
  return `${info.name}-${info.distributionVersion}-${target.id}`;
}
