// Runs OpenSSL's own build: Configure, make, make install. Sources and results lie in folders that the store hands out,
// and every path that reaches the compiler is relative, so that two folders give the same bytes.

import { copyFile, mkdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../process.ts';
import { shareObjects } from './shared-objects.ts';
import type { Toolchain } from './toolchain.ts';

interface BuildOptions {
  readonly toolchain: Toolchain;
  readonly epochSeconds: number;
  readonly log: string;
}

function environmentOf(options: BuildOptions) {
  return {
    log: options.log,
    pathFirst: options.toolchain.pathFirst,
    // Configure writes lists in the order of Perl's hashes, which is another one each time unless it is pinned
    env: { ...options.toolchain.env, SOURCE_DATE_EPOCH: String(options.epochSeconds), PERL_HASH_SEED: '0' },
  };
}

/** Copies a tree with modes, times and links; shares the blocks where the file system can. */
export async function copyTree(from: string, to: string): Promise<void> {
  await run(['cp', '-a', '--reflink=auto', `${from}/.`, to]);
}

/** Stands for the folder of the sources in a configured tree that is kept. */
const folderMark = '@SOURCE_FOLDER@';

/** Replaces the text of a file; make must not see it as changed. */
async function replaceText(file: string, replace: (text: string) => string): Promise<void> {
  const { atime, mtime } = await stat(file);
  await writeFile(file, replace(await readFile(file, 'utf8')));
  await utimes(file, atime, mtime);
}

/** Replaces the folder in the one file that records where Configure ran. */
async function replaceInConfigdata(dir: string, from: string, to: string): Promise<void> {
  await replaceText(path.join(dir, 'configdata.pm'), (text) => text.replaceAll(`'${from}/`, `'${to}/`));
}

/**
 * Configures the sources in `dir`.
 * @param configurations - a file of targets that Configure reads beside its own
 */
export async function configureOpenSSL(
  dir: string,
  args: readonly string[],
  configurations: string,
  options: BuildOptions,
): Promise<void> {
  await copyFile(configurations, path.join(dir, 'Configurations', path.basename(configurations)));
  await run(['perl', 'Configure', ...args], { cwd: dir, ...environmentOf(options) });
  await replaceText(path.join(dir, 'Makefile'), shareObjects);
  await replaceInConfigdata(dir, await realpath(dir), folderMark);
}

/** Copies a configured tree to where it is to be compiled. */
export async function openConfigured(configuredDir: string, dir: string): Promise<void> {
  await mkdir(dir);
  await copyTree(configuredDir, dir);
  await replaceInConfigdata(dir, folderMark, await realpath(dir));
}

/** Compiles the libraries and the command line in a configured `dir`. */
export async function compileOpenSSL(dir: string, jobs: number, options: BuildOptions): Promise<void> {
  await run(['make', `-j${jobs}`, 'build_sw'], { cwd: dir, ...environmentOf(options) });
}

/**
 * Installs what was compiled in `builtDir`.
 * @param prefix - the prefix that Configure was told
 * @param dir - empty folder that becomes the prefix: bin/, include/, lib/
 */
export async function installOpenSSL(
  builtDir: string,
  prefix: string,
  dir: string,
  options: BuildOptions,
): Promise<void> {
  const destination = `${dir}.destination`;
  const argv = ['make', 'install_sw', `DESTDIR=${path.resolve(destination)}`];
  await run(argv, { cwd: builtDir, ...environmentOf(options) });
  await rm(dir, { recursive: true });
  await rename(path.join(destination, prefix), dir);
  await rm(destination, { recursive: true });
}
