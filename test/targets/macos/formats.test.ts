// The readers of Mach-O files beside LLVM's own tools, over files that are made here.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { readMachO } from '../../../build/formats/macho.ts';
import { CPU_TYPE } from '../../../build/formats/macho-constants.ts';
import { machOParts } from '../../../build/formats/macho-universal.ts';
import { run } from '../../../build/process.ts';
import { compareWithLlvm } from './llvm.ts';
import { goodFiles, openWorkshop, type Workshop } from './validate/fixtures.ts';

let workshop: Workshop;
test.before(async () => {
  workshop = await openWorkshop(await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-formats-')));
});
test.after.always(() => rm(workshop.dir, { recursive: true, force: true }));

test('agrees with LLVM about a command, two libraries and a bundle', async (t) => {
  for (const name of ['openssl', 'libcrypto.3.dylib', 'libssl.3.dylib', 'tsopenssl.node']) {
    const macho = await compareWithLlvm(t, path.join(workshop.dir, name));
    t.is(macho.signature?.identifier, name);
    t.deepEqual(macho.signature?.wrongPages, []);
    t.true(macho.bindings.length > 0 && macho.exports.length > 0);
  }
});

test('agrees with LLVM about each architecture of a universal file', async (t) => {
  const file = path.join(workshop.dir, 'universal-libssl.3.dylib');
  t.is((await run(['llvm-lipo-19', '-archs', file])).stdout, 'x86_64 arm64 \n');
  const [first, second] = machOParts(await readFile(file), file);
  t.deepEqual(
    [first, second].map((part) => readMachO(part ?? Buffer.alloc(0), file).cpuType),
    [CPU_TYPE.x86_64, CPU_TYPE.arm64],
  );
  for (const architecture of ['x86_64', 'arm64']) await compareWithLlvm(t, file, architecture);
});

test('agrees with LLVM about the newer way to bind, and about weak bindings and debugging symbols', async (t) => {
  const newer = { minimumSystem: '13.0', flags: [...(goodFiles.libssl.flags ?? []), '-fixup_chains'] };
  const chained = await compareWithLlvm(t, await workshop.link('chained', { ...goodFiles.libssl, ...newer }));
  t.deepEqual(chained.bindings.map(({ name, ordinal }) => `${name} ${ordinal}`).sort(), [
    '_EVP_new 1',
    '_puts 2',
  ]);
  const source = goodFiles.command.source.replace(
    'int main(void) {',
    '__attribute__((weak, noinline)) void shared(void) { puts("shared"); } int main(void) { shared();',
  );
  const weak = await compareWithLlvm(t, await workshop.link('weak', { ...goodFiles.command, source }));
  t.deepEqual(
    weak.bindings.filter(({ ordinal }) => ordinal === -3).map(({ name }) => name),
    ['_shared'],
  );
  const debug = { ...goodFiles.libssl, compile: ['-g'] };
  const withDebug = await compareWithLlvm(t, await workshop.link('debug', debug));
  t.true(withDebug.symbols.some(({ debugging }) => debugging));
});

test('agrees with LLVM about symbols that are looked up everywhere', async (t) => {
  const { flags = [] } = goodFiles.libcrypto;
  const file = await workshop.link('flat', { ...goodFiles.libcrypto, flags: [...flags, '-flat_namespace'] });
  const macho = await compareWithLlvm(t, file);
  t.true(macho.bindings.every(({ ordinal }) => ordinal === -2));
  const addon = readMachO(await workshop.bytesOf('addon'), 'addon');
  t.deepEqual(
    addon.bindings.filter(({ ordinal }) => ordinal === -2).map(({ name }) => name),
    ['_napi_create_object'],
  );
});
