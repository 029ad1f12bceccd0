// Two builds at once in one cache, and a build without a network.

import { randomInt } from 'node:crypto';
import { appendFile, copyFile, mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { run } from '../../../build/process.ts';
import { digestFile } from '../../../build/store.ts';
import {
  builder,
  checkout,
  linkCache,
  linkMirror,
  listedSteps,
  startBuilder,
} from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { treeDigest } from '../../support/tree-digest.ts';

const mayUnshare = (await run(['unshare', '--net', 'true'], { allowFailure: true })).exitCode === 0;
const offline = mayUnshare ? test.serial : test.serial.skip;
if (!mayUnshare) console.error('Building without a network is not tested: no network namespace may be made');

test.serial(
  'two builds at once in one cache both succeed: each result is made once, and the other build waits for it',
  async (t) => {
    const folder = await temporaryFolder(t);
    const cache = path.join(folder, 'cache');
    const out = path.join(folder, 'dist');
    await linkCache(cache, [
      'bundles',
      'library',
      'stage-linux-x64',
      'validate-linux-x64',
      'package-npm',
      'package-ca-bundles',
    ]);
    const args = ['--cache', cache, '--out', out, '--format', 'npm', '--format', 'ca-bundles'];
    const both = await Promise.all([startBuilder(args).finished, startBuilder(args).finished]);
    for (const { code, stderr } of both) t.is(code, 0, stderr);
    t.true(both.some(({ stderr }) => /Another build makes \S+: waiting for it/.test(stderr)));
    t.is(
      both.filter(({ stderr }) => /^ {2}stage-linux-x64 .* done$/m.test(stderr)).length,
      1,
      'the stage was made once',
    );
    for (const name of ['SHA256SUMS']) {
      const { stdout } = await run(['sha256sum', '--check', '--quiet', name], { cwd: out });
      t.is(stdout, '');
    }
    t.deepEqual(
      (await readdir(out)).filter((name) => name.startsWith('.')),
      [],
    );
  },
);

offline('everything is fetched from a filled mirror folder, without a network', async (t) => {
  const folder = await temporaryFolder(t);
  const mirror = path.join(folder, 'mirror');
  await linkMirror(mirror);
  const fetches = (await listedSteps()).map(({ name }) => name).filter((name) => name.startsWith('fetch-'));
  t.true(fetches.length >= 4);
  for (const step of fetches) {
    const run1 = (extra: readonly string[]) =>
      run(
        ['unshare', '--net', process.execPath, '--import', 'tsx', 'build/cli.ts', '--until', step, ...extra],
        {
          cwd: checkout,
          allowFailure: true,
        },
      );
    const with1 = await run1(['--cache', path.join(folder, 'with'), '--mirror', mirror]);
    t.is(with1.exitCode, 0, with1.stderr);
    await mkdir(path.join(folder, 'empty'), { recursive: true });
    const npmOffline = step === 'fetch-zig' || step === 'fetch-node-headers';
    // npm's own cache may hold what npm fetches; what is not npm's must fail
    if (!npmOffline) {
      const without = await run1([
        '--cache',
        path.join(folder, 'without'),
        '--mirror',
        path.join(folder, 'empty'),
      ]);
      t.is(without.exitCode, 1);
      t.regex(
        without.stderr,
        /ERR_NETWORK: .*: no place has it; check the network, or name a folder .* with --mirror DIR/,
      );
    }
  }
});

offline('a filled cache needs no network at all, and gives the same artifacts', async (t) => {
  const folder = await temporaryFolder(t);
  const cache = path.join(folder, 'cache');
  await linkCache(cache, ['stage-linux-x64', 'validate-linux-x64', 'package-npm']);
  const build = async (out: string, prefix: readonly string[]) => {
    const argv = [
      ...prefix,
      process.execPath,
      '--import',
      'tsx',
      'build/cli.ts',
      '--format',
      'npm',
      '--cache',
      cache,
    ];
    await run([...argv, '--out', out], { cwd: checkout });
    return treeDigest(out);
  };
  const alone = await build(path.join(folder, 'alone'), ['unshare', '--net']);
  t.is(await build(path.join(folder, 'connected'), []), alone);
  const { code } = await builder(['--until', 'no-such-step', '--cache', cache]);
  t.is(code, 2);
});

/** Two copies of the checkout, as two users of one cache have them. */
async function twoCheckouts(folder: string): Promise<readonly string[]> {
  const left = new Set(['.git', '.cache', 'dist', 'node_modules']);
  const names = (await readdir(checkout)).filter((name) => !left.has(name));
  const copies = ['one', 'two'].map((name) => path.join(folder, name));
  for (const copy of copies) {
    await mkdir(copy);
    await run(['cp', '-a', ...names.map((name) => path.join(checkout, name)), copy]);
    await symlink(path.join(checkout, 'node_modules'), path.join(copy, 'node_modules'));
  }
  return copies;
}

/** Starts builds in both checkouts and kills one of them at a random moment, again and again. */
async function killAtRandom(
  copies: readonly string[],
  args: readonly string[],
  kills: number,
): Promise<void> {
  const running = copies.map((copy) => startBuilder(args, {}, copy));
  for (let round = 0; round < kills; ) {
    await sleep(randomInt(100, 2500));
    const which = randomInt(copies.length);
    const [one, copy] = [running[which], copies[which]];
    if (one === undefined || copy === undefined) throw new Error(`wanted checkout ${which}`);
    if (one.child.exitCode === null) {
      one.child.kill('SIGKILL');
      round++;
    } else {
      // its next build has something to do again
      await appendFile(path.join(copy, 'openssl-config/openssl.cnf'), `# after ${round} kills\n`);
    }
    await one.finished;
    running[which] = startBuilder(args, {}, copy);
  }
  await Promise.all(running.map(({ finished }) => finished));
}

test.serial('ten kills at random moments while two checkouts build, and both finish correctly', async (t) => {
  const folder = await temporaryFolder(t);
  const cache = path.join(folder, 'cache');
  const copies = await twoCheckouts(folder);
  const made = [
    'bundles',
    'library',
    'stage-linux-x64',
    'validate-linux-x64',
    'package-npm',
    'package-ca-bundles',
  ];
  await linkCache(cache, made);
  const args = ['--cache', cache, '--format', 'npm', '--format', 'ca-bundles'];
  await killAtRandom(copies, args, 10);

  const configuration = 'openssl-config/openssl.cnf';
  for (const copy of copies)
    await copyFile(path.join(checkout, configuration), path.join(copy, configuration));
  const last = await Promise.all(copies.map((copy) => startBuilder(args, {}, copy).finished));
  for (const { code, stderr } of last) t.is(code, 0, stderr);
  const names = (await readdir(path.join(folder, 'one/dist'))).filter((name) => /\.(tgz|xz)$/.test(name));
  t.is(names.length, 3);
  for (const name of names) {
    const files = [checkout, ...copies].map((dir) => path.join(dir, 'dist', name));
    const digests = await Promise.all(files.map(digestFile));
    t.is(new Set(digests).size, 1, `${name}: the same bytes as an undisturbed build`);
  }
  const verified = await builder(['cache', 'verify', '--cache', cache]);
  t.is(verified.code, 0, verified.stderr);
  for (const name of ['tmp', 'locks']) t.deepEqual(await readdir(path.join(cache, name)), [], name);
});
