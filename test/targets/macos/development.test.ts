// The development files for macOS, used by the compiler of the recipe. What comes out is looked at, not run.

import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import {
  bothArchives,
  type CompilerSetup,
  compileStatic,
  compileWithCMake,
  compileWithPkgConfig,
  programFolder,
} from '../../support/c-program.ts';
import { stepResult } from '../../support/step-result.ts';

const system = '/usr/lib/libSystem.B.dylib';

/** Libraries that a program is loaded with. */
async function loaded(program: string): Promise<readonly string[]> {
  const { stdout } = await run(['llvm-otool-19', '-L', program]);
  return [...stdout.matchAll(/^\t(\S+) \(/gm)].map(([, name = '']) => name).sort();
}

test('programs for darwin-arm64 compile, with the libraries and without (structure checked, not run)', async (t) => {
  const { prefix, dir } = await bothArchives(t, 'darwin-arm64');
  const toolchain = await stepResult('toolchain', 'darwin-arm64');
  const setup: CompilerSetup = {
    cc: [path.join(toolchain, 'bin/clang')],
    cmake: ['-DCMAKE_SYSTEM_NAME=Darwin', `-DCMAKE_OSX_SYSROOT=${path.join(toolchain, 'sdk')}`],
    systemLibraries: [],
  };
  const withLibraries = [system, '@rpath/libcrypto.3.dylib', '@rpath/libssl.3.dylib'];

  const shared = await compileWithPkgConfig(prefix, await programFolder(dir, 'shared'), setup, [
    '-Wl,-rpath,@loader_path/../lib',
  ]);
  t.deepEqual(await loaded(shared), withLibraries);
  t.deepEqual(await loaded(await compileStatic(prefix, await programFolder(dir, 'static'), setup)), [system]);
  for (const isStatic of [true, false]) {
    const folder = await programFolder(dir, isStatic ? 'cmake-static' : 'cmake-shared');
    const program = await compileWithCMake(prefix, folder, setup, { config: true, static: isStatic });
    t.deepEqual(await loaded(program), isStatic ? [system] : withLibraries);
  }
});
