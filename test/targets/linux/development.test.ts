// The development files of every target that can be compiled for here, used by a compiler for it.

import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import type { TargetId } from '../../../build/types.ts';
import {
  bothArchives,
  type CompilerSetup,
  compileStatic,
  compileWithCMake,
  compileWithPkgConfig,
  neededOpenSSL,
  programFolder,
  wantedOutput,
} from '../../support/c-program.ts';
import { arm64Prefix } from '../../support/nodes.ts';
import { stepResult } from '../../support/step-result.ts';
import { copyZigCache } from '../../support/zig-cache.ts';

const shared = ['libcrypto.so.3', 'libssl.so.3'];

/** Compiles in every way and runs what comes out. */
async function useDevelopmentFiles(
  t: ExecutionContext,
  id: TargetId,
  setup: CompilerSetup,
  emulator: readonly string[],
): Promise<void> {
  const { prefix, dir } = await bothArchives(t, id);
  const output = async (program: string) =>
    (await run([...emulator, program], { allowFailure: true, env: { OPENSSL_CONF: '/dev/null' } })).stdout;
  const runPath = `-Wl,-rpath,${prefix}/lib`;

  const withRunPath = await compileWithPkgConfig(prefix, await programFolder(dir, 'shared'), setup, [
    runPath,
  ]);
  t.is(await output(withRunPath), wantedOutput);
  t.deepEqual(await neededOpenSSL(withRunPath), shared);
  const without = await compileWithPkgConfig(prefix, await programFolder(dir, 'without'), setup);
  t.not(await output(without), wantedOutput);
  const linked = await compileStatic(prefix, await programFolder(dir, 'static'), setup);
  t.is(await output(linked), wantedOutput);
  t.deepEqual(await neededOpenSSL(linked), []);

  for (const isStatic of [true, false]) {
    const name = `cmake-${isStatic ? 'static' : 'shared'}`;
    const options = { config: true, static: isStatic };
    const program = await compileWithCMake(prefix, await programFolder(dir, name), setup, options);
    t.is(await output(program), wantedOutput, name);
    t.deepEqual(await neededOpenSSL(program), isStatic ? [] : shared, name);
  }
}

test('programs for linux-arm64 compile with Debian’s cross compiler and run under qemu', async (t) => {
  const setup: CompilerSetup = {
    cc: ['aarch64-linux-gnu-gcc'],
    cmake: ['-DCMAKE_SYSTEM_NAME=Linux', '-DCMAKE_SYSTEM_PROCESSOR=aarch64'],
    systemLibraries: ['-ldl', '-pthread'],
  };
  await useDevelopmentFiles(t, 'linux-arm64', setup, arm64Prefix);
});

test('programs for linuxmusl-x64 compile with zig and run by musl’s loader', async (t) => {
  const setup: CompilerSetup = {
    // zig has its libraries ready for these words, and compiles them anew for others
    cc: [
      path.join(await stepResult('toolchain', 'linuxmusl-x64'), 'bin/zig-cc'),
      ...['-dynamic', '-fPIE', '-pthread', '-pie', '-s'],
    ],
    cmake: ['-DCMAKE_SYSTEM_NAME=Linux'],
    systemLibraries: ['-ldl', '-pthread'],
    env: await copyZigCache('c', 'linuxmusl-x64'),
  };
  await useDevelopmentFiles(t, 'linuxmusl-x64', setup, []);
});
