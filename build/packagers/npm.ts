// npm's tarballs: `package/` at the root, files only. The main package is a subtree of the stage; the target's package is
// another, with the command line and its libraries mapped in, so that `npm install` brings them as well.
//
// npm looks at names and modes; it neither records folders nor accepts links.

import { rename } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import type { Packager, Stage } from '../types.ts';
import { gzip } from './compress.ts';
import { isFile, isLink, type Member, moved, sorted } from './members.ts';
import { writeTar } from './tar.ts';
import { inWorkFolder } from './work-folder.ts';

export const npmMain: Packager = {
  format: 'npm',
  tools: ['gzip'],
  fileName: (info) => `${info.name}-${info.distributionVersion}-npm.tgz`,
  pack: (stage, _info, file) =>
    packPackage(moved(stage.entries, 'node_modules/tsopenssl', 'package'), stage, file),
};

export const npmPlatform: Packager = {
  format: 'npm',
  tools: ['gzip'],
  fileName: (info, target) => `${info.name}-${info.distributionVersion}-${target.id}-npm.tgz`,
  pack: (stage, _info, file) => {
    const own = moved(stage.entries, `node_modules/${stage.target.npm.packageName}`, 'package');
    const mapped = Object.values(stage.target.binaries).flatMap((name) =>
      moved(stage.entries, name, `package/${name}`),
    );
    return packPackage([...own, ...mapped], stage, file);
  },
};

async function packPackage(members: readonly Member[], stage: Stage, file: string): Promise<void> {
  const link = members.find(isLink);
  if (link !== undefined) {
    const message = `${path.basename(file)}: npm accepts no links, wanted a file at ${link.path}`;
    throw new BuildError('ERR_VALIDATION', message);
  }
  await inWorkFolder(file, async (dir) => {
    const tar = path.join(dir, 'package.tar');
    await writeTar(sorted(members.filter(isFile)), stage.epochSeconds, tar);
    await rename(await gzip(tar), file);
  });
}
