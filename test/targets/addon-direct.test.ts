// The addon for macOS and Windows, compiled by the step itself with the builder's own compilers and the OpenSSL that they made.

import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../build/errors.ts';
import { compileAddonDirectly, type DirectAddonInput } from '../../build/steps/addon-direct.ts';
import { darwinArm64 } from '../../platform/macos/targets.ts';
import { win32X64 } from '../../platform/windows/targets.ts';
import { addonInputs, compiledAgain } from '../support/addon-compiled-again.ts';
import { directAddonInput, emptySources, strayingCompiler } from '../support/direct-addon.ts';
import { temporaryFolder } from '../support/folder.ts';
import { stepResult } from '../support/step-result.ts';

/** Compiles into a folder whose name has a blank; returns the error and what lies in the folder. */
async function compile(t: ExecutionContext, input: Omit<DirectAddonInput, 'log'>) {
  const folder = path.join(await temporaryFolder(t), 'two words');
  await mkdir(folder);
  const file = path.join(folder, 'out.node');
  const log = path.join(await temporaryFolder(t), 'log');
  const outcome = await compileAddonDirectly({ ...input, log }, file).catch((error: unknown) => error);
  return { outcome, beside: await readdir(folder) };
}

for (const target of [darwinArm64, win32X64]) {
  test.serial(
    `compiles for ${target.id} the same bytes as in the release, in another folder and with another number of jobs`,
    async (t) => {
      const input = await directAddonInput(target);
      const folder = await compiledAgain(await addonInputs(input), (file, log) =>
        compileAddonDirectly({ ...input, log }, file),
      );
      t.deepEqual(await readdir(folder), ['out.node']);
      const packaged = path.join(await stepResult('addon', target.id), 'tsopenssl.node');
      t.true((await readFile(path.join(folder, 'out.node'))).equals(await readFile(packaged)));
    },
  );
}

test.serial('stops at headers of another version, and leaves nothing behind', async (t) => {
  const input = await directAddonInput(win32X64);
  const { outcome, beside } = await compile(t, { ...input, opensslVersion: '3.5.6' });
  t.true(outcome instanceof BuildError && outcome.code === 'ERR_PROCESS');
  t.regex(String(outcome), /the OpenSSL headers that were found are not of the wanted version/);
  t.deepEqual(beside, []);
});

test.serial('stops at headers from another place, even of the same version', async (t) => {
  const input = await directAddonInput(win32X64);
  const strange = path.join(await temporaryFolder(t), 'include');
  await cp(path.join(input.opensslDir, 'include'), strange, { recursive: true });
  const compiler = path.join(input.pathFirst[0] ?? '', 'x86_64-w64-mingw32-g++');
  const first = await strayingCompiler(t, compiler, strange);
  const sourceDir = await emptySources(t);
  const { outcome, beside } = await compile(t, {
    ...input,
    sourceDir,
    pathFirst: [first, ...input.pathFirst],
  });
  t.true(outcome instanceof BuildError && outcome.code === 'ERR_VALIDATION', String(outcome));
  t.is(
    (outcome as BuildError).message,
    `compiling the addon:\nwanted openssl from ${input.opensslDir}/include/openssl, got ${strange}/openssl`,
  );
  t.deepEqual(beside, []);
});
