// Rules over what a PE file takes from others and what it offers: only parts of Windows and of this distribution.

import path from 'node:path';
import type { PeImport } from '../../../build/formats/pe-imports.ts';
import { addonExportDeviations } from '../../../build/validation/addon-exports.ts';
import { nodeApiSymbols } from '../../../build/validation/node-api.ts';
import { binaryPaths, type Deviation, everyRole, listed } from '../../../build/validation/rule.ts';
import type { PeContext, PeRule, StagedPe } from './pe-rule.ts';

/** The program that the addon is linked against; a hook answers for it with whatever program loads the addon. */
const host = 'node.exe';

/** Where OpenSSL looks for its directories, up to its version. */
const keyStart = 'SOFTWARE\\WOW6432Node\\OpenSSL-';

export const peSymbolRules: readonly PeRule[] = [
  {
    id: 'imported-libraries',
    why: 'a library that not every Windows has keeps the file from loading, or is found where anybody may put one',
    applies: everyRole,
    check({ pe, role }, { target }) {
      const own = role === 'command' || role === 'libssl' ? ownLibraries({ target }) : [];
      const allowed = [...target.allowedLibraries, ...own];
      const wrong = pe.imports.filter(({ library }) => !allowed.includes(library.toLowerCase()));
      if (wrong.length === 0) return [];
      return [{ wanted: `only ${allowed.join(', ')}`, got: listed(wrong.map(({ library }) => library)) }];
    },
  },
  {
    id: 'delayed-imports',
    why: 'what is loaded at first use is looked for in folders that others may write; a program that is not called node.exe loads the addon too',
    applies: everyRole,
    check({ pe, role }) {
      const wanted = role === 'addon' ? `delayed imports of ${host} alone` : 'no delayed imports';
      const libraries = pe.delayImports.map(({ library }) => library);
      const wrong = libraries.filter((library) => role !== 'addon' || library.toLowerCase() !== host);
      if (wrong.length > 0) return [{ wanted, got: listed(wrong) }];
      return role === 'addon' && libraries.length === 0 ? [{ wanted, got: 'none' }] : [];
    },
  },
  {
    id: 'addon-imports',
    why: 'what the addon takes from node beside Node-API 9 is node’s own OpenSSL, or nothing in another Node',
    applies: ['addon'],
    check: ({ pe }) =>
      unwanted(
        pe.delayImports.flatMap(({ symbols }) => symbols).filter((name) => !nodeApiSymbols.has(name)),
        'only functions of Node-API up to version 9',
      ),
  },
  {
    id: 'addon-exports',
    why: 'whatever else the addon exports could be taken by others, or taken for theirs',
    applies: ['addon'],
    check: ({ pe }) => addonExportDeviations(pe.exports?.symbols ?? []),
  },
  {
    id: 'openssl-exports',
    why: 'programs are bound to the library’s own name and to names of functions: a number means another one in the next version',
    applies: ['libcrypto', 'libssl'],
    check: exportDeviations,
  },
  {
    id: 'command-exports',
    why: 'a program that exports something can be loaded by others in the place of a library',
    applies: ['command'],
    check: ({ pe }) => unwanted(pe.exports?.symbols ?? [], 'no exports'),
  },
  {
    id: 'imports-resolved',
    why: 'a function that our own library does not have ends the program when it starts',
    applies: ['command', 'libssl'],
    check: unresolvedImports,
  },
  {
    id: 'directories-from-registry',
    why: 'OPENSSLDIR, MODULESDIR and ENGINESDIR are code paths: compiled in, a file from a zip would trust folders that nobody guards',
    applies: ['libcrypto', 'addon'],
    check: directoryDeviations,
  },
];

function ownLibraries({ target }: Pick<PeContext, 'target'>): readonly string[] {
  const { libcrypto, libssl } = binaryPaths(target);
  return [libcrypto, libssl].map((file) => path.posix.basename(file).toLowerCase());
}

function exportDeviations({ pe, entry }: StagedPe): readonly Deviation[] {
  const name = path.posix.basename(entry.path);
  if (pe.exports === undefined) return [{ wanted: 'exported functions', got: 'none' }];
  const { library, symbols, forwarded } = pe.exports;
  return [
    ...(library === name ? [] : [{ wanted: `the name ${name}`, got: library }]),
    ...unwanted(
      symbols.filter((symbol) => symbol.startsWith('#')),
      'a name for every exported function',
    ),
    ...unwanted(forwarded, 'functions of its own'),
  ];
}

function unresolvedImports({ pe }: StagedPe, context: PeContext): readonly Deviation[] {
  const own = ownLibraries(context);
  const missing = pe.imports
    .filter(({ library }) => own.includes(library.toLowerCase()))
    .flatMap((from) => missingIn(from, context));
  return unwanted(missing, 'only functions that the staged libraries export');
}

function missingIn({ library, symbols }: PeImport, { binaries }: PeContext): readonly string[] {
  const found = binaries.find(
    ({ entry }) => path.posix.basename(entry.path).toLowerCase() === library.toLowerCase(),
  );
  const offered = new Set(found?.pe.exports?.symbols);
  return symbols.filter((name) => !offered.has(name)).map((name) => `${name} of ${library}`);
}

function unwanted(found: readonly string[], wanted: string): readonly Deviation[] {
  return found.length === 0 ? [] : [{ wanted, got: listed(found) }];
}

/** With OSSL_WINCTX, OpenSSL holds the name of a registry key, and patterns in the place of the directories. */
function directoryDeviations({ bytes }: StagedPe): readonly Deviation[] {
  const compiledIn = ['OPENSSLDIR', 'MODULESDIR', 'ENGINESDIR'].flatMap((name) =>
    textsAfter(bytes, `${name}: "`, 'latin1')
      .filter((text) => text !== '%s"')
      .map((text) => ({ wanted: `no ${name}`, got: `${name}: "${text}` })),
  );
  const keys = (['latin1', 'utf16le'] as const).flatMap((encoding) => textsAfter(bytes, keyStart, encoding));
  const isOurs = keys.length > 0 && keys.every((key) => /^3\.\d+-tsopenssl$/.test(key));
  const wanted = `the registry key ${keyStart}3.x-tsopenssl`;
  return [
    ...compiledIn,
    ...(isOurs ? [] : [{ wanted, got: keys.map((key) => keyStart + key).join(', ') || 'none' }]),
  ];
}

/** What follows each occurrence of a text, up to the next NUL. */
function textsAfter(bytes: Buffer, start: string, encoding: 'latin1' | 'utf16le'): readonly string[] {
  const found: string[] = [];
  const pattern = Buffer.from(start, encoding);
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + 1)) {
    const from = at + pattern.length;
    found.push(bytes.toString(encoding, from, from + 1024).replace(/\0.*$/s, ''));
  }
  return found;
}
