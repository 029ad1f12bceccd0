// The development files for Windows, used by MinGW-w64, and what it makes of them run under wine.

import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import {
  bothArchives,
  type CompilerSetup,
  compileStatic,
  compileWithCMake,
  compileWithPkgConfig,
  programFolder,
  wantedOutput,
} from '../../support/c-program.ts';
import { runWine, wineRoot } from '../../support/wine.ts';

const setup: CompilerSetup = {
  cc: ['x86_64-w64-mingw32-gcc'],
  cmake: ['-DCMAKE_SYSTEM_NAME=Windows'],
  systemLibraries: ['-lws2_32', '-lgdi32', '-lcrypt32'],
  suffix: '.exe',
};

const dlls = [win32X64.binaries.libcrypto, win32X64.binaries.libssl];

test('programs compile with MinGW-w64, by pkg-config and CMake, with the DLLs and without', async (t) => {
  const { prefix, dir } = await bothArchives(t, 'win32-x64');
  const root = await wineRoot(t);
  const output = async (program: string) =>
    (await runWine(root, [program], { cwd: path.dirname(program) })).stdout.replaceAll('\r', '');
  const imported = async (program: string) => {
    const { stdout } = await run(['x86_64-w64-mingw32-objdump', '-p', program]);
    return [...stdout.matchAll(/DLL Name: (lib\S+)/g)].map(([, name]) => name).sort();
  };

  const shared = await compileWithPkgConfig(prefix, await programFolder(dir, 'shared'), setup);
  const cmake = await compileWithCMake(prefix, await programFolder(dir, 'cmake'), setup, {
    config: true,
    static: false,
  });
  for (const program of [shared, cmake]) {
    t.deepEqual(await imported(program), dlls.map((file) => path.basename(file)).sort());
    t.is(await output(program), '');
    for (const file of dlls) {
      await copyFile(path.join(prefix, file), path.join(path.dirname(program), path.basename(file)));
    }
    t.is(await output(program), wantedOutput);
  }

  const linked = await compileStatic(prefix, await programFolder(dir, 'static'), setup);
  const options = { config: true, static: true };
  const linkedByCMake = await compileWithCMake(
    prefix,
    await programFolder(dir, 'cmake-static'),
    setup,
    options,
  );
  for (const program of [linked, linkedByCMake]) {
    t.deepEqual(await imported(program), []);
    t.is(await output(program), wantedOutput);
  }
});
