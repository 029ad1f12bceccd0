// The stage: lays the finished files of one target out as one tree, and reads such a tree back as the sorted list that
// packagers work on.
//
//   bin/                           openssl, and the launcher tsopenssl; on Windows OpenSSL's libraries too
//   lib/                           libcrypto and libssl
//   ssl/                           links to openssl.cnf and the CA bundles of the main package; on Windows copies
//   node_modules/tsopenssl/        npm's main package, whole
//   node_modules/@tsopenssl/…/     npm's package of the target, without the command line
//   share/doc/                     README.md, licences/

import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { platformFiles } from '../../platform/files.ts';
import { BuildError } from '../errors.ts';
import type { Entry, LinkEntry, PackageInfo, Stage, Target } from '../types.ts';
import { licenceText, readLicences } from './stage-licences.ts';
import { mainManifest, platformManifest, platformReadme, programsOf } from './stage-npm.ts';

const mainPackage = 'node_modules/tsopenssl';

/** Where everything that a stage is made of lies; all paths are absolute. */
export interface StageInputs {
  readonly target: Target;
  readonly info: PackageInfo;
  /** The checkout: addon/, openssl-config/, platform/, recipes/licences/. */
  readonly root: string;
  /** What `make install` made of the prefix; the target's binaries in it are stripped. */
  readonly opensslDir: string;
  /** OpenSSL's own licence text. */
  readonly opensslLicence: string;
  /** What the compiler made of `addon/lib`: `*.js` and `*.d.ts`. */
  readonly addonLibDir: string;
  /** The compiled `tsopenssl.node`, stripped. */
  readonly addonBinary: string;
  /** The four CA bundles and their index. */
  readonly bundlesDir: string;
}

/** The CA bundles and their index, as the addon and `ssl/` name them. */
export const bundleFileNames = [
  'ca-bundle.crt',
  'ca-bundle-server.crt',
  'ca-bundle-email.crt',
  'ca-bundle-codesigning.crt',
  'ca-bundle.json',
] as const;

/**
 * Lays a stage out.
 * @param outDir - empty folder that becomes the tree
 */
export async function assembleStage(inputs: StageInputs, outDir: string): Promise<void> {
  for (const [from, to, mode] of filesOf(inputs)) {
    await mkdir(path.dirname(path.join(outDir, to)), { recursive: true });
    await copyFile(from, path.join(outDir, to));
    await chmod(path.join(outDir, to), mode);
  }
  await cp(inputs.addonLibDir, path.join(outDir, mainPackage, 'lib'), { recursive: true });
  for (const program of programsOf(await readManifest(inputs))) {
    await chmod(path.join(outDir, mainPackage, program), 0o755);
    // The compiler copies the `#!` line into the declarations, which nobody imports.
    await rm(path.join(outDir, mainPackage, program.replace(/\.js$/, '.d.ts')), { force: true });
  }
  const sources = path.join(inputs.root, 'addon/src');
  await cp(sources, path.join(outDir, mainPackage, 'src'), {
    recursive: true,
    filter: (source) => source !== path.join(sources, 'build'),
  });
  await mkdir(path.join(outDir, 'share/doc/licences'), { recursive: true });
  for (const [to, text] of await textsOf(inputs)) await writeFile(path.join(outDir, to), text);
  await makeSslFolder(inputs.target, outDir);
}

/** `ssl/`: the files of the main package under the names that users of OpenSSL look for. */
async function makeSslFolder(target: Target, outDir: string): Promise<void> {
  await mkdir(path.join(outDir, 'ssl'));
  for (const name of ['openssl.cnf', ...bundleFileNames.map((bundle) => `ca-bundles/${bundle}`)]) {
    const place = path.join(outDir, 'ssl', path.basename(name));
    if (platformFiles(target).hasLinks) await symlink(`../${mainPackage}/${name}`, place);
    else await copyFile(path.join(outDir, mainPackage, name), place);
  }
}

