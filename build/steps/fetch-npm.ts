// Fetches a package of the npm registry that serves as a tool. npm's own client knows the registry and its settings; the
// integrity that decides is the recipe's.

import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { npmEnvironment } from '../environment.ts';
import { BuildError, fromFileSystemError } from '../errors.ts';
import { run } from '../process.ts';
import type { NpmPin } from '../types.ts';

/** The name that `npm pack` gives a package's archive: `@a/b` at 1.0.0 is `a-b-1.0.0.tgz`. */
export function tarballName(pin: NpmPin): string {
  return `${pin.name.replace(/^@/, '').replaceAll('/', '-')}-${pin.version}.tgz`;
}

/**
 * Puts the verified archive of a package into a folder: from the mirror folder, or through npm.
 * @returns path of the archive
 * @throws {BuildError} ERR_NETWORK, ERR_INTEGRITY
 */
export async function fetchNpmPackage(
  pin: NpmPin,
  dir: string,
  mirrorDir: string | undefined,
): Promise<string> {
  const name = tarballName(pin);
  const file = path.join(dir, name);
  const part = `${file}.part`;
  try {
    if (mirrorDir === undefined || !(await copied(path.join(mirrorDir, name), part))) {
      await packWithNpm(pin, dir);
      await rename(file, part);
    }
    await checkIntegrity(part, pin);
    await rename(part, file);
    return file;
  } catch (error) {
    await rm(part, { force: true });
    throw fromFileSystemError(error, `fetching ${name}`);
  }
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function packWithNpm(pin: NpmPin, dir: string): Promise<void> {
  const argv = ['npm', 'pack', `${pin.name}@${pin.version}`, '--pack-destination', dir, '--prefer-offline'];
  await run(argv, { cwd: dir, env: npmEnvironment }).catch((error: unknown) => {
    if (error instanceof BuildError && error.code === 'ERR_DISK_FULL') throw error;
    const remedy =
      'check the network and the settings of npm, or name a folder that holds the archive with --mirror DIR';
    throw new BuildError('ERR_NETWORK', `${tarballName(pin)}: npm could not fetch it; ${remedy}\n${error}`, {
      cause: error,
    });
  });
}

async function checkIntegrity(file: string, pin: NpmPin): Promise<void> {
  const got = `sha512-${createHash('sha512')
    .update(await readFile(file))
    .digest('base64')}`;
  if (got === pin.integrity) return;
  const text = `${tarballName(pin)}: wanted ${pin.integrity}, got ${got}; the file was deleted`;
  throw new BuildError('ERR_INTEGRITY', text);
}
