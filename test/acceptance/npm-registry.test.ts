// `npm install tsopenssl` as from the public registry: the package of the platform comes along, or does not, by os, cpu
// and libc.

import { existsSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { releaseInfo } from '../support/artifacts.ts';
import { nodes, type TestedNode } from '../support/nodes.ts';
import { emptyProject, type Project } from '../support/npm-project.ts';
import { startRegistry } from '../support/npm-registry.ts';
import {
  npm,
  otherTarballs,
  type PackageManager,
  packageManagers,
  pnpm,
  tarballs,
  yarn,
  yarnClassic,
  yarnPlugAndPlay,
} from '../support/package-managers.ts';
import { usePackage } from '../support/use-package.ts';

const mainTarball = `/-/tsopenssl-${releaseInfo.semver}.tgz`;
const platformTarball = `/-/tsopenssl-linux-x64-${releaseInfo.semver}.tgz`;

const notLoaded = `OpenSSLError: no binary of tsopenssl could be loaded on linux-x64; tried
  - <package>/src/build/Release/tsopenssl.node: it was not built
  - @tsopenssl/linux-x64/tsopenssl.node: the package is not installed
What to do:
  - install again with optional dependencies: without --omit=optional, --no-optional or --ignore-optional; where package-lock.json was made on another platform, run npm install --include=optional @tsopenssl/linux-x64
`;

const arm64 = `/-/tsopenssl-linux-arm64-${releaseInfo.semver}.tgz`;
const musl = `/-/tsopenssl-linuxmusl-x64-${releaseInfo.semver}.tgz`;

/** Ways to install that leave out the package of this platform, and the package that comes in its place. */
const otherwise: readonly {
  manager: PackageManager;
  words?: readonly string[];
  settings?: string;
  gets?: string;
}[] = [
  { manager: npm, words: ['--cpu=arm64'], gets: arm64 },
  { manager: npm, words: ['--libc=musl'], gets: musl },
  { manager: npm, words: ['--omit=optional'] },
  { manager: pnpm, words: ['--cpu=arm64'], gets: arm64 },
  { manager: pnpm, words: ['--libc=musl'], gets: musl },
  { manager: pnpm, words: ['--no-optional'] },
  { manager: yarnClassic, words: ['--ignore-optional'] },
  { manager: yarn, settings: 'supportedArchitectures: { cpu: [arm64] }\n', gets: arm64 },
  { manager: yarn, settings: 'supportedArchitectures: { libc: [musl] }\n', gets: musl },
  { manager: yarnPlugAndPlay, settings: 'supportedArchitectures: { libc: [musl] }\n', gets: musl },
];

for (const manager of packageManagers) {
  test.serial(`${manager.name} installs the binaries of this platform along with tsopenssl`, async (t) => {
    const registry = await startRegistry(t, [...tarballs, ...otherTarballs]);
    const project = await emptyProject(t, manager, { registry: registry.url });

    await install(t, project, manager.install);

    const [oldest] = await nodes();
    await usePackage(t, project, oldest as TestedNode);
    // yarn 1 fetches every optional package before it looks for which platform it is
    const fetched = tarballsOf(registry.requests);
    if (manager === yarnClassic) t.is(fetched.length, tarballs.length + otherTarballs.length);
    else t.deepEqual(fetched, [mainTarball, platformTarball]);
  });
}

for (const { manager, words = [], settings = '', gets } of otherwise) {
  const how = [...words, settings.trim()].join('');
  test.serial(`${manager.name} with ${how} leaves the binaries out, and one error says so`, async (t) => {
    const registry = await startRegistry(t, [...tarballs, ...otherTarballs]);
    const project = await emptyProject(t, manager, { registry: registry.url, settings });

    await install(t, project, [...manager.install, ...words]);

    if (gets !== undefined) t.deepEqual(tarballsOf(registry.requests), [mainTarball, gets]);
    await missBinary(t, project);
    if (manager !== npm) return;
    const advice = /run npm (install .*)$/m.exec(notLoaded)?.[1] ?? '';
    await install(t, project, advice.split(' '));
    const [oldest] = await nodes();
    await usePackage(t, project, oldest as TestedNode);
  });
}

test.serial('npm refuses a package with a flipped byte, and goes without an optional one', async (t) => {
  const registry = await startRegistry(t, [...tarballs, ...otherTarballs]);
  const project = await emptyProject(t, npm, { registry: registry.url });

  registry.damage('@tsopenssl/linux-x64');
  await install(t, project, npm.install);
  await missBinary(t, project);

  const other = await emptyProject(t, npm, { registry: registry.url });
  registry.damage('tsopenssl');
  const { exitCode, stderr } = await other.manage(npm.install);
  t.not(exitCode, 0);
  t.regex(stderr, /^npm error code EINTEGRITY$/m);
  // npm's own record of what is installed; on a busy machine it may leave an unpacked file behind
  t.false(existsSync(path.join(other.dir, 'node_modules/.package-lock.json')));
  t.true(existsSync(path.join(project.dir, 'node_modules/.package-lock.json')));
});

async function install(t: ExecutionContext, project: Project, words: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await project.manage(words);
  t.is(exitCode, 0, stdout + stderr);
}

function tarballsOf(requests: readonly string[]): string[] {
  return requests.filter((request) => request.endsWith('.tgz')).sort();
}

/** An ESM and a CommonJS program end with the one error. */
async function missBinary(t: ExecutionContext, project: Project): Promise<void> {
  const [oldest] = await nodes();
  for (const program of ['use.mjs', 'use.cjs']) {
    const { exitCode, stdout, stderr } = await project.run(oldest as TestedNode, [program]);
    t.deepEqual({ exitCode, stdout }, { exitCode: 1, stdout: '' });
    const text = stderr.replace(/\S*(?=\/src\/build\/Release\/)/, '<package>');
    t.is(text.split(notLoaded).length, 2, stderr);
    t.regex(text, /code: 'ERR_TSOPENSSL_NOT_LOADED'/);
  }
}
