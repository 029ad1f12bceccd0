// The .msi package, made by wixl and completed by msibuild: what administrators roll out.

import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeTree } from '../../build/packagers/tree.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import { run } from '../../build/process.ts';
import type { PackageInfo, Packager } from '../../build/types.ts';
import { windowsStage } from './exe.ts';
import { displayNames, type WindowsStage } from './installation.ts';
import { msiSource } from './msi-source.ts';
import { msiQueries } from './msi-tables.ts';
import { compileSetupLibrary, setupCompiler } from './setup-library.ts';
import { environmentSigner, type Signer, signFile, signingParts } from './signing.ts';
import { uuidOf } from './uuid.ts';

/** 64-bit Windows, English: Windows Installer for another processor refuses the package by itself. */
const template = 'x64;1033';

export const msi: Packager = msiPackager(environmentSigner);

/** @param signer - who signs the package, where somebody does */
export function msiPackager(signer: Signer | undefined): Packager {
  return {
    format: 'msi',
    ...signingParts(signer, ['wixl', 'msibuild', 'faketime', setupCompiler]),
    fileName: (info, target) => `${info.name}-${info.distributionVersion}-${target.id}.msi`,
    pack: (stage, info, file) =>
      inWorkFolder(file, async (dir) => {
        const { epochSeconds } = stage;
        const database = await compileDatabase(windowsStage(stage), info, dir);
        if (signer !== undefined) await signFile(signer, info, epochSeconds, database);
        await rename(database, file);
      }),
  };
}

async function compileDatabase(stage: WindowsStage, info: PackageInfo, dir: string): Promise<string> {
  const library = await compileSetupLibrary(stage.target, dir);
  await writeTree(stage.entries, stage.epochSeconds, path.join(dir, 'tree'));
  const source = msiSource(stage, info, { tree: 'tree', library: path.relative(dir, library) });
  await writeFile(path.join(dir, 'package.wxs'), source);
  const at = frozen(stage.epochSeconds);
  await run([...at, 'wixl', '-a', 'x64', '-o', 'package.msi', 'package.wxs'], { cwd: dir });
  const queries = msiQueries(info).flatMap((query) => ['-q', query]);
  await run([...at, 'msibuild', 'package.msi', ...queries], { cwd: dir });
  await run([...at, 'msibuild', 'package.msi', '-s', ...summary(stage, info)], { cwd: dir });
  return path.join(dir, 'package.msi');
}

/** wixl and msibuild stamp what they write with the time, which stands still for them. */
function frozen(epochSeconds: number): readonly string[] {
  const time = new Date(epochSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return ['faketime', '-f', time];
}

/** Name, author, template, and the identifier of this very package: another content, another identifier. */
function summary(stage: WindowsStage, info: PackageInfo): readonly string[] {
  const content = stage.entries.map((entry) => `${entry.path} ${entry.type === 'file' ? entry.sha256 : ''}`);
  const digest = createHash('sha256')
    .update([JSON.stringify(info), ...content].join('\n'))
    .digest('hex');
  const names = displayNames(info);
  return [names.name, names.publisher, template, uuidOf(`package ${digest}`)];
}
