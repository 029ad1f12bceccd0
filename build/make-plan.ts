// Resolves the command line against the recipes: what is named must exist, and what is not named has its default.

import { accessSync, constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encodeDistributionVersion } from '../addon/lib/distribution-version.ts';
import { didYouMean } from '../addon/lib/nearest.ts';
import { targets } from '../platform/targets.ts';
import { certdata } from '../recipes/certdata.ts';
import { openssl35 } from '../recipes/openssl-3.5.ts';
import { release } from '../recipes/release.ts';
import { environment } from './environment.ts';
import { BuildError } from './errors.ts';
import { packagerList } from './packager-list.ts';
import type { Plan } from './plan.ts';
import { run } from './process.ts';
import type { Format, OpenSSLRecipe, PackageInfo, Target, ToolchainId } from './types.ts';

export const lines: Readonly<Record<string, OpenSSLRecipe>> = { '3.5': openssl35 };
const formats: readonly Format[] = [...new Set(packagerList.map(({ packager }) => packager.format))];
const toolchains: readonly ToolchainId[] = ['recipe', 'host'];
const launchers = ['ccache', 'sccache', 'distcc'] as const;

/** Options of `npm run dist`, as they were typed. */
export interface PlanOptions {
  readonly target?: readonly string[] | undefined;
  readonly format?: readonly string[] | undefined;
  readonly toolchain?: string | undefined;
  readonly launcher?: string | undefined;
  readonly jobs?: string | undefined;
  readonly mirror?: string | undefined;
  readonly cache?: string | undefined;
  readonly out?: string | undefined;
}

/**
 * Makes the plan of one build.
 * @param root - the checkout, absolute
 * @throws {BuildError} ERR_USAGE for an unknown target, format, toolchain or launcher, with the nearest right name; what the
 *   packagers say of their settings
 */
export async function makePlan(root: string, options: PlanOptions): Promise<Plan> {
  const toolchain = oneOf('toolchain', options.toolchain ?? defaultToolchain(), toolchains);
  if (toolchain === 'recipe' && defaultToolchain() !== 'recipe') {
    const here = `${process.platform}-${process.arch}`;
    throw new BuildError(
      'ERR_USAGE',
      `--toolchain recipe runs on linux-x64, and this machine is ${here}; use --toolchain host`,
    );
  }
  const chosen = wantedTargets(options.target);
  const wanted = (options.format ?? formats).map((format) => oneOf('format', format, formats));
  if (options.format !== undefined) requireServed(wanted, chosen);
  await checkPackagers(wanted, chosen);
  const openssl = lines[release.defaultLine] as OpenSSLRecipe;
  const mirror = options.mirror ?? environment.mirrorDir;
  return {
    root: withoutBlanks(root),
    targets: toolchain === 'host' ? await Promise.all(chosen.map(onThisMachine)) : chosen,
    toolchain,
    openssl,
    certdata,
    info: packageInfo(openssl),
    formats: wanted,
    epochSeconds: epoch(),
    jobs: jobCount(options.jobs),
    launcher: launcherPath(options.launcher ?? environment.launcher),
    mirrorDir: mirror === undefined ? undefined : readableDir(path.resolve(mirror)),
    cacheDir: withoutBlanks(path.resolve(options.cache ?? environment.cacheDir)),
    outDir: path.resolve(options.out ?? path.join(root, 'dist')),
  };
}

/** A format that none of the chosen targets has would be left out without a word. */
function requireServed(wanted: readonly Format[], chosen: readonly Target[]): void {
  const rows = packagerList.filter(({ serves }) => chosen.some(serves));
  const served = [...new Set(rows.map(({ packager }) => packager.format))];
  const missing = wanted.find((format) => !served.includes(format));
  if (missing === undefined) return;
  const ids = chosen.map(({ id }) => id).join(', ');
  throw new BuildError('ERR_USAGE', `Expected a format of ${ids}: ${served.join(', ')}, got ${missing}`);
}

