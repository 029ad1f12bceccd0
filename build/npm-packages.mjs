// @ts-check
// Checks Node and installs npm's packages of this project. Runs before anything is installed, so it is plain JavaScript without
// a dependency.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Thrown with a message for the user: something on this machine is missing, and the builder may not install it. */
export class MissingOnMachine extends Error {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a program and shows what it prints. Standard output carries results alone, so all of it goes to standard error.
 * @param {string[]} argv
 * @param {string} [cwd]
 * @returns {boolean} whether it succeeded
 */
export function runVisibly([program = '', ...args], cwd) {
  say(`$ ${[program, ...args].join(' ')}`);
  // npm is a script of the command shell on Windows
  const shell = process.platform === 'win32' && program === 'npm';
  return spawnSync(program, args, { stdio: ['ignore', 2, 2], shell, ...(cwd ? { cwd } : {}) }).status === 0;
}

/** @throws {MissingOnMachine} when this Node is too old */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new MissingOnMachine(
    `Node ${process.versions.node} is too old: wanted 20.19 or later. Install a newer one and run the command again.`,
  );
}

/**
 * Installs npm's packages unless those of this very package-lock.json are there.
 * @param {string} root - the checkout
 * @throws {MissingOnMachine} when npm fails
 */
export function installNpmPackages(root) {
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
  if (!runVisibly(['npm', 'ci', '--no-audit', '--no-fund'], root))
    throw new MissingOnMachine('npm ci failed: check the network and the settings of npm.');
  writeFileSync(marker, wanted);
}
