// The .exe installer, made by makensis: what a user starts by a double click, or an administrator with /S.

import { rename, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../../build/errors.ts';
import { writeTree } from '../../build/packagers/tree.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import { run } from '../../build/process.ts';
import type { Packager, Stage } from '../../build/types.ts';
import type { WindowsStage } from './installation.ts';
import { nsisScript } from './nsis-script.ts';
import { compileSetupLibrary, setupCompiler } from './setup-library.ts';

export const exe: Packager = {
  format: 'exe',
  tools: ['makensis', setupCompiler],
  fileName: (info, target) => `${info.name}-${info.distributionVersion}-${target.id}.exe`,
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const windows = windowsStage(stage);
      const library = await compileSetupLibrary(windows.target, dir);
      // makensis records when a file was changed
      await utimes(library, stage.epochSeconds, stage.epochSeconds);
      await writeTree(stage.entries, stage.epochSeconds, path.join(dir, 'tree'));
      const script = nsisScript(windows, info, {
        tree: 'tree',
        library: path.relative(dir, library),
        licence: 'tree/node_modules/tsopenssl/LICENSE',
        output: 'installer.exe',
      });
      await writeFile(path.join(dir, 'setup.nsi'), script);
      await run(['makensis', '-V2', '-WX', '-NOCONFIG', '-INPUTCHARSET', 'UTF8', 'setup.nsi'], { cwd: dir });
      await rename(path.join(dir, 'installer.exe'), file);
    }),
};

/**
 * The stage, if it is one for Windows.
 * @throws {BuildError} ERR_USAGE
 */
export function windowsStage(stage: Stage): WindowsStage {
  const { target } = stage;
  if (target.os === 'win32') return { ...stage, target };
  throw new BuildError(
    'ERR_USAGE',
    `installers for Windows: wanted a target with os win32, got ${target.id}`,
  );
}
