// The distribution of any target: its archive in dist/, unpacked once for all test files and processes.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packagerList } from '../../build/packager-list.ts';
import { run } from '../../build/process.ts';
import type { Format, Target, TargetId } from '../../build/types.ts';
import { targets } from '../../platform/targets.ts';
import { checkout, releaseInfo } from './artifacts.ts';
import { kept } from './kept.ts';

/** Where the parts of an unpacked distribution lie, all absolute. */
export interface TargetDistribution {
  readonly target: Target;
  /** Parent of bin/, lib/ and ssl/. */
  readonly prefix: string;
  /** The embedded command line. */
  readonly command: string;
  /** The openssl.cnf that is shipped. */
  readonly cnf: string;
  /** The npm package tsopenssl. */
  readonly packageDir: string;
  /** The npm package with the addon of the target. */
  readonly platformDir: string;
  /** tsopenssl.node. */
  readonly addon: string;
}

export function targetOf(id: TargetId): Target {
  const found = targets.find((target) => target.id === id);
  if (found === undefined) throw new Error(`wanted a target, got ${id}`);
  return found;
}

/**
 * Absolute path of an artifact in dist/.
 * @throws {Error} it is not there
 */
export function distFile(id: TargetId, format: Format, stage: 'runtime' | 'development' = 'runtime'): string {
  const target = targetOf(id);
  const row = packagerList.find(
    (one) => one.packager.format === format && one.stage === stage && one.serves(target) && !one.isShared,
  );
  if (row === undefined)
    throw new Error(`${id}: wanted a ${format} for ${stage}, but there is no such packager`);
  const file = path.join(checkout, 'dist', row.packager.fileName(releaseInfo, target));
  if (existsSync(file)) return file;
  throw new Error(`${file}: wanted this artifact, found none; run \`npm run dist -- --target all\` first`);
}

/**
 * Unpacks a target's archive unless it is kept already (kept.ts).
 * @param stage - what users run, or what developers compile and link with
 */
export async function unpacked(id: TargetId, stage: 'runtime' | 'development' = 'runtime'): Promise<string> {
  const file = distFile(id, targetOf(id).os === 'win32' ? 'zip' : 'tar.xz', stage);
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const folder = await kept(`distribution-${stage}-${id}`, { sha256 }, async (dir) => {
    const argv = file.endsWith('.zip') ? ['bsdtar', '-xf'] : ['tar', '--no-same-owner', '-xJf'];
    await run([...argv, file, '-C', dir]);
  });
  const [only = ''] = await readdir(folder);
  return path.join(folder, only);
}

/** The unpacked distribution of a target. */
export async function targetDistribution(id: TargetId): Promise<TargetDistribution> {
  const target = targetOf(id);
  const prefix = await unpacked(id);
  const platformDir = path.join(prefix, 'node_modules', target.npm.packageName);
  return {
    target,
    prefix,
    command: path.join(prefix, target.binaries.command),
    cnf: path.join(prefix, 'ssl/openssl.cnf'),
    packageDir: path.join(prefix, 'node_modules/tsopenssl'),
    platformDir,
    addon: path.join(platformDir, 'tsopenssl.node'),
  };
}
