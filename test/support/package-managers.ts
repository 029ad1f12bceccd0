// The package managers that users install with, and how each is told the same thing. All but npm are those of the
// checkout's node_modules.

import path from 'node:path';
import { npmMain, npmPlatform } from '../../build/packagers/npm.ts';
import { artifact, checkout } from './artifacts.ts';
import { otherPlatforms } from './other-platforms.ts';

/** The two packages in dist/: the main one first. */
export const tarballs: readonly string[] = [artifact(npmMain), artifact(npmPlatform)];

const others = await otherPlatforms();

/** What a registry has beside: the packages of the other platforms. */
export const otherTarballs: readonly string[] = others.map(({ file }) => file);

const [main, platform] = tarballs.map((file) => `./${path.basename(file)}`) as [string, string];

/** Both kinds of yarn ask a registry for every optional dependency, unless they are told where it is. */
const yarnManifest = {
  dependencies: { tsopenssl: `file:${main}` },
  resolutions: Object.fromEntries([
    ['@tsopenssl/linux-x64', `file:${platform}`],
    ...others.map(({ name }) => [name, 'file:./none']),
  ]),
};

export interface PackageManager {
  readonly name: string;
  /** The words that every command begins with. */
  readonly program: readonly string[];
  /** Installs the two tarballs, which lie in the project. */
  readonly installFiles: readonly string[];
  /** Keys of the project's package.json that this needs. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Installs tsopenssl from a registry. */
  readonly install: readonly string[];
  /** Runs a command that a package brings along. */
  readonly execute: readonly string[];
  /** Runs no install script. */
  readonly withoutScripts: string;
  /** Settings of the project, by file name. */
  readonly settings: Readonly<Record<string, string>>;
  /** What node must be told to find the packages. */
  readonly nodeOptions: readonly string[];
}

const module = (file: string): string[] => [process.execPath, path.join(checkout, 'node_modules', file)];

const plain = { manifest: {}, settings: {}, nodeOptions: [] };

export const npm: PackageManager = {
  ...plain,
  name: 'npm',
  program: ['npm'],
  installFiles: ['install', '--offline', main, platform],
  execute: ['exec', '--offline', '--'],
  install: ['install', 'tsopenssl'],
  withoutScripts: '--ignore-scripts',
};

export const pnpm: PackageManager = {
  ...plain,
  name: 'pnpm',
  program: module('pnpm/bin/pnpm.cjs'),
  installFiles: ['add', '--offline', main, platform],
  execute: ['exec'],
  install: ['add', 'tsopenssl'],
  withoutScripts: '--ignore-scripts',
};

export const yarnClassic: PackageManager = {
  ...plain,
  name: 'yarn 1',
  program: module('yarn/bin/yarn.js'),
  installFiles: ['install', '--offline'],
  manifest: yarnManifest,
  execute: ['--silent', '--offline', 'run'],
  install: ['add', 'tsopenssl'],
  withoutScripts: '--ignore-scripts',
};

export const yarn: PackageManager = {
  name: 'yarn 4',
  program: module('@yarnpkg/cli-dist/bin/yarn.js'),
  installFiles: ['install'],
  manifest: yarnManifest,
  execute: ['run'],
  install: ['add', 'tsopenssl'],
  withoutScripts: '--mode=skip-build',
  settings: { '.yarnrc.yml': 'nodeLinker: node-modules\n' },
  nodeOptions: [],
};

export const yarnPlugAndPlay: PackageManager = {
  ...yarn,
  name: "yarn 4 with Plug'n'Play",
  settings: { '.yarnrc.yml': 'nodeLinker: pnp\n' },
  nodeOptions: ['--require=./.pnp.cjs', '--experimental-loader=./.pnp.loader.mjs'],
};

export const packageManagers: readonly PackageManager[] = [npm, pnpm, yarnClassic, yarn, yarnPlugAndPlay];
