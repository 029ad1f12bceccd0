// The .exe installer, made by makensis: what a user starts by a double click, or an administrator with /S.

import { rename, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../../build/errors.ts';
import { writeTree } from '../../build/packagers/tree.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import { run } from '../../build/process.ts';
import type { PackageInfo, Packager, Stage } from '../../build/types.ts';
import type { WindowsStage } from './installation.ts';
import { nsisScript } from './nsis-script.ts';
import { compileSetupLibrary, setupCompiler } from './setup-library.ts';
import { environmentSigner, type Signer, signFile, signingParts, writeSigningScript } from './signing.ts';

export const exe: Packager = exePackager(environmentSigner);

/** @param signer - who signs the installer and its uninstaller, where somebody does */
export function exePackager(signer: Signer | undefined): Packager {
  return {
    format: 'exe',
    ...signingParts(signer, ['makensis', setupCompiler]),
    fileName: (info, target) => `${info.name}-${info.distributionVersion}-${target.id}.exe`,
    pack: (stage, info, file) =>
      inWorkFolder(file, async (dir) => {
        const { epochSeconds } = stage;
        const installer = await compileInstaller(windowsStage(stage), info, dir, signer);
        if (signer !== undefined) await signFile(signer, info, epochSeconds, installer);
        await rename(installer, file);
      }),
  };
}

async function compileInstaller(
  stage: WindowsStage,
  info: PackageInfo,
  dir: string,
  signer: Signer | undefined,
): Promise<string> {
  const { epochSeconds } = stage;
  const library = await compileSetupLibrary(stage.target, dir);
  // makensis records when a file was changed
  await utimes(library, epochSeconds, epochSeconds);
  await writeTree(stage.entries, epochSeconds, path.join(dir, 'tree'));
  const script = nsisScript(stage, info, {
    tree: 'tree',
    library: path.relative(dir, library),
    licence: 'tree/node_modules/tsopenssl/LICENSE',
    output: 'installer.exe',
    signUninstaller: signer && (await writeSigningScript(signer, info, epochSeconds, dir)),
  });
  await writeFile(path.join(dir, 'setup.nsi'), script);
  await run(['makensis', '-V2', '-WX', '-NOCONFIG', '-INPUTCHARSET', 'UTF8', 'setup.nsi'], { cwd: dir });
  return path.join(dir, 'installer.exe');
}

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
