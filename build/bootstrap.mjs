// @ts-check
// Sets up what the scripts of package.json other than `dist` need, on a machine that has Node and nothing else: npm's packages
// of this project and the system packages of tests. `npm run dist` finds out for itself what its steps need. Runs before
// anything is installed, so it is plain JavaScript without a dependency.
//
//   node build/bootstrap.mjs npm|check|test|platforms

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkNode, installNpmPackages, MissingOnMachine, say } from './npm-packages.mjs';
import { installPackages, missingPackages } from './system-packages.mjs';

/** @import { Need } from './system-packages.mjs' */

/**
 * What the unit tests start of the builder's programs: a program that must be found, and the Debian package that brings it.
 * @type {Need[]}
 */
const forBuilder = [
  ['make', 'make'],
  ['perl', 'perl'],
  ['python3', 'python3'],
  ['xz', 'xz-utils'],
  ['gzip', 'gzip'],
  ['flock', 'util-linux'],
  ['dpkg-deb', 'dpkg'],
  ['rpmbuild', 'rpm'],
];
/** @type {Need[]} */
const forUnitTests = [
  ['gcc', 'gcc'],
  ['ld', 'binutils'],
  ['openssl', 'openssl'],
  ['shellcheck', 'shellcheck'],
];
/** @type {Need[]} */
const forTests = [
  ['g++', 'g++'],
  ['lintian', 'lintian'],
  ['rpmlint', 'rpmlint'],
  ['debootstrap', 'debootstrap'],
  ['groff', 'groff'],
  ['cmake', 'cmake'],
  ['pkg-config', 'pkg-config'],
  ['ccache', 'ccache'],
  ['distcc', 'distcc'],
  ['unshare', 'util-linux'],
  ['ss', 'iproute2'],
  ['strace', 'strace'],
  ['certtool', 'gnutls-bin'],
  ['curl', 'curl'],
  ['/usr/sbin/nginx', 'nginx-light'],
  ['certutil', 'libnss3-tools'],
  ['keytool', 'default-jre-headless'],
];
/** What runs and reads the artifacts of other systems. @type {Need[]} */
const forOtherSystems = [
  ['/usr/lib/wine/wine64', 'wine64'],
  ['wineserver', 'wine'],
  ['Xvfb', 'xvfb'],
  ['xdotool', 'xdotool'],
  ['osslsigncode', 'osslsigncode'],
  ['qemu-aarch64-static', 'qemu-user-static'],
  ['aarch64-linux-gnu-g++', 'g++-aarch64-linux-gnu'],
  ['/lib/ld-musl-x86_64.so.1', 'musl'],
  ['7z', 'p7zip-full'],
  ['bsdtar', 'libarchive-tools'],
];
/** Modules of the system's Python that the tests use, and their packages. */
const pythonModules = [
  ['cryptography', 'python3-cryptography'],
  ['OpenSSL', 'python3-openssl'],
];
/** Tests of all platforms read what the packagers of other systems start. @type {Need[]} */
const forOtherPackagers = [
  ['clang-19', 'clang-19'],
  ['ld64.lld-19', 'lld-19'],
  ['llvm-ar-19', 'llvm-19'],
  ['x86_64-w64-mingw32-g++-posix', 'g++-mingw-w64-x86-64-posix'],
  ['makensis', 'nsis'],
  ['wixl', 'wixl'],
  ['msibuild', 'msitools'],
  ['faketime', 'faketime'],
];
/** @type {Record<string, Need[]>} */
const needs = {
  npm: [],
  check: [...forBuilder, ...forUnitTests],
  test: [...forBuilder, ...forUnitTests, ...forTests],
  platforms: [...forBuilder, ...forUnitTests, ...forTests, ...forOtherSystems, ...forOtherPackagers],
};

/** Packages of Python's modules that the tests use and this machine lacks. */
function missingPythonModules() {
  return pythonModules
    .filter(([module = '']) => spawnSync('/usr/bin/python3', ['-c', `import ${module}`]).status !== 0)
    .map(([, name = '']) => name);
}

try {
  const [purpose = ''] = process.argv.slice(2);
  const ofPurpose = needs[purpose];
  if (ofPurpose === undefined)
    throw new MissingOnMachine(`Expected ${Object.keys(needs).join(', ')}, got ${purpose}`);
  checkNode();
  installNpmPackages(path.dirname(import.meta.dirname));
  const modules = purpose === 'test' || purpose === 'platforms' ? missingPythonModules() : [];
  installPackages([...new Set([...missingPackages(ofPurpose), ...modules])].sort());
} catch (error) {
  if (!(error instanceof MissingOnMachine)) throw error;
  say(error.message);
  process.exitCode = 2;
}
