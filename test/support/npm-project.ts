// An empty project of a user, which a package manager fills: with a home, caches and settings of its own.

import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { npmMain, npmPlatform } from '../../build/packagers/npm.ts';
import { type RunResult, run } from '../../build/process.ts';
import type { Target } from '../../build/types.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { artifact, checkout } from './artifacts.ts';
import { temporaryFolder } from './folder.ts';
import type { TestedNode } from './nodes.ts';
import { npm, type PackageManager, tarballs } from './package-managers.ts';

export interface ProjectOptions {
  /** Address of a registry on loopback. Without one the project is ready for `installFiles`. */
  readonly registry?: string;
  /** More lines for the files of settings. */
  readonly settings?: string;
}

/** A project folder with the programs of test/acceptance/programs/ in it. */
export interface Project {
  readonly dir: string;
  /** Runs the package manager; `before` are words in front of it. */
  manage(words: readonly string[], before?: readonly string[]): Promise<RunResult>;
  /** Runs node in the project. */
  run(node: TestedNode, words: readonly string[]): Promise<RunResult>;
}

/** Makes a project that has no packages yet. It goes when the test ends. */
export async function emptyProject(
  t: ExecutionContext,
  manager: PackageManager,
  { registry, settings = '' }: ProjectOptions = {},
): Promise<Project> {
  const place = await temporaryFolder(t);
  const dir = path.join(place, 'project');
  const home = path.join(place, 'home');
  await mkdir(home);
  await cp(path.join(checkout, 'test/acceptance/programs'), dir, { recursive: true });
  // stands for the packages of other platforms, as docs/npm.md says
  await mkdir(path.join(dir, 'none'));
  await writeFile(path.join(dir, 'none/package.json'), '{ "name": "none", "version": "1.0.0" }\n');
  for (const file of tarballs) await copyFile(file, path.join(dir, path.basename(file)));
  const manifest = { name: 'project', version: '1.0.0', private: true };
  const parts = registry === undefined ? manager.manifest : {};
  await writeFile(path.join(dir, 'package.json'), JSON.stringify({ ...manifest, ...parts }));
  for (const [name, text] of Object.entries(manager.settings)) {
    await writeFile(path.join(dir, name), text + settings);
  }
  const env = surroundings(home, registry);
  return {
    dir,
    manage: (words, before = []) =>
      run([...before, ...manager.program, ...words], { cwd: dir, env, allowFailure: true }),
    run: (node, words) =>
      run([node.node, ...manager.nodeOptions, ...words], { cwd: dir, allowFailure: true }),
  };
}

/**
 * A project into which npm installed the main tarball and that of a target. For a target of another platform than this
 * machine's npm has to be forced, unless it runs there itself.
 * @param node - a node of the target that npm runs in
 */
export async function installedProject(
  t: ExecutionContext,
  target: Target = linuxX64,
  node?: TestedNode,
): Promise<Project> {
  const project = await emptyProject(t, node === undefined ? npm : await npmUnder(node));
  const files = [artifact(npmMain), artifact(npmPlatform, target)];
  for (const file of files) await copyFile(file, path.join(project.dir, path.basename(file)));
  const force = target === linuxX64 || node !== undefined ? [] : ['--force'];
  const names = files.map((file) => `./${path.basename(file)}`);
  const { exitCode, stderr } = await project.manage(['install', '--offline', ...force, ...names]);
  if (exitCode !== 0) throw new Error(`npm install: exit status ${exitCode}, wanted 0\n${stderr}`);
  return project;
}

/** npm, run by a node of the tests: it takes that node's platform for its own. */
export async function npmUnder(node: TestedNode): Promise<PackageManager> {
  const { stdout } = await run(['sh', '-c', 'readlink -f -- "$(command -v npm)"']);
  return { ...npm, program: [node.node, stdout.trim()] };
}

/**
 * Runs a program, which must succeed and write nothing to stderr.
 * @returns what it printed, read as JSON
 */
export async function ask<Answer>(
  t: ExecutionContext,
  project: Project,
  node: TestedNode,
  words: readonly string[],
): Promise<Answer> {
  const { exitCode, stdout, stderr } = await project.run(node, words);
  t.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' }, `node ${node.version} ${words.join(' ')}`);
  return JSON.parse(stdout);
}

/** Nothing of the machine's settings, and no way out but to loopback. */
function surroundings(home: string, registry: string | undefined): Record<string, string> {
  const nowhere = 'http://127.0.0.1:9';
  const proxies = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [
    [name, nowhere],
    [name.toUpperCase(), nowhere],
  ]);
  return {
    ...Object.fromEntries(proxies),
    no_proxy: '127.0.0.1',
    NO_PROXY: '127.0.0.1',
    HOME: home,
    npm_config_globalconfig: path.join(home, 'npmrc'),
    npm_config_registry: registry ?? nowhere,
    YARN_NPM_REGISTRY_SERVER: registry ?? nowhere,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
    // yarn 1 keeps root's cache in /usr/local/share otherwise
    YARN_CACHE_FOLDER: path.join(home, 'yarn'),
  };
}