/** What packages of this release say of themselves. */
export function packageInfo(openssl: OpenSSLRecipe): PackageInfo {
  const { apiVersion, update, semver, summary, description, homepage, licence, maintainer } = release;
  const versions = { apiVersion, opensslVersion: openssl.version, ...(update > 0 ? { update } : {}) };
  return {
    name: 'tsopenssl',
    ...versions,
    distributionVersion: encodeDistributionVersion(versions),
    semver,
    certdataVersion: certdata.version,
    summary,
    description,
    homepage,
    licence,
    maintainer,
  };
}

function oneOf<Word extends string>(what: string, given: string, known: readonly Word[]): Word {
  const found = known.find((word) => word === given);
  if (found !== undefined) return found;
  const text = `Expected a ${what} out of ${known.join(', ')}, got ${given}${didYouMean(given, known)}`;
  throw new BuildError('ERR_USAGE', text);
}

/** The targets that were named, in the order of the list; `all` is every one. */
function wantedTargets(given: readonly string[] = [hostTargetId()]): readonly Target[] {
  const ids = targets.map(({ id }) => id);
  const words = given.map((word) => oneOf('target', word, [...ids, 'all' as const]));
  return targets.filter(({ id }) => words.includes('all') || words.includes(id));
}

/** Lets the packagers that will run look at their settings first: a build takes too long to fail at its end. */
async function checkPackagers(wanted: readonly Format[], chosen: readonly Target[]): Promise<void> {
  for (const { packager, serves } of packagerList) {
    if (wanted.includes(packager.format) && chosen.some(serves)) await packager.check?.();
  }
}

function hostTargetId(): string {
  const id = `${process.platform}-${process.arch}`;
  if (targets.some((target) => target.id === id)) return id;
  const text = `This machine is ${id}, for which there is no target; choose one with --target: ${targets.map((target) => target.id)}`;
  throw new BuildError('ERR_USAGE', text);
}

/** The compilers that the recipes name run on this one system; every other builds for itself. */
function defaultToolchain(): ToolchainId {
  return process.platform === 'linux' && process.arch === 'x64' ? 'recipe' : 'host';
}

/** The machine's own compiler makes files for this machine; they need its C library or a newer one. */
async function onThisMachine(target: Target): Promise<Target> {
  const id = hostTargetId();
  if (target.id !== id) {
    throw new BuildError('ERR_USAGE', `Expected the target ${id} with --toolchain host, got ${target.id}`);
  }
  const compilers = { kind: 'host' } as const;
  if (target.os !== 'linux') return { ...target, compilers };
  const { stdout } = await run(['getconf', 'GNU_LIBC_VERSION']);
  return { ...target, compilers, glibcFloor: stdout.trim().replace(/^glibc /, '') };
}

function epoch(): number {
  const given = environment.epochSeconds;
  if (given === undefined) return release.epochSeconds;
  if (/^\d{1,11}$/.test(given)) return Number(given);
  throw new BuildError('ERR_USAGE', `Expected seconds since 1970 in SOURCE_DATE_EPOCH, got ${given}`);
}

function jobCount(given: string | undefined): number {
  if (given === undefined) return os.availableParallelism();
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given);
  throw new BuildError('ERR_USAGE', `Expected a number from 1 to 9999 for --jobs, got ${given}`);
}

function launcherPath(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const name = oneOf('launcher', given, launchers);
  const found = environment.path
    .split(path.delimiter)
    .map((dir) => path.join(dir, name))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new BuildError(
    'ERR_PREREQUISITE',
    `--launcher ${name}: wanted ${name} in PATH, found none; install it first`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** make splits its words at blanks, and so do the makefiles of OpenSSL and node-gyp. */
function withoutBlanks(dir: string): string {
  if (!/[\s:'"$\\#]/.test(dir)) return dir;
  const remedy = 'move the checkout, or choose another cache with --cache';
  throw new BuildError('ERR_USAGE', `Expected a folder that make can work in, got ${dir}; ${remedy}`);
}

function readableDir(dir: string): string {
  try {
    accessSync(path.join(dir, '.'), constants.R_OK | constants.X_OK);
    return dir;
  } catch (cause) {
    throw new BuildError('ERR_USAGE', `Expected a folder that can be read for --mirror, got ${dir}`, {
      cause,
    });
  }
}
