// Sets up what the other commands need, on a machine that has Node and nothing else: npm's packages of this project and
// the system's packages. Runs before anything is installed, so it is plain JavaScript without a dependency.
//
//   node build/bootstrap.mjs dist|test|check|platforms [target …]
//
// Without a target it is this machine's own; `platforms` needs them all.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What each purpose needs: a program that must be found, and the Debian package that brings it. */
const forDist = [
  ['make', 'make'],
  ['perl', 'perl'],
  ['python3', 'python3'],
  ['xz', 'xz-utils'],
  ['gzip', 'gzip'],
  ['flock', 'util-linux'],
];
const forLinuxPackages = [
  ['dpkg-deb', 'dpkg'],
  ['rpmbuild', 'rpm'],
];
const forMacs = [
  ['clang-19', 'clang-19'],
  ['ld64.lld-19', 'lld-19'],
  ['llvm-ar-19', 'llvm-19'],
];
/** What a target needs beside. @type {Record<string, string[][]>} */
const needsOfTarget = {
  'linux-x64': forLinuxPackages,
  'linux-arm64': forLinuxPackages,
  'linuxmusl-x64': [],
  'darwin-arm64': forMacs,
  'darwin-x64': forMacs,
  'darwin-universal': forMacs,
  'win32-x64': [
    ['x86_64-w64-mingw32-g++-posix', 'g++-mingw-w64-x86-64-posix'],
    ['makensis', 'nsis'],
    ['wixl', 'wixl'],
    ['msibuild', 'msitools'],
    ['faketime', 'faketime'],
  ],
};
const forUnitTests = [
  ['gcc', 'gcc'],
  ['ld', 'binutils'],
  ['openssl', 'openssl'],
  ['shellcheck', 'shellcheck'],
];
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
  ['certtool', 'gnutls-bin'],
  ['curl', 'curl'],
  ['/usr/sbin/nginx', 'nginx-light'],
  ['certutil', 'libnss3-tools'],
  ['keytool', 'default-jre-headless'],
];
/** What runs and reads the artifacts of other systems. */
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
/** @type {Record<string, string[][]>} */
const needs = {
  dist: forDist,
  check: [...forDist, ...forUnitTests],
  test: [...forDist, ...forUnitTests, ...forTests],
  platforms: [...forDist, ...forUnitTests, ...forTests, ...forOtherSystems],
};

/** What would start a server of nginx's on this machine: it is run by tests alone. */
const servicesToLeaveOut = [
  '/lib/systemd/system/nginx.service',
  '/usr/lib/systemd/system/nginx.service',
  '/etc/init.d/nginx',
];

const root = path.dirname(import.meta.dirname);
const [purpose = 'dist', ...targets] = process.argv.slice(2);

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * @param {string} text
 * @returns {never}
 */
function stop(text) {
  say(text);
  process.exit(2);
}

/** @param {string} program */
function isInPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((dir) => {
    try {
      accessSync(path.resolve(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @param {string[]} argv */
function runVisibly(argv) {
  say(`$ ${argv.join(' ')}`);
  const [program = '', ...args] = argv;
  // standard output carries results alone
  const { status } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2] });
  return status === 0;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(
    `Node ${process.versions.node} is too old: wanted 20.19 or later. Install a newer one and run the command again.`,
  );
}

/** Installs npm's packages unless those of this very package-lock.json are there. */
function installNpmPackages() {
  const marker = path.join(root, 'node_modules/.installed-lock');
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  try {
    if (readFileSync(marker, 'utf8') === wanted) return;
  } catch {
    // never installed, or not to the end
  }
  say("Installing this project's npm packages");
  if (!runVisibly(['npm', 'ci', '--no-audit', '--no-fund']))
    stop('npm ci failed: check the network and the settings of npm.');
  writeFileSync(marker, wanted);
}

/** Other systems build for themselves. A target that nobody knows is the command line's to refuse. */
function wantedTargets() {
  if (process.platform !== 'linux') return [];
  if (purpose === 'platforms' || targets.includes('all')) return Object.keys(needsOfTarget);
  return targets.length > 0 ? targets : [`${process.platform}-${process.arch}`];
}

function installSystemPackages() {
  const ofPurpose = needs[purpose] ?? stop(`Expected ${Object.keys(needs).join(', ')}, got ${purpose}`);
  const list = [...ofPurpose, ...wantedTargets().flatMap((target) => needsOfTarget[target] ?? [])];
  const missing = list.filter(([program = '']) => !isInPath(program)).map(([, name]) => name);
  for (const [module = '', name = ''] of purpose === 'test' || purpose === 'platforms' ? pythonModules : []) {
    if (spawnSync('/usr/bin/python3', ['-c', `import ${module}`]).status !== 0) missing.push(name);
  }
  // perl-base brings perl without the modules that OpenSSL's Configure uses
  if (isInPath('perl') && spawnSync('perl', ['-MIPC::Cmd', '-e', '1']).status !== 0) missing.push('perl');
  const packages = [...new Set(missing)].sort();
  if (packages.length === 0) return;
  const leftOut = packages.includes('nginx-light') ? servicesToLeaveOut : [];
  const options = leftOut.flatMap((file) => ['-o', `Dpkg::Options::=--path-exclude=${file}`]);
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...options, ...packages];
  const line = `sudo apt-get update && sudo ${install.join(' ')}`;
  if (!isInPath('apt-get'))
    stop(`These are missing: ${packages.join(', ')} (Debian's names). Install them and try again.`);
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ['sudo', '--non-interactive'];
  if (!isRoot && spawnSync('sudo', ['--non-interactive', 'true']).status !== 0) {
    stop(`System packages are missing. Run this, then try again:\n  ${line}`);
  }
  say(`Installing system packages: ${packages.join(', ')}`);
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  runVisibly([...sudo, 'apt-get', 'update']);
  if (!runVisibly([...sudo, ...env, ...install]))
    stop(`Installing them failed. Run this, then try again:\n  ${line}`);
}

checkNode();
installNpmPackages();
installSystemPackages();
