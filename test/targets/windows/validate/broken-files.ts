// Stages that break the rules over how a PE file is made, each one rule alone.

import { readPe } from '../../../../build/formats/pe.ts';
import { type BrokenCase, goodFiles, paths } from './fixtures.ts';

export const brokenFiles: readonly BrokenCase[] = [
  {
    rule: 'binary-readable',
    what: 'the command is for 32 bits',
    breakStage: (workshop) =>
      workshop.patched('command', (bytes, { optional }) => bytes.writeUInt16LE(0x10b, optional)),
    path: paths.command,
    wanted: /^a whole, dynamically linked binary of the platform$/,
    got: /^wanted Magic 0x20b \(PE32\+\), got 0x10b$/,
  },
  {
    rule: 'pe-machine',
    what: 'the addon is for another processor',
    breakStage: (workshop) =>
      workshop.patched('addon', (bytes, { coff }) => bytes.writeUInt16LE(0xaa64, coff)),
    path: paths.addon,
    wanted: /^Machine 0x8664$/,
    got: /^Machine 0xaa64$/,
  },
  {
    rule: 'pe-kind',
    what: 'the command says that it is a library',
    breakStage: (workshop) =>
      workshop.patched('command', (bytes, { coff }) => setBits(bytes, coff + 18, 0x2000)),
    path: paths.command,
    wanted: /^a console program$/,
    got: /^a library$/,
  },
  {
    rule: 'pe-kind',
    what: 'the command opens a window instead of a console',
    breakStage: (workshop) => workshop.relinked('command', { flags: ['-Wl,--subsystem,windows'] }),
    path: paths.command,
    wanted: /^a console program$/,
    got: /^subsystem 2$/,
  },
  {
    rule: 'pe-kind',
    what: 'a library says that it is a program',
    breakStage: (workshop) =>
      workshop.patched('libssl', (bytes, { coff }) => clearBits(bytes, coff + 18, 0x2000)),
    path: paths.libssl,
    wanted: /^a library$/,
    got: /^a program$/,
  },
  {
    rule: 'pe-kind',
    what: 'a library says that its link failed',
    breakStage: (workshop) =>
      workshop.patched('libssl', (bytes, { coff }) => clearBits(bytes, coff + 18, 0x2)),
    path: paths.libssl,
    wanted: /^a library$/,
    got: /^no image that can be loaded$/,
  },
  {
    rule: 'subsystem-version',
    what: 'a library wants a newer Windows',
    breakStage: (workshop) =>
      workshop.relinked('libcrypto', {
        flags: ['-Wl,--major-subsystem-version=10', '-Wl,--minor-subsystem-version=1'],
      }),
    path: paths.libcrypto,
    wanted: /^subsystem version 10\.0 or older$/,
    got: /^10\.1$/,
  },
  {
    rule: 'address-randomised',
    what: 'the command has a fixed address',
    breakStage: (workshop) =>
      workshop.patched('command', (bytes, { optional }) => clearBits(bytes, optional + 70, 0x40)),
    path: paths.command,
    wanted: /^DYNAMIC_BASE$/,
    got: /^DllCharacteristics 0x\d+$/,
  },
  {
    rule: 'high-entropy',
    what: 'a library wants a low address',
    breakStage: (workshop) => workshop.relinked('libssl', { flags: ['-Wl,--disable-high-entropy-va'] }),
    path: paths.libssl,
    wanted: /^HIGH_ENTROPY_VA$/,
    got: /^DllCharacteristics 0x140$/,
  },
  {
    rule: 'no-execute',
    what: 'the addon lets data be run',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-Wl,--disable-nxcompat'] }),
    path: paths.addon,
    wanted: /^NX_COMPAT$/,
    got: /^DllCharacteristics 0x60$/,
  },
  {
    rule: 'relocations',
    what: 'the command has none',
    breakStage: (workshop) =>
      workshop.patched('command', (bytes, { optional }) =>
        bytes.fill(0, optional + 112 + 5 * 8, optional + 112 + 6 * 8),
      ),
    path: paths.command,
    wanted: /^base relocations$/,
    got: /^none$/,
  },
  {
    rule: 'relocations',
    what: 'the header says that they were removed',
    breakStage: (workshop) => workshop.patched('addon', (bytes, { coff }) => setBits(bytes, coff + 18, 1)),
    path: paths.addon,
    wanted: /^base relocations$/,
    got: /^RELOCS_STRIPPED$/,
  },
  {
    rule: 'no-writable-code',
    what: 'a section is both writable and executable',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __asm__(".section .both, \\"wx\\"\\n.quad 1\\n.text\\n");`,
      }),
    path: paths.addon,
    wanted: /^no section that is both writable and executable$/,
    got: /^\.both$/,
  },
  {
    rule: 'no-time-stamps',
    what: 'the linker wrote one',
    breakStage: (workshop) => workshop.relinked('command', { flags: ['-Wl,--insert-timestamp'] }),
    path: paths.command,
    wanted: /^no time stamp in the COFF header$/,
    got: /^0x[0-9a-f]{8}$/,
  },
  {
    rule: 'no-time-stamps',
    what: 'the table of exports has one',
    breakStage: (workshop) =>
      workshop.patched('libcrypto', (bytes, { optional }) => {
        const address = bytes.readUInt32LE(optional + 112);
        const section = readPe(bytes, 'good').sections.find((it) => it.address === address);
        bytes.writeUInt32LE(0x65000000, (section?.offset ?? 0) + 4);
      }),
    path: paths.libcrypto,
    wanted: /^no time stamp in the export directory$/,
    got: /^0x65000000$/,
  },
  {
    rule: 'no-debug-sections',
    what: 'the addon has debug sections and symbols',
    breakStage: (workshop) =>
      workshop.relinked('addon', { flags: ['-g', '-fdebug-prefix-map=/=x/'], dropped: '-s' }),
    path: paths.addon,
    wanted: /^no debug sections or symbol table$/,
    got: /^\.debug_\w+, /,
  },
];

function setBits(bytes: Buffer, at: number, bits: number): void {
  bytes.writeUInt16LE(bytes.readUInt16LE(at) | bits, at);
}

function clearBits(bytes: Buffer, at: number, bits: number): void {
  bytes.writeUInt16LE(bytes.readUInt16LE(at) & ~bits, at);
}
