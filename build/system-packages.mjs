// @ts-check
// Finds which programs are missing and installs their Debian packages. Used before anything is installed, so it is plain
// JavaScript without a dependency.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { MissingOnMachine, runVisibly, say } from './npm-packages.mjs';

/** A program that must be found, and the Debian package that brings it. @typedef {readonly [string, string]} Need */

/** What would start a server of nginx's on this machine: it is run by tests alone. */
const servicesToLeaveOut = [
  '/lib/systemd/system/nginx.service',
  '/usr/lib/systemd/system/nginx.service',
  '/etc/init.d/nginx',
];

/**
 * The file that a program's name means, or undefined.
 * @param {string} program
 */
export function findProgram(program) {
  const names = process.platform === 'win32' ? [program, `${program}.exe`] : [program];
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((dir) => names.map((name) => path.resolve(dir, name)))
    .find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The Debian packages of the programs that are missing.
 * @param {readonly Need[]} needs
 * @returns {string[]} sorted, each once
 */
export function missingPackages(needs) {
  const missing = needs.filter(([program]) => !isInstalled(program)).map(([, name]) => name);
  return [...new Set(missing)].sort();
}

/** @param {string} program */
function isInstalled(program) {
  if (findProgram(program) === undefined) return false;
  // perl-base brings perl without the modules that OpenSSL's Configure uses
  return program !== 'perl' || spawnSync('perl', ['-MIPC::Cmd', '-e', '1']).status === 0;
}

/**
 * Installs Debian packages as root, or through sudo without a password. Says which before it does.
 * @param {readonly string[]} packages
 * @throws {MissingOnMachine} where it may not or cannot; the message has the line to run
 */
export function installPackages(packages) {
  if (packages.length === 0) return;
  const leftOut = packages.includes('nginx-light') ? servicesToLeaveOut : [];
  const options = leftOut.flatMap((file) => ['-o', `Dpkg::Options::=--path-exclude=${file}`]);
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...options, ...packages];
  const line = `sudo apt-get update && sudo ${install.join(' ')}`;
  if (findProgram('apt-get') === undefined)
    throw new MissingOnMachine(
      `These are missing: ${packages.join(', ')} (Debian's names). Install them and try again.`,
    );
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ['sudo', '--non-interactive'];
  if (!isRoot && spawnSync('sudo', ['--non-interactive', 'true']).status !== 0)
    throw new MissingOnMachine(`System packages are missing. Run this, then try again:\n  ${line}`);
  say(`Installing system packages: ${packages.join(', ')}`);
  runVisibly([...sudo, 'apt-get', 'update']);
  if (!runVisibly([...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', ...install]))
    throw new MissingOnMachine(`Installing them failed. Run this, then try again:\n  ${line}`);
}
