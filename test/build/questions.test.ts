// Questions to the builder on a machine that has node and nothing else: they install nothing and build nothing.

import { copyFile, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { builder, checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

test('--help needs no package of npm and installs none', async (t) => {
  const dir = await temporaryFolder(t);
  await mkdir(path.join(dir, 'build'));
  const modules = (await readdir(path.join(checkout, 'build'))).filter((name) => name.endsWith('.mjs'));
  for (const name of modules)
    await copyFile(path.join(checkout, 'build', name), path.join(dir, 'build', name));
  const env = ['env', `PATH=${dir}/none`];
  const { stdout, stderr } = await run([
    ...env,
    process.execPath,
    path.join(dir, 'build/main.mjs'),
    '--help',
  ]);
  t.regex(stdout, /^tsopenssl's builder\n[\s\S]*^Options$[\s\S]*^Examples$/m);
  t.is(stderr, '');
  t.deepEqual(await readdir(dir), ['build']);
});

test('--explain says what every step would do and which packages it would install, and does nothing', async (t) => {
  const dir = await temporaryFolder(t);
  await symlink('/bin/sh', path.join(dir, 'sh'));
  const cache = ['--cache', path.join(dir, 'cache'), '--out', path.join(dir, 'out')];
  const env = { PATH: dir };
  const text = await builder(['--explain', '--format', 'npm', '--target', 'linux-x64', ...cache], env);
  t.is(text.code, 0, text.stderr);
  t.is(text.stderr, '');
  t.regex(text.stdout, /^install {2}gzip, make, perl, python3, util-linux, xz-utils$/m);
  t.regex(text.stdout, /^run {6}fetch-openssl +it was never made here$/m);
  t.regex(text.stdout, /^run {6}package-npm +it was never made here$/m);
  t.notRegex(text.stdout, /rpm|deb/);
  const json = await builder(['--explain', '--until', 'toolchain', '--json', ...cache], env);
  const { steps, missingPackages } = JSON.parse(json.stdout);
  t.deepEqual(missingPackages, ['util-linux']);
  t.deepEqual(
    steps.map((step: { name: string; runs: boolean }) => [step.name, step.runs]),
    [
      ['fetch-zig', true],
      ['zig', true],
      ['toolchain-linux-x64', true],
    ],
  );
  t.deepEqual(await readdir(dir), ['sh']);
});

test('--explain is a question of its own and stands beside no command', async (t) => {
  const { code, stderr } = await builder(['list', '--explain']);
  t.is(code, 2);
  t.regex(stderr, /ERR_USAGE: Expected --explain without a command, got list/);
});

test('the keys of a build are the same from the bundle and from the sources', async (t) => {
  const dir = await temporaryFolder(t);
  const question = ['--explain', '--json', '--target', 'all', '--cache', path.join(dir, 'cache')];
  const bundled = await builder(question);
  const argv = [process.execPath, '--import', 'tsx', 'build/cli.ts', ...question];
  const { stdout } = await run(argv, { cwd: checkout, env: { CI: 'true' } });
  t.is(bundled.stdout, stdout);
  t.true(JSON.parse(stdout).steps.length > 40);
});

test('the scripts of package.json that build start the same way', async (t) => {
  const { scripts } = JSON.parse(await readFile(path.join(checkout, 'package.json'), 'utf8'));
  t.is(scripts.dist, 'node build/main.mjs');
  for (const [name, script] of Object.entries(scripts)) t.notRegex(String(script), /build\/cli\.ts/, name);
});
