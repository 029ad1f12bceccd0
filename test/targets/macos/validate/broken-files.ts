// Stages that break the rules over how a Mach-O file is made, each one rule alone.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LC, MH_FLAG } from '../../../../build/formats/macho-constants.ts';
import type { Role } from '../../../../build/validation/rule.ts';
import { binaryPaths } from '../../../../build/validation/rule.ts';
import { type BrokenCase, codeDirectory, goodFiles, loadCommand, paths, type Workshop } from './fixtures.ts';

/** Adds bits to the flags of the header, or takes them away. */
const flags = (role: Role, set: number, clear: number) => (workshop: Workshop) =>
  workshop.patched(role, (bytes) => {
    bytes.writeUInt32LE(((bytes.readUInt32LE(24) | set) & ~clear) >>> 0, 24);
    return bytes;
  });

/** Writes a number at a place, below a load command or from the file's start. */
const number = (role: Role, value: number, cmd: number | undefined, offset: number) => (workshop: Workshop) =>
  workshop.patched(role, (bytes) => {
    bytes.writeUInt32LE(value, (cmd === undefined ? 0 : loadCommand(bytes, cmd)) + offset);
    return bytes;
  });

export const brokenFiles: readonly BrokenCase[] = [
  {
    rule: 'binary-readable',
    what: 'a binary is cut',
    breakStage: async (workshop) =>
      workshop.withContent(paths.addon, (await workshop.bytesOf('addon')).subarray(0, 20_000)),
    path: paths.addon,
    wanted: /binary of the platform$/,
    got: /^wanted the segment __\w+ \(\d+ bytes at \d+\) inside the file, got a file of 20000$/,
  },
  {
    rule: 'binary-readable',
    what: 'a binary is for another system',
    breakStage: (workshop) =>
      workshop.withContent(paths.addon, Buffer.from(`\x7fELF${'\0'.repeat(60)}`, 'latin1')),
    path: paths.addon,
    wanted: /binary of the platform$/,
    got: /^wanted a 64-bit Mach-O file \(feedfacf\), got 464c457f$/,
  },
  {
    rule: 'binary-readable',
    what: 'a signature is damaged',
    breakStage: async (workshop) => {
      const bytes = await workshop.bytesOf('addon');
      bytes.writeUInt32BE(0, codeDirectory(bytes));
      return workshop.withContent(paths.addon, bytes);
    },
    path: paths.addon,
    wanted: /binary of the platform$/,
    got: /wanted a CodeDirectory \(fade0c02\), got 0$/,
  },
  {
    rule: 'macho-architectures',
    what: 'the addon is for another processor',
    breakStage: (workshop) => workshop.relinked('addon', { architecture: 'x86_64' }),
    path: paths.addon,
    wanted: /^arm64$/,
    got: /^x86_64$/,
  },
  {
    rule: 'macho-architectures',
    what: 'the addon holds code that was not asked for',
    breakStage: async (workshop) =>
      workshop.withContent(paths.addon, await workshop.bytesOf('addon', workshop.universal)),
    path: paths.addon,
    wanted: /^arm64$/,
    got: /^x86_64, arm64$/,
  },
  {
    rule: 'macho-architectures',
    what: 'a universal command lacks one processor',
    breakStage: async ({ universal, withContent, dir }) =>
      withContent('bin/openssl', await readFile(path.join(dir, 'openssl-arm64')), universal),
    path: 'bin/openssl',
    wanted: /^x86_64 and arm64$/,
    got: /^arm64$/,
  },
  ...(
    [
      ['addon', 6, 'a bundle'],
      ['libssl', 8, 'a dynamic library'],
    ] as const
  ).map(([role, type, wanted]) => ({
    rule: 'macho-type',
    what: `the ${role} is not ${wanted}`,
    breakStage: number(role, type, undefined, 12),
    path: paths[role],
    wanted: new RegExp(`^${wanted}$`),
    got: new RegExp(`^filetype ${type}$`),
  })),
  {
    rule: 'position-independent',
    what: 'the command has a fixed address',
    breakStage: flags('command', 0, MH_FLAG.PIE),
    path: paths.command,
    wanted: /^MH_PIE$/,
    got: /^flags 0x[0-9a-f]+$/,
  },
  {
    rule: 'dynamic-linker',
    what: 'the command wants another loader',
    breakStage: (workshop) =>
      workshop.patched('command', (bytes) => {
        bytes.write('/tmp', loadCommand(bytes, LC.LOAD_DYLINKER) + 12);
        bytes.write('/opt', loadCommand(bytes, LC.LOAD_DYLINKER) + 12);
        return bytes;
      }),
    path: paths.command,
    wanted: /^\/usr\/lib\/dyld$/,
    got: /^\/opt\/lib\/dyld$/,
  },
  {
    rule: 'minimum-system',
    what: 'the addon needs a newer system',
    breakStage: (workshop) => workshop.relinked('addon', { minimumSystem: '11.0.1' }),
    path: paths.addon,
    wanted: /^macOS 11\.0 or older$/,
    got: /^macOS 11\.0\.1$/,
  },
  {
    rule: 'minimum-system',
    what: 'a library is for iOS',
    breakStage: number('libssl', 2, LC.BUILD_VERSION, 8),
    path: paths.libssl,
    wanted: /^macOS 11\.0 or older$/,
    got: /^platform 2 11\.0$/,
  },
  {
    rule: 'minimum-system',
    what: 'a library does not say what it needs',
    breakStage: number('libssl', 0x2a, LC.BUILD_VERSION, 0),
    path: paths.libssl,
    wanted: /^macOS 11\.0 or older$/,
    got: /^none$/,
  },
  {
    rule: 'stack-not-executable',
    what: 'the command wants an executable stack',
    breakStage: flags('command', MH_FLAG.ALLOW_STACK_EXECUTION, 0),
    path: paths.command,
    wanted: /^no MH_ALLOW_STACK_EXECUTION$/,
    got: /^flags 0x[0-9a-f]+$/,
  },
  ...(
    [
      ['is', 60, /^__TEXT rwx, at most r-x$/],
      ['may become', 56, /^__TEXT r-x, at most rwx$/],
    ] as const
  ).map(([verb, offset, got]) => ({
    rule: 'no-writable-code',
    what: `code ${verb} writable`,
    breakStage: number('addon', 7, LC.SEGMENT_64, offset),
    path: paths.addon,
    wanted: /both writable and executable$/,
    got,
  })),
  {
    rule: 'no-debug-symbols',
    what: 'the symbol table holds entries for debuggers',
    breakStage: (workshop) => workshop.relinked('libssl', { compile: ['-g', '-fdebug-compilation-dir=.'] }),
    path: paths.libssl,
    wanted: /^nothing for debuggers$/,
    got: /^\d+ entries in the symbol table$/,
  },
  {
    rule: 'no-debug-symbols',
    what: 'there is a section of debugging data',
    breakStage: async (workshop) => {
      const source = `${goodFiles.libssl.source} __attribute__((used, section("__DATA,__debug_info"))) static int data = 1;`;
      const stage = await workshop.relinked('libssl', { source });
      const entry = stage.entries.find(({ path: file }) => file === paths.libssl);
      const bytes = await readFile(entry?.type === 'file' ? entry.source : '');
      bytes.write('__DWARF\0', bytes.indexOf('__debug_info\0\0\0\0__DATA') + 16);
      return workshop.patched('libssl', () => bytes);
    },
    path: paths.libssl,
    wanted: /^nothing for debuggers$/,
    got: /^__DWARF,__debug_info$/,
  },
  {
    rule: 'code-signature',
    what: 'the addon is not signed',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-no_adhoc_codesign'] }),
    path: paths.addon,
    wanted: /^a code signature$/,
    got: /^none$/,
  },
  {
    rule: 'code-signature',
    what: 'a page was changed after it was signed',
    breakStage: async (workshop) => {
      const bytes = await workshop.bytesOf('libcrypto');
      bytes.writeUInt8(1, 3 * 4096 + 7);
      return workshop.withContent(paths.libcrypto, bytes);
    },
    path: paths.libcrypto,
    wanted: /^pages with the digests of the signature$/,
    got: /^others: 3$/,
  },
  {
    rule: 'code-signature',
    what: 'a page of one processor in a universal file was changed',
    breakStage: async (workshop) => {
      const bytes = await workshop.bytesOf('addon', workshop.universal);
      // the second architecture's place, and one byte of its first page after the commands
      const at = bytes.readUInt32BE(8 + 20 + 8) + 3500;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return workshop.withContent(binaryPaths(workshop.universal.target).addon, bytes, workshop.universal);
    },
    path: 'node_modules/@tsopenssl/darwin-universal/tsopenssl.node',
    wanted: /^pages with the digests of the signature$/,
    got: /^arm64: others: 0$/,
  },
  {
    rule: 'code-signature',
    what: 'the end of the file is not signed',
    breakStage: (workshop) =>
      workshop.patched('addon', (bytes) => {
        const limit = codeDirectory(bytes) + 32;
        bytes.writeUInt32BE(bytes.readUInt32BE(limit) - 16, limit);
        return bytes;
      }),
    path: paths.addon,
    wanted: /^a signature over all \d+ bytes before it$/,
    got: /^one over \d+$/,
  },
  {
    rule: 'code-signature',
    what: 'something follows the signature',
    breakStage: async (workshop) =>
      workshop.withContent(paths.addon, Buffer.concat([await workshop.bytesOf('addon'), Buffer.alloc(16)])),
    path: paths.addon,
    wanted: /^a signature at the end of the file$/,
    got: /^16 bytes after it$/,
  },
  {
    rule: 'code-signature',
    what: 'the signature is neither ad hoc nor by anybody',
    breakStage: (workshop) =>
      workshop.patched('addon', (bytes) => {
        bytes.writeUInt32BE(0, codeDirectory(bytes) + 12);
        return bytes;
      }),
    path: paths.addon,
    wanted: /^an ad-hoc signature, or one by a certificate$/,
    got: /^neither$/,
  },
  {
    rule: 'code-signature',
    what: 'the signature names nothing',
    breakStage: (workshop) =>
      workshop.patched('addon', (bytes) => {
        const directory = codeDirectory(bytes);
        bytes.writeUInt8(0, directory + bytes.readUInt32BE(directory + 20));
        return bytes;
      }),
    path: paths.addon,
    wanted: /^a signature with an identifier$/,
    got: /^an empty one$/,
  },
];
