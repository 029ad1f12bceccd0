// What the tests of both Linux packages do with an installed tsopenssl.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { readStage } from '../../build/steps/stage.ts';
import type { LinuxTarget, PackageInfo, Packager, Stage } from '../../build/types.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { release } from '../../recipes/release.ts';
import { checkout, releaseInfo } from './artifacts.ts';
import type { DebianRoot } from './debian-root.ts';
import { targetDistribution } from './target-distribution.ts';

const prefix = linuxX64.prefix;
const packagePath = `${prefix}/node_modules/tsopenssl`;

/** Files of `nextRelease` that this release lacks, and the other way round. */
export const addedFile = `${packagePath}/lib/added.txt`;
export const droppedFile = `${packagePath}/README.md`;

/** The command line, the launcher without node, and the addon in the ways that the README names. */
export async function useInstalled(
  t: ExecutionContext,
  root: DebianRoot,
  target: LinuxTarget = linuxX64,
): Promise<void> {
  const { opensslVersion } = releaseInfo;
  for (const argv of [[`${prefix}/bin/openssl`], ['tsopenssl', 'openssl']]) {
    const { stdout: version } = await root.run([...argv, 'version', '-a']);
    t.true(version.startsWith(`OpenSSL ${opensslVersion} `), version);
    t.true(version.includes(`(Library: OpenSSL ${opensslVersion} `), version);
    t.regex(version, /^OPENSSLDIR: "\/etc\/ssl"$/m);
    t.regex(version, /^MODULESDIR: "\/usr\/lib\/tsopenssl\/lib\/ossl-modules"$/m);
    const { stdout: disabled } = await root.run([...argv, 'list', '-disabled']);
    for (const algorithm of ['IDEA', 'MDC2', 'RC5']) t.regex(disabled, new RegExp(`^${algorithm}$`, 'm'));
    t.notRegex(disabled, /^RSA$/m);
  }
  const { stdout: bundle } = await root.run(['tsopenssl', 'ca-bundle', 'path']);
  t.true(existsSync(path.join(root.dir, bundle.trim())), bundle);
  const withoutNode = await root.run(['tsopenssl', 'info'], { allowFailure: true });
  t.is(withoutNode.exitCode, 1);
  t.regex(withoutNode.stderr, /wanted Node\.js 20\.19 or later, found none/);
  await useWithNode(t, root, target);
}

async function useWithNode(t: ExecutionContext, root: DebianRoot, target: LinuxTarget): Promise<void> {
  const { stdout } = await root.run(['tsopenssl', 'info', '--json'], { node: true });
  const info = JSON.parse(stdout);
  t.is(info.version.openssl.version, releaseInfo.opensslVersion);
  t.is(info.version.distributionVersion, releaseInfo.distributionVersion);
  t.not(info.version.node.openssl, releaseInfo.opensslVersion);
  t.is(info.addon.path, `${prefix}/node_modules/${target.npm.packageName}/tsopenssl.node`);
  t.true(info.addon.isolated);
  t.deepEqual(info.configuration.files, ['/etc/ssl/openssl.cnf']);

  const program = (name: string) =>
    `const { caBundle } = require('${name}'); console.log([...caBundle.iterCaBundleX509()].length)`;
  const byPath = await root.run(['node', '-e', program(packagePath)], { node: true });
  const env = { NODE_PATH: `${prefix}/node_modules` };
  const byNodePath = await root.run(['node', '-e', program('tsopenssl')], { node: true, env });
  t.true(Number(byPath.stdout) > 100, byPath.stdout);
  t.is(byNodePath.stdout, byPath.stdout);
  const neither = await root.run(['node', '-e', program('tsopenssl')], { node: true, allowFailure: true });
  t.regex(neither.stderr, /Cannot find module 'tsopenssl'/);
}

/** What a process that holds the addon loaded saw. */
export interface Held {
  readonly before: string;
  readonly after: string;
  /** Path of the binary as the kernel shows it at the end: ` (deleted)` follows when the file is gone. */
  readonly binary: string;
}

/**
 * Starts a process that loads the addon and waits.
 * @returns a function that lets it use the addon once more and end
 */
export async function holdAddon(t: ExecutionContext, root: DebianRoot): Promise<() => Promise<Held>> {
  const folder = path.join(root.dir, 'tmp/hold');
  await mkdir(folder);
  const program = await root.put(path.join(checkout, 'test/support/hold-addon.cjs'));
  const ended = root.run(['node', program, packagePath, '/tmp/hold'], { node: true });
  const go = () => writeFile(path.join(folder, 'go'), '');
  t.teardown(() => go().then(() => ended));
  const failed = ended.then(() => Promise.reject(new Error('The process ended before it was told to')));
  const ready = async () => {
    while (!existsSync(path.join(folder, 'ready'))) await sleep(20);
  };
  await Promise.race([ready(), failed]);
  failed.catch(() => undefined);
  return async () => {
    await go();
    return JSON.parse((await ended).stdout) as Held;
  };
}

/**
 * Packs a release that comes after this one and has one file more and one fewer.
 * @returns the package, in `dir`
 */
export async function packNextRelease(
  packager: Packager,
  dir: string,
  target: LinuxTarget = linuxX64,
): Promise<string> {
  const info: PackageInfo = { ...releaseInfo, distributionVersion: `${releaseInfo.distributionVersion}.1` };
  const { prefix: tree } = await targetDistribution(target.id);
  const stage = await readStage(tree, target, release.epochSeconds + 86_400);
  const file = path.join(dir, packager.fileName(info, target));
  await packager.pack(withOtherFiles(stage), info, file);
  return file;
}

function withOtherFiles(stage: Stage): Stage {
  const below = (file: string) => file.slice(prefix.length + 1);
  const entries = stage.entries.flatMap((entry) => {
    if (entry.path !== below(droppedFile)) return [entry];
    return [{ ...entry, path: below(addedFile) }];
  });
  return { ...stage, entries };
}
