// The distribution under test: the tarball in dist/, unpacked once for all test files and processes.

import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../build/process.ts';
import { kept } from './kept.ts';
import { sanitizedModules } from './sanitizer.ts';

/** Where the parts of an unpacked distribution lie, all absolute. */
export interface Distribution {
  /** Parent of bin/, lib/ and ssl/. */
  readonly prefix: string;
  /** The embedded command line. */
  readonly openssl: string;
  /** The openssl.cnf that is shipped. */
  readonly cnf: string;
  /** The npm package tsopenssl. */
  readonly packageDir: string;
  /** The npm package with the addon of this platform. */
  readonly platformDir: string;
}

/** The variable in which the runner hands over a stage to test instead of an artifact. */
export const stageVariable = 'TSOPENSSL_TEST_STAGE';
const stagedPrefix = process.env[stageVariable] || undefined;

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Unpacks `dist/tsopenssl-*-linux-x64.tar.xz` unless it is kept already (kept.ts). Under the sanitizers the node packages are copies with another binary.
 * @param root - absolute path of a checkout (default: this one)
 * @throws {Error} no tarball in dist/, several of them, or one without bin/openssl
 */
export async function distribution(root: string = checkout): Promise<Distribution> {
  const prefix = stagedPrefix ?? (await unpackedPrefix(root));
  const modules = sanitizedModules ?? path.join(prefix, 'node_modules');
  return {
    prefix,
    openssl: path.join(prefix, 'bin/openssl'),
    cnf: path.join(prefix, 'ssl/openssl.cnf'),
    packageDir: path.join(modules, 'tsopenssl'),
    platformDir: path.join(modules, '@tsopenssl/linux-x64'),
  };
}

async function unpackedPrefix(root: string): Promise<string> {
  const tarball = await findTarball(path.join(root, 'dist'));
  const sha256 = createHash('sha256')
    .update(await readFile(tarball))
    .digest('hex');
  const folder = await kept('distribution-linux-x64', { sha256 }, async (dir) => {
    await run(['tar', '--no-same-owner', '-xJf', tarball, '-C', dir]);
  });
  return findPrefix(folder);
}

async function findTarball(dist: string): Promise<string> {
  const names = (await exists(dist)) ? await readdir(dist) : [];
  const found = names.filter((name) => /^tsopenssl-\d.*-linux-x64\.tar\.xz$/.test(name));
  const [only] = found;
  if (only === undefined) {
    throw new Error(
      `${dist}: wanted tsopenssl-<version>-linux-x64.tar.xz, found none; run \`npm run dist\` first`,
    );
  }
  if (found.length > 1) {
    throw new Error(
      `${dist}: wanted one tarball, found ${found.join(' and ')}; empty dist/ and run \`npm run dist\``,
    );
  }
  return path.join(dist, only);
}

async function findPrefix(folder: string): Promise<string> {
  const children = (await readdir(folder)).map((name) => path.join(folder, name));
  for (const prefix of [folder, ...children]) {
    if (await exists(path.join(prefix, 'bin/openssl'))) return prefix;
  }
  throw new Error(`${folder}: wanted bin/openssl in the tarball or its only folder, found none`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