/** Files that are copied as they are. Libraries need no execute bit, and Debian's policy wants none on them. */
function filesOf(inputs: StageInputs): (readonly [from: string, to: string, mode: number])[] {
  const platformPackage = `node_modules/${inputs.target.npm.packageName}`;
  const bundles = bundleFileNames.map(
    (name) => [path.join(inputs.bundlesDir, name), `${mainPackage}/ca-bundles/${name}`, 0o644] as const,
  );
  const { launcher, readme } = platformFiles(inputs.target);
  const { command, libcrypto, libssl } = inputs.target.binaries;
  const built = (name: string, mode: number) => [path.join(inputs.opensslDir, name), name, mode] as const;
  const own = (name: string) => path.join(inputs.root, name);
  return [
    built(command, 0o755),
    built(libcrypto, libraryMode(libcrypto)),
    built(libssl, libraryMode(libssl)),
    [own(launcher.source), launcher.place, 0o755],
    [own('openssl-config/openssl.cnf'), `${mainPackage}/openssl.cnf`, 0o644],
    [own('addon/README.md'), `${mainPackage}/README.md`, 0o644],
    [inputs.addonBinary, `${platformPackage}/tsopenssl.node`, 0o644],
    [own(readme), 'share/doc/README.md', 0o644],
    ...bundles,
  ];
}

/** What lies in bin/ is a program to every packager. */
function libraryMode(file: string): number {
  return file.startsWith('bin/') ? 0o755 : 0o644;
}

function readManifest({ root }: StageInputs): Promise<string> {
  return readFile(path.join(root, 'addon/package.json'), 'utf8');
}

/** Files that are written for this release. */
async function textsOf(inputs: StageInputs): Promise<(readonly [to: string, text: string])[]> {
  const { target, info } = inputs;
  const platformPackage = `node_modules/${target.npm.packageName}`;
  const licences = await readLicences(
    target,
    path.join(inputs.root, 'recipes/licences'),
    inputs.opensslLicence,
  );
  const own = await readFile(path.join(inputs.root, 'addon/LICENSE'), 'utf8');
  const manifest = await readManifest(inputs);
  return [
    [`${mainPackage}/package.json`, mainManifest(manifest, info)],
    [`${mainPackage}/LICENSE`, licenceText(own, licences, 'main')],
    [`${platformPackage}/package.json`, platformManifest(manifest, info, target)],
    [`${platformPackage}/README.md`, platformReadme(info, target)],
    [`${platformPackage}/LICENSE`, licenceText(own, licences, 'platform')],
    ...licences.map(({ party, text }) => [`share/doc/licences/${party.shippedAs}`, text] as const),
  ];
}

/**
 * Reads a finished tree: every file with size and digest, every folder and every link, sorted by the bytes of the path.
 * Modes become 0755 where the owner may execute and 0644 elsewhere, whatever the umask was.
 * @param epochSeconds - the one time stamp, seconds since 1970
 * @throws {BuildError} ERR_VALIDATION for what is neither file, folder nor link, and for a link that leaves the tree
 */
export async function readStage(dir: string, target: Target, epochSeconds: number): Promise<Stage> {
  // Without withFileTypes, Node 20 would walk through links to folders, and without end where one leads upwards.
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = found.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  const entries = await Promise.all(names.map((name) => readEntry(dir, name)));
  entries.sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
  return { target, entries, epochSeconds };
}

async function readEntry(dir: string, name: string): Promise<Entry> {
  const source = path.join(dir, name);
  const status = await lstat(source);
  if (status.isDirectory()) return { type: 'directory', path: name, mode: 0o755 };
  if (status.isSymbolicLink()) return linkEntry(name, await readlink(source));
  if (!status.isFile()) {
    throw new BuildError('ERR_VALIDATION', `${source}: wanted a file, a folder or a link in the stage`);
  }
  const content = await readFile(source);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const mode = status.mode & 0o100 ? 0o755 : 0o644;
  return { type: 'file', path: name, mode, source, sizeBytes: content.length, sha256 };
}

function linkEntry(name: string, linkTarget: string): LinkEntry {
  const resolved = path.posix.join(path.posix.dirname(name), linkTarget);
  if (path.posix.isAbsolute(linkTarget) || resolved === '..' || resolved.startsWith('../')) {
    const message = `${name}: wanted a relative link inside the stage, got one to ${linkTarget}`;
    throw new BuildError('ERR_VALIDATION', message);
  }
  return { type: 'symlink', path: name, mode: 0o755, linkTarget };
}
