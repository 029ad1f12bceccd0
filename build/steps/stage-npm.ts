// What the two npm packages say about themselves: the main one, which is the same on every platform, and the one that
// holds a target's binaries. npm installs the second through the first's optionalDependencies, by os, cpu and libc.

import path from 'node:path';
import { floorOf, targets } from '../../platform/targets.ts';
import { partiesOf, thirdParties } from '../../recipes/licences.ts';
import type { PackageInfo, Target } from '../types.ts';
import { licenceExpression } from './stage-licences.ts';

/** Scripts and development keys of the checkout that a published package must not carry. */
const checkoutKeys = ['private', 'scripts', 'devDependencies', 'optionalDependencies'];

/**
 * package.json of the main package: the checkout's, with the release's numbers.
 * @param source - text of `addon/package.json`
 */
export function mainManifest(source: string, info: PackageInfo): string {
  const kept = Object.entries(JSON.parse(source) as Record<string, unknown>).filter(
    ([key]) => !checkoutKeys.includes(key),
  );
  return json({
    ...Object.fromEntries(kept),
    version: info.semver,
    license: licenceExpression(thirdParties, 'main'),
    author: info.maintainer,
    homepage: info.homepage,
    optionalDependencies: Object.fromEntries(
      packagedTargets.map(({ npm }) => [npm.packageName, info.semver]),
    ),
    tsopenssl: versions(info),
  });
}

/**
 * package.json of the target's package. `preferUnplugged`: Yarn's Plug'n'Play must unpack what the system's loader opens.
 * @param source - text of `addon/package.json`, for the Node versions that both support
 */
export function platformManifest(source: string, info: PackageInfo, target: Target): string {
  const { engines } = JSON.parse(source) as { readonly engines?: unknown };
  return json({
    name: target.npm.packageName,
    version: info.semver,
    description: `The ${target.id} binaries of tsopenssl: the addon, the command line and the libraries of OpenSSL ${info.opensslVersion}`,
    license: licenceExpression(partiesOf(target.os), 'platform'),
    author: info.maintainer,
    homepage: info.homepage,
    type: 'commonjs',
    main: 'tsopenssl.node',
    files: ['tsopenssl.node', ...foldersOf(target)],
    engines,
    os: [target.npm.os],
    cpu: target.npm.cpu,
    ...(target.npm.libc === undefined ? {} : { libc: [target.npm.libc] }),
    preferUnplugged: true,
    tsopenssl: versions(info),
  });
}

/** The targets that npm chooses among by itself: a joined one serves whoever packs a program for several processors. */
const packagedTargets = targets.filter(({ compilers }) => compilers.kind !== 'joined');

/** The folders of the command line and its libraries. */
function foldersOf({ binaries }: Target): readonly string[] {
  return [...new Set(Object.values(binaries).map((file) => path.posix.dirname(file)))];
}

/** Programs that npm puts into PATH, relative to the package. */
export function programsOf(source: string): readonly string[] {
  const { bin } = JSON.parse(source) as { readonly bin?: Readonly<Record<string, string>> };
  return Object.values(bin ?? {});
}

/** README.md of the target's package. */
export function platformReadme(info: PackageInfo, target: Target): string {
  return `# ${target.npm.packageName}

The binaries of [tsopenssl](${info.homepage}) ${info.apiVersion} for ${target.id}, with OpenSSL ${info.opensslVersion}:

- \`tsopenssl.node\`, the addon;
- \`${target.binaries.command}\`, the command line, with its two libraries.

They need ${floorOf(target)}${target.os === 'linux' && target.glibcFloor === undefined ? '' : ' or later'}. Install \`tsopenssl\`: it depends on this package and finds it by itself.

Licences: Apache License 2.0, and those of the parts that others wrote; LICENSE has them all.
`;
}

function versions(info: PackageInfo): Record<string, string> {
  return {
    apiVersion: info.apiVersion,
    opensslVersion: info.opensslVersion,
    distributionVersion: info.distributionVersion,
    certdataVersion: info.certdataVersion,
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
