// ELF files for tests of the reader: linked here, small, with every table that it knows.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../../build/process.ts';

const libraryFlags = [
  ...[
    '-shared',
    '-fPIC',
    '-Wl,-soname,libsample.so.1',
    '-Wl,-rpath,$ORIGIN/../lib',
    '-Wl,--enable-new-dtags',
  ],
  ...['-Wl,--hash-style=both', '-Wl,--build-id=0x0123456789abcdef', '-Wl,--version-script=library.map'],
  ...['-Wl,-z,now', '-Wl,-z,nodelete', 'libneeded.so.2'],
];

const sources: Readonly<Record<string, string>> = {
  'needed.c': 'void first(void) {} void second(void) {}',
  'needed.map': 'NEED_1.0 { global: first; local: *; }; NEED_2.0 { global: second; };',
  'library.c': `void first(void); void second(void); extern void weak(void) __attribute__((weak));
    void offered(void) { first(); second(); if (weak) weak(); } void newer(void) { } int hidden(void) { return 1; }`,
  'library.map': 'SAMPLE_1 { global: offered; local: *; }; SAMPLE_2 { global: newer; };',
  'program.c': 'void first(void); void second(void); void _start(void) { first(); second(); }',
  'object.c': 'int answer = 42;',
};

const commands: readonly (readonly string[])[] = [
  [
    '-o',
    'libneeded.so.2',
    'needed.c',
    '-shared',
    '-fPIC',
    '-Wl,-soname,libneeded.so.2',
    '-Wl,--version-script=needed.map',
  ],
  ['-o', 'library.so', 'library.c', ...libraryFlags],
  ['-o', 'long.so', 'library.c', ...libraryFlags, `-Wl,-soname,${'x'.repeat(40_000)}`],
  ['-o', 'program', 'program.c', '-pie', '-fPIE', '-Wl,--hash-style=gnu', 'libneeded.so.2'],
  ['-o', 'object.o', '-c', 'object.c'],
];

/** Names of what `elfFixtures` links. */
type ElfFixture = 'library.so' | 'long.so' | 'program' | 'object.o' | 'libneeded.so.2';

export interface ElfFixtures {
  readonly dir: string;
  /** A copy of a file's bytes, to be changed at will. */
  bytesOf(name: ElfFixture): Promise<Buffer>;
  remove(): Promise<void>;
}

/** Links the files in a new folder. */
export async function elfFixtures(): Promise<ElfFixtures> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-elf-'));
  for (const [name, text] of Object.entries(sources)) await writeFile(path.join(dir, name), text);
  for (const words of commands) {
    await run(['gcc', '-O1', '-nostdlib', '-fno-stack-protector', ...words], { cwd: dir });
  }
  return {
    dir,
    bytesOf: (name) => readFile(path.join(dir, name)),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** The file without its section headers, as some tools leave it. */
export function withoutSections(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeBigUInt64LE(0n, 40); // e_shoff
  copy.writeUInt16LE(0, 60); // e_shnum
  copy.writeUInt16LE(0, 62); // e_shstrndx
  return copy;
}
