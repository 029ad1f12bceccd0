// A small stage, laid out as a real one is, for tests that look at names, modes and bytes and run nothing.

import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assembleStage, bundleFileNames, readStage, type StageInputs } from '../../build/steps/stage.ts';
import type { PackageInfo, Stage } from '../../build/types.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** 2026-11-23 12:34:56 UTC. */
export const fixtureEpoch = 1_795_437_296;

export const fixtureInfo: PackageInfo = {
  name: 'tsopenssl',
  apiVersion: '1.2.3',
  opensslVersion: '3.5.7',
  distributionVersion: '1.2.3.3.5.7',
  semver: '1.2.4',
  certdataVersion: '2.74',
  summary: 'a summary',
  description:
    'A description that is long enough to be broken into two lines, since eighty characters hold no more.',
  homepage: 'https://www.example.org/tsopenssl',
  licence: 'Apache-2.0 AND MPL-2.0',
  maintainer: 'The tsopenssl project <noreply@tsopenssl.invalid>',
};

/** Writes what a stage is made of below `dir`. The content of each file is its own path. */
export async function fixtureInputs(dir: string): Promise<StageInputs> {
  const files = [
    'openssl/bin/openssl',
    'openssl/lib/libcrypto.so.3',
    'openssl/lib/libssl.so.3',
    'openssl-licence.txt',
    'addon/README.md',
    'addon/LICENSE',
    'addon/src/binding.gyp',
    'addon/src/build/config.gypi',
    'lib/cli.js',
    'lib/cli.d.ts',
    'lib/index.js',
    'lib/index.d.ts',
    'tsopenssl.node',
    ...bundleFileNames.map((name) => `bundles/${name}`),
    'openssl-config/openssl.cnf',
    'platform/linux/launcher.sh',
    'platform/linux/README.md',
  ];
  const manifest = {
    name: 'tsopenssl',
    private: true,
    scripts: { x: 'x' },
    engines: { node: '>=20.19' },
    bin: { tsopenssl: 'lib/cli.js' },
  };
  for (const file of files) await write(path.join(dir, file), `${file}\n`);
  await write(path.join(dir, 'addon/package.json'), JSON.stringify(manifest));
  await cp(path.join(checkout, 'recipes/licences'), path.join(dir, 'recipes/licences'), { recursive: true });
  return {
    target: linuxX64,
    info: fixtureInfo,
    opensslDir: path.join(dir, 'openssl'),
    opensslLicence: path.join(dir, 'openssl-licence.txt'),
    root: dir,
    addonLibDir: path.join(dir, 'lib'),
    addonBinary: path.join(dir, 'tsopenssl.node'),
    bundlesDir: path.join(dir, 'bundles'),
  };
}

/** Makes the small stage below `dir`; its tree is `${dir}/stage`. */
export async function fixtureStage(dir: string): Promise<Stage> {
  const tree = path.join(dir, 'stage');
  await assembleStage(await fixtureInputs(path.join(dir, 'inputs')), tree);
  return readStage(tree, linuxX64, fixtureEpoch);
}

async function write(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}
