// The addon compiled by the step itself, with the builder's own compilers and the OpenSSL that they made.

import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { type AddonInput, compileAddon } from '../../../build/steps/addon.ts';
import { linuxX64 } from '../../../platform/linux/targets.ts';
import { openssl35 } from '../../../recipes/openssl-3.5.ts';
import { addonInputs, compiledAgain } from '../../support/addon-compiled-again.ts';
import { checkout } from '../../support/builder.ts';
import { emptySources, strayingCompiler } from '../../support/direct-addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { stepResult } from '../../support/step-result.ts';
import { copyZigCache } from '../../support/zig-cache.ts';

const packaged = path.join(await stepResult('addon'), 'tsopenssl.node');
const zigCache = await copyZigCache('cxx');
const input: Omit<AddonInput, 'log'> = {
  target: linuxX64,
  sourceDir: path.join(checkout, 'addon/src'),
  opensslDir: await stepResult('compile'),
  opensslVersion: openssl35.version,
  nodeHeadersDir: await stepResult('node-headers'),
  nodeAddonApiDir: path.join(checkout, 'node_modules/node-addon-api'),
  nodeGypBin: path.join(checkout, 'node_modules/node-gyp/bin/node-gyp.js'),
  env: {
    CC: 'zig-cc',
    CXX: 'zig-c++',
    AR: 'zig-ar',
    RANLIB: 'zig-ranlib',
    ...zigCache,
  },
  pathFirst: [path.join(await stepResult('toolchain'), 'bin')],
  jobs: 1,
};

/**
 * The libraries in a cache of zig. Without libunwind: its flags hold the path of zig's own folder, so zig compiles it again when
 * that folder has moved.
 */
async function archives(dir: string): Promise<readonly string[]> {
  return (await readdir(path.join(dir, 'o'), { recursive: true }))
    .filter((name) => name.endsWith('.a') && !name.endsWith('/libunwind.a'))
    .sort();
}

/** Compiles into a folder whose name has a blank; returns the error and what lies in the folder. */
async function compile(t: ExecutionContext, changes: Partial<AddonInput> = {}) {
  const folder = path.join(await temporaryFolder(t), 'two words');
  await mkdir(folder);
  const file = path.join(folder, 'out.node');
  const log = path.join(await temporaryFolder(t), 'log');
  const outcome = await compileAddon({ ...input, log, ...changes }, file).catch((error: unknown) => error);
  return { outcome, beside: await readdir(folder) };
}

test.serial(
  'compiles the same bytes as in the release, in another folder and with another number of jobs',
  async (t) => {
    const inputs = await addonInputs(input);
    const folder = await compiledAgain(inputs, (file, log) => compileAddon({ ...input, log }, file));
    t.deepEqual(await readdir(folder), ['out.node']);
    t.true((await readFile(path.join(folder, 'out.node'))).equals(await readFile(packaged)));
    const ready = await archives(await stepResult('runtime-cxx'));
    t.true(ready.some((name) => name.endsWith('/libc++.a')));
    t.deepEqual(await archives(zigCache.ZIG_GLOBAL_CACHE_DIR), ready, 'zig compiled no library again');
  },
);

test.serial('stops at headers of another version, and leaves nothing behind', async (t) => {
  const { outcome, beside } = await compile(t, { opensslVersion: '3.5.6' });
  t.true(outcome instanceof BuildError && outcome.code === 'ERR_PROCESS');
  t.regex(String(outcome), /the OpenSSL headers that were found are not of the wanted version/);
  t.deepEqual(beside, []);
});

test.serial('stops at headers from another place, even of the same version', async (t) => {
  const strange = path.join(await temporaryFolder(t), 'include');
  await cp(path.join(input.opensslDir, 'include'), strange, { recursive: true });
  const first = await strayingCompiler(t, path.join(input.pathFirst[0] ?? '', 'zig-c++'), strange);
  const sourceDir = await emptySources(t);
  const { outcome, beside } = await compile(t, { sourceDir, pathFirst: [first, ...input.pathFirst] });
  t.true(outcome instanceof BuildError && outcome.code === 'ERR_VALIDATION', String(outcome));
  t.is(
    (outcome as BuildError).message,
    `compiling the addon:\nwanted openssl from ${input.opensslDir}/include/openssl, got ${strange}/openssl`,
  );
  t.deepEqual(beside, []);
});
