// Stages that break the rules over what a Mach-O file is loaded with, each one rule alone.

import { readFile } from 'node:fs/promises';
import { LC } from '../../../../build/formats/macho-constants.ts';
import { type BrokenCase, goodFiles, loadCommand, ownRunPath, paths, type Workshop } from './fixtures.ts';

const goodFlags = (role: keyof typeof goodFiles) => goodFiles[role].flags ?? [];

export const brokenLibraries: readonly BrokenCase[] = [
  {
    rule: 'needed-libraries',
    what: 'the command needs a library that is not ours',
    breakStage: (workshop) => workshop.relinked('command', { flags: ['-needed_library', 'libz.tbd'] }),
    path: paths.command,
    wanted: /^only \/usr\/lib\/libSystem\.B\.dylib, @rpath\/libcrypto\.3\.dylib, @rpath\/libssl\.3\.dylib$/,
    got: /^\/usr\/lib\/libz\.1\.dylib$/,
  },
  {
    rule: 'needed-libraries',
    what: 'the addon needs libcrypto',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-needed_library', 'libcrypto.3.dylib'] }),
    path: paths.addon,
    wanted: /^only \/usr\/lib\/libSystem\.B\.dylib$/,
    got: /^@rpath\/libcrypto\.3\.dylib$/,
  },
  {
    rule: 'needed-libraries',
    what: 'a library offers those of another one as its own',
    breakStage: (workshop) =>
      // lld itself would write the command twice and count it once
      workshop.patched('libssl', (bytes) => {
        bytes.writeUInt32LE(LC.REEXPORT_DYLIB, loadCommand(bytes, LC.LOAD_DYLIB));
        return bytes;
      }),
    path: paths.libssl,
    wanted: /^only /,
    got: /^@rpath\/libcrypto\.3\.dylib, offered as its own$/,
  },
  {
    rule: 'needed-libraries',
    what: 'the command tells the loader where to look',
    breakStage: async (workshop) => {
      const flags = ['-rpath', 'DYLD_LIBRARY_PATH=/opt', ...goodFlags('command')];
      const file = await workshop.link('environment', { ...goodFiles.command, flags });
      const bytes = await readFile(file);
      bytes.writeUInt32LE(LC.DYLD_ENVIRONMENT, loadCommand(bytes, LC.RPATH));
      return workshop.patched('command', () => bytes);
    },
    path: paths.command,
    wanted: /^only /,
    got: /^LC_DYLD_ENVIRONMENT DYLD_LIBRARY_PATH=\/opt$/,
  },
  {
    rule: 'install-name',
    what: 'a library calls itself otherwise',
    breakStage: (workshop) =>
      workshop.relinked('libssl', { flags: ['-install_name', '/opt/lib/libssl.3.dylib'] }),
    path: paths.libssl,
    wanted: /^@rpath\/libssl\.3\.dylib$/,
    got: /^\/opt\/lib\/libssl\.3\.dylib$/,
  },
  {
    rule: 'install-name',
    what: 'the addon has a name that others can ask for',
    breakStage: async (workshop) => {
      const flags = goodFlags('addon').map((word) => (word === '-bundle' ? '-dylib' : word));
      const file = await workshop.link('named', {
        ...goodFiles.addon,
        flags: [...flags, '-install_name', 'x'],
      });
      const bytes = await readFile(file);
      bytes.writeUInt32LE(8, 12);
      return workshop.patched('addon', () => bytes);
    },
    path: paths.addon,
    wanted: /^no install name$/,
    got: /^x$/,
  },
  ...[
    '/usr/local/lib',
    '@executable_path/../lib',
    '@loader_path/../..',
    '@loader_pathology',
    'lib',
    '@rpath/lib',
    '/opt/@loader_path',
  ].map((element) => ({
    rule: 'run-path',
    what: `a run path is ${element}`,
    breakStage: (workshop: Workshop) => workshop.relinked('command', { flags: ['-rpath', element] }),
    path: paths.command,
    wanted: /^a run path below @loader_path and inside the prefix$/,
    got: new RegExp(`^"${element.replaceAll('.', '\\.')}"$`),
  })),
  {
    rule: 'run-path',
    what: 'the addon has a run path',
    breakStage: (workshop) => workshop.relinked('addon', { flags: [...ownRunPath] }),
    path: paths.addon,
    wanted: /^no run path$/,
    got: /^"@loader_path\/\.\.\/lib"$/,
  },
  {
    rule: 'own-libraries-found',
    what: 'the run path does not lead to our own libraries',
    breakStage: (workshop) =>
      workshop.linkedWith(
        'command',
        goodFlags('command').map((word) => (word === ownRunPath[1] ? '@loader_path' : word)),
      ),
    path: paths.command,
    wanted: /^a run path that leads to lib(ssl|crypto)\.3\.dylib$/,
    got: /^@loader_path$/,
  },
  {
    rule: 'own-libraries-found',
    what: 'a library leaves it to the program to find the other',
    breakStage: (workshop) =>
      workshop.linkedWith(
        'libssl',
        goodFlags('libssl').filter((word) => !ownRunPath.some((other) => other === word)),
      ),
    path: paths.libssl,
    wanted: /^a run path that leads to libcrypto\.3\.dylib$/,
    got: /^none$/,
  },
];
