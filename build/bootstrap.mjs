// Sets up what the other commands need, on a machine that has Node and nothing else: npm's packages of this project and
// the system's packages. Runs before anything is installed, so it is plain JavaScript without a dependency.
//
//   node build/bootstrap.mjs dist|test|check

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
  ['dpkg-deb', 'dpkg'],
  ['rpmbuild', 'rpm'],
  ['flock', 'util-linux'],
];
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
  ['ccache', 'ccache'],
  ['distcc', 'distcc'],
  ['unshare', 'util-linux'],
];
/** Modules of the system's Python that the tests use, and their packages. */
const pythonModules = [['cryptography', 'python3-cryptography']];
/** @type {Record<string, string[][]>} */
const needs = {
  dist: forDist,
  check: [...forDist, ...forUnitTests],
  test: [...forDist, ...forUnitTests, ...forTests],
};

const root = path.dirname(import.meta.dirname);
const [purpose = 'dist'] = process.argv.slice(2);

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
      accessSync(path.join(dir, program), constants.X_OK);
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

function installSystemPackages() {
  const list = needs[purpose] ?? stop(`Expected dist, check or test, got ${purpose}`);
  const missing = list.filter(([program = '']) => !isInPath(program)).map(([, name]) => name);
  for (const [module = '', name = ''] of purpose === 'test' ? pythonModules : []) {
    if (spawnSync('/usr/bin/python3', ['-c', `import ${module}`]).status !== 0) missing.push(name);
  }
  // perl-base brings perl without the modules that OpenSSL's Configure uses
  if (isInPath('perl') && spawnSync('perl', ['-MIPC::Cmd', '-e', '1']).status !== 0) missing.push('perl');
  const packages = [...new Set(missing)].sort();
  if (packages.length === 0) return;
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages];
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
