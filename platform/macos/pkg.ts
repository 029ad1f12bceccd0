// The installer package for macOS: a flat product archive. Nothing runs when it is installed.
//
//   Distribution                 what Installer shows and checks
//   Resources/LICENSE.txt        what the user agrees to
//   tsopenssl.pkg/               /opt/tsopenssl/**
//     PackageInfo  Bom  Payload  what it is; what it installs; the files, a compressed cpio archive
//   tsopenssl-command.pkg/       /usr/local/bin/tsopenssl, a link
//
// There are two components because of the folders: /opt/tsopenssl must belong to root, whoever had it before, and
// /usr/local/bin must stay whose it is, which may be a user's who installs programs there himself.

import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../../build/environment.ts';
import { BuildError } from '../../build/errors.ts';
import { billOfMaterials } from '../../build/formats/bom.ts';
import { cpioArchive } from '../../build/formats/cpio.ts';
import type { UnixEntry } from '../../build/formats/unix-entry.ts';
import { type XarFile, xarArchive } from '../../build/formats/xar.ts';
import { gzipped } from '../../build/packagers/compress.ts';
import { contentOf, isFile } from '../../build/packagers/members.ts';
import { inWorkFolder } from '../../build/packagers/work-folder.ts';
import type { Entry, MacTarget, PackageInfo, Packager, Stage } from '../../build/types.ts';
import {
  type Component,
  distributionDocument,
  licenceFileName,
  packageInfoDocument,
} from './pkg-documents.ts';
import { checkPkgIdentity, signPkg } from './pkg-signing.ts';

/** Who signs, where somebody does. */
const identity = environment.pkgIdentity;

/** Where shells look for commands by default. */
const commandFolder = '/usr/local/bin';

export const pkg: Packager = {
  format: 'pkg',
  tools: ['gzip'],
  ...(identity === undefined
    ? {}
    : { settings: { signer: identity }, check: () => checkPkgIdentity(identity) }),
  fileName: (info, target) => `${info.name}-${info.distributionVersion}-${target.id}.pkg`,
  pack: (stage, info, file) =>
    inWorkFolder(file, async (dir) => {
      const unsigned = path.join(dir, 'unsigned.pkg');
      await writeFile(unsigned, await productArchive(stage, info, dir));
      if (identity === undefined) await rename(unsigned, file);
      else await signPkg(unsigned, file, identity);
    }),
};

/** A component with what it installs. */
interface Part {
  readonly component: Component;
  readonly entries: readonly UnixEntry[];
}

async function productArchive(stage: Stage, info: PackageInfo, dir: string): Promise<Buffer> {
  const target = macTarget(stage);
  const command = [rootFolder, commandLink(info, target)];
  const parts = [
    partOf(await treeEntries(stage), info.name, target.prefix, true),
    partOf(command, `${info.name}-command`, commandFolder, false),
  ];
  const components = parts.map(({ component }) => component);
  const files: XarFile[] = [
    { path: 'Distribution', content: Buffer.from(distributionDocument(info, target, components)) },
    { path: `Resources/${licenceFileName}`, content: await licence(stage) },
  ];
  for (const part of parts) files.push(...(await componentFiles(part, stage.epochSeconds, info, dir)));
  return xarArchive(files, stage.epochSeconds);
}

async function componentFiles(
  { component, entries }: Part,
  epochSeconds: number,
  info: PackageInfo,
  dir: string,
): Promise<readonly XarFile[]> {
  const contents = {
    PackageInfo: Buffer.from(packageInfoDocument(info, component)),
    Bom: billOfMaterials(entries, epochSeconds),
    Payload: await gzipped(cpioArchive(entries, epochSeconds), dir),
  };
  return Object.entries(contents).map(([name, content]) => ({
    path: `${component.folder}/${name}`,
    content,
  }));
}

/** The target, if it is one for macOS. @throws {BuildError} ERR_USAGE */
function macTarget({ target }: Stage): MacTarget {
  if (target.os === 'darwin') return target;
  throw new BuildError('ERR_USAGE', `.pkg: wanted a target with os darwin, got ${target.id}`);
}

const rootFolder: UnixEntry = { path: '.', type: 'directory', mode: 0o755, content: Buffer.alloc(0) };

/** Absolute: /usr/local may be a link itself. */
function commandLink({ name }: PackageInfo, { prefix }: MacTarget): UnixEntry {
  return { path: `./${name}`, type: 'symlink', mode: 0o755, content: Buffer.from(`${prefix}/bin/tsopenssl`) };
}

async function treeEntries({ entries }: Stage): Promise<readonly UnixEntry[]> {
  const all = entries.map(async (entry) => ({
    path: `./${entry.path}`,
    type: entry.type,
    mode: entry.type === 'symlink' ? 0o755 : entry.mode,
    content: await contentOfEntry(entry),
  }));
  return [rootFolder, ...(await Promise.all(all))];
}

async function contentOfEntry(entry: Entry): Promise<Uint8Array> {
  if (isFile(entry)) return contentOf(entry);
  return Buffer.from(entry.type === 'symlink' ? entry.linkTarget : '');
}

function partOf(
  entries: readonly UnixEntry[],
  name: string,
  installLocation: string,
  ownsFolders: boolean,
): Part {
  const sizes = entries.map(({ content }) => Math.ceil(content.length / 1024));
  const component = {
    identifier: name.replace('-', '.'),
    folder: `${name}.pkg`,
    installLocation,
    ownsFolders,
    numberOfFiles: entries.length - 1,
    sizeKibibytes: sizes.reduce((sum, size) => sum + size, 0),
  };
  return { component, entries };
}

/** The licences of everything in the package: those of the target's binaries, and that of the CA bundles. */
async function licence({ entries, target }: Stage): Promise<Buffer> {
  const names = [`node_modules/${target.npm.packageName}/LICENSE`, 'share/doc/licences/mozilla.txt'];
  const texts = names.map(async (name) => {
    const entry = entries.find((one) => one.path === name);
    if (entry !== undefined && isFile(entry)) return Buffer.from(await contentOf(entry)).toString('utf8');
    throw new BuildError('ERR_VALIDATION', `the stage of ${target.id}: wanted the file ${name}, got none`);
  });
  const [binaries = '', bundles = ''] = await Promise.all(texts);
  const rule = '='.repeat(78);
  return Buffer.from(`${binaries.trimEnd()}\n\n${rule}\nThe CA bundles\n${rule}\n\n${bundles}`);
}
