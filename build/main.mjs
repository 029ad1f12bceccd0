// @ts-check
// The start of `npm run dist`: plain JavaScript, since it runs before anything is installed. Answers --help by itself, installs
// npm's packages when they are missing, and then runs the builder, which is build/cli.ts.

import path from 'node:path';
import { builderBundle } from './builder-bundle.mjs';
import { help } from './help.mjs';
import { checkNode, installNpmPackages, MissingOnMachine, say } from './npm-packages.mjs';

const root = path.dirname(import.meta.dirname);

/** Runs the builder: its bundle, or its sources where that cannot be made and where errors are to show their origin. */
async function startBuilder() {
  const file = process.env.DEBUG === '1' ? undefined : await builderBundle(root).catch(() => undefined);
  if (file !== undefined) return void (await import(file));
  const { register } = await import('tsx/esm/api');
  register();
  await import('./cli.ts');
}

process.env.LC_ALL = 'C.UTF-8';
process.env.TZ = 'UTC';
if (process.argv.slice(2).includes('--help')) {
  process.stdout.write(`${help}\n`);
} else {
  try {
    checkNode();
    installNpmPackages(root);
    await startBuilder();
  } catch (error) {
    if (!(error instanceof MissingOnMachine)) throw error;
    say(error.message);
    process.exitCode = 2;
  }
}
