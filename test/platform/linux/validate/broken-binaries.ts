// Stages that break the rules over how an ELF file is made, each one rule alone.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readElf } from '../../../../build/formats/elf.ts';
import { PT } from '../../../../build/formats/elf-constants.ts';
import { run } from '../../../../build/process.ts';
import {
  type BrokenCase,
  goodFiles,
  type LinuxStage,
  patchedAddon,
  paths,
  type Workshop,
} from './fixtures.ts';

export const brokenBinaries: readonly BrokenCase[] = [
  {
    rule: 'elf-machine',
    what: 'the addon is for another processor',
    breakStage: (workshop) => patchedAddon(workshop, 18, 183),
    path: paths.addon,
    wanted: /^e_machine 62$/,
    got: /^183$/,
  },
  {
    rule: 'elf-type',
    what: 'the command has a fixed address',
    breakStage: (workshop) => workshop.relinked('command', { flags: ['-no-pie', '-fno-pie'] }),
    path: paths.command,
    wanted: /^a position-independent executable$/,
    got: /^e_type 2$/,
  },
  {
    rule: 'elf-type',
    what: 'a library is a program',
    breakStage: (workshop) =>
      workshop.relinked('libssl', {
        flags: ['-Wl,-pie', '-Wl,--no-dynamic-linker', '-Wl,--export-dynamic'],
      }),
    path: paths.libssl,
    wanted: /^a shared object$/,
    got: /^an executable$/,
  },
  {
    rule: 'elf-interpreter',
    what: 'the command wants another loader',
    breakStage: (workshop) =>
      workshop.relinked('command', { flags: ['-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1'] }),
    path: paths.command,
    wanted: /^\/lib64\/ld-linux-x86-64\.so\.2$/,
    got: /^\/lib\/ld-musl-x86_64\.so\.1$/,
  },
  {
    rule: 'elf-interpreter',
    what: 'the addon can be started',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __attribute__((section(".interp"), used)) static const char interpreter[] = "/lib64/ld-linux-x86-64.so.2";`,
      }),
    path: paths.addon,
    wanted: /^no interpreter$/,
    got: /^\/lib64\/ld-linux-x86-64\.so\.2$/,
  },
  {
    rule: 'stack-not-executable',
    what: 'the addon wants an executable stack',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-Wl,-z,execstack'] }),
    path: paths.addon,
    wanted: /^PT_GNU_STACK without X$/,
    got: /^RWX$/,
  },
  {
    rule: 'stack-not-executable',
    what: 'a library does not say what stack it wants',
    breakStage: withoutStackHeader,
    path: paths.libssl,
    wanted: /^PT_GNU_STACK without X$/,
    got: /^none$/,
  },
  {
    rule: 'no-writable-code',
    what: 'a segment is both writable and executable',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __asm__(".section .wx, \\"awx\\", @progbits\\n.quad 1\\n.previous\\n");`,
      }),
    path: paths.addon,
    wanted: /^no segment that is both writable and executable$/,
    got: /^RWX at 0x[0-9a-f]+$/,
  },
  {
    rule: 'relro',
    what: 'the addon has no PT_GNU_RELRO',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-Wl,-z,norelro'] }),
    path: paths.addon,
    wanted: /^PT_GNU_RELRO$/,
    got: /^none$/,
  },
  {
    rule: 'bind-now',
    what: 'the command binds lazily',
    breakStage: (workshop) => workshop.relinked('command', { flags: ['-Wl,-z,lazy'] }),
    path: paths.command,
    wanted: /^DF_BIND_NOW or DF_1_NOW$/,
    got: /^neither$/,
  },
  {
    rule: 'no-text-relocations',
    what: 'the code has relocations',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __asm__(".text\\n.quad napi_create_object\\n");`,
        flags: ['-Wl,-z,notext'],
      }),
    path: paths.addon,
    wanted: /^no DT_TEXTREL$/,
    got: /^text relocations$/,
  },
  {
    rule: 'nodelete',
    what: 'the addon can be unloaded',
    breakStage: (workshop) => workshop.relinked('addon', { dropped: '-Wl,-z,nodelete' }),
    path: paths.addon,
    wanted: /^DF_1_NODELETE$/,
    got: /^DT_FLAGS_1 0x1$/,
  },
  {
    rule: 'no-debug-sections',
    what: 'the addon has debug sections',
    breakStage: async (workshop) => {
      const debug = path.join(workshop.dir, 'debug');
      await writeFile(debug, 'x');
      const good = path.join(workshop.dir, 'tsopenssl.node');
      const out = path.join(workshop.dir, 'with-debug');
      await run(['objcopy', '--add-section', `.debug_info=${debug}`, good, out]);
      return workshop.withContent(paths.addon, await readFile(out));
    },
    path: paths.addon,
    wanted: /^no debug sections$/,
    got: /^\.debug_info$/,
  },
];

/** The good stage with libssl's PT_GNU_STACK turned into PT_NULL: not every linker can leave it out. */
async function withoutStackHeader(workshop: Workshop): Promise<LinuxStage> {
  const bytes = Buffer.from(await workshop.contentOf(paths.libssl));
  const index = readElf(bytes, paths.libssl).segments.findIndex(({ type }) => type === PT.GNU_STACK);
  bytes.writeUInt32LE(0, 64 + index * 56);
  return workshop.withContent(paths.libssl, bytes);
}
