// Rules over the symbols of Mach-O files: what keeps the addon's OpenSSL apart from the one inside node.

import { MH_FLAG, ORDINAL } from '../../../build/formats/macho-constants.ts';
import { addonExportDeviations } from '../../../build/validation/addon-exports.ts';
import { nodeApiSymbols } from '../../../build/validation/node-api.ts';
import {
  directoryDeviations,
  opensslDirectoriesRule,
} from '../../../build/validation/openssl-directories.ts';
import { type Deviation, everyRole, listed } from '../../../build/validation/rule.ts';
import { ownInstallNames } from './macho-library-rules.ts';
import {
  cName,
  eachPart,
  importsOf,
  type MachContext,
  type MachImport,
  type MachPart,
  type MachRule,
  type StagedMach,
} from './macho-rule.ts';

export const machoSymbolRules: readonly MachRule[] = [
  {
    id: 'two-level-namespace',
    why: 'a name without its library is looked up in all that is loaded: node’s OpenSSL would answer for ours',
    applies: everyRole,
    check: eachPart(namespaceDeviations),
  },
  {
    id: 'addon-exports',
    why: 'whatever else the addon exports could be taken by others, or taken for node’s own',
    applies: ['addon'],
    check: eachPart(({ macho }) => addonExportDeviations(macho.exports.map(({ name }) => cName(name)))),
  },
  {
    id: 'addon-imports',
    why: 'what the addon imports beside libSystem and Node-API 9 comes from node: its own OpenSSL, or nothing',
    applies: ['addon'],
    check: eachPart(({ macho, systemSymbols }) =>
      unwanted(
        importsOf(macho).filter(({ name }) => !systemSymbols.has(name) && !isNodeApi(name)),
        'only symbols of libSystem and Node-API up to version 9',
      ),
    ),
  },
  {
    id: 'openssl-exports',
    why: 'a weak export is replaced by the first one of its name in the process, and the other way round',
    applies: ['libcrypto', 'libssl'],
    check: eachPart(({ macho }) => {
      if (macho.exports.length === 0) return [{ wanted: 'exported symbols', got: 'none' }];
      return unwanted(
        macho.exports.filter(({ weak, reexported }) => weak || reexported),
        'only exports of its own that are not weak',
      );
    }),
  },
  {
    id: 'imports-resolved',
    why: 'a symbol that neither libSystem nor our own libraries have ends the program when it starts',
    applies: ['command', 'libcrypto', 'libssl'],
    check: eachPart(unresolvedImports),
  },
  {
    ...opensslDirectoriesRule,
    applies: ['libcrypto', 'addon'],
    check: eachPart(({ bytes }, _file, { target }) => directoryDeviations(bytes, target)),
  },
];

function isNodeApi(name: string): boolean {
  return nodeApiSymbols.has(cName(name));
}

/** node is not a library, so Node-API has no ordinal; every other name has one. */
function namespaceDeviations({ macho, systemSymbols }: MachPart, { role }: StagedMach): readonly Deviation[] {
  const weak = macho.bindings.filter(({ ordinal }) => ordinal === ORDINAL.WEAK_LOOKUP);
  const flat = importsOf(macho).filter(
    ({ name, ordinal }) => ordinal < 1 && (role !== 'addon' || systemSymbols.has(name)),
  );
  return [
    ...((macho.flags & MH_FLAG.TWOLEVEL) !== 0
      ? []
      : [{ wanted: 'MH_TWOLEVEL', got: `flags 0x${macho.flags.toString(16)}` }]),
    ...unwanted(flat, 'a library for every symbol but those of Node-API'),
    ...unwanted(weak, 'no symbol that is looked up in all libraries'),
  ];
}

function unresolvedImports(
  { macho, architecture, systemSymbols }: MachPart,
  _file: StagedMach,
  { binaries, target }: MachContext,
): readonly Deviation[] {
  const own = ownInstallNames(target);
  const wrong = importsOf(macho).filter(({ name, ordinal }) => {
    const library = macho.dylibs[ordinal - 1]?.name;
    if (library === undefined) return ordinal > 0; // other lookups are the business of two-level-namespace
    if (target.allowedLibraries.includes(library)) return !systemSymbols.has(name);
    return own.includes(library) && !exportsOf(binaries, library, architecture).has(name);
  });
  return unwanted(wrong, 'only symbols of libSystem and of the staged libraries');
}

function exportsOf(
  binaries: MachContext['binaries'],
  installName: string,
  architecture: string,
): ReadonlySet<string> {
  const library = binaries.find(({ entry }) => entry.path.endsWith(installName.replace('@rpath', '')));
  const part = library?.parts.find((one) => one.architecture === architecture);
  return new Set(part?.macho.exports.map(({ name }) => name));
}

function unwanted(found: readonly Pick<MachImport, 'name'>[], wanted: string): readonly Deviation[] {
  return found.length === 0 ? [] : [{ wanted, got: listed(found.map(({ name }) => cName(name))) }];
}
