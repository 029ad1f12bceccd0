// Rules over the symbols of ELF files: what keeps the addon's OpenSSL apart from the one inside node.

import { STB } from '../../../build/formats/elf-constants.ts';
import { type ElfSymbol, exportedSymbols, importedSymbols } from '../../../build/formats/elf-symbols.ts';
import type { LinuxTarget } from '../../../build/types.ts';
import { addonExportDeviations } from '../../../build/validation/addon-exports.ts';
import { nodeApiSymbols } from '../../../build/validation/node-api.ts';
import {
  directoryDeviations,
  opensslDirectoriesRule,
} from '../../../build/validation/openssl-directories.ts';
import { type Deviation, listed } from '../../../build/validation/rule.ts';
import type { ElfContext, ElfRule, StagedElf } from './elf-rule.ts';
import { muslSymbols } from './musl-symbols.ts';

/**
 * Weak references that compilers, C++ libraries and OpenSSL leave open, each of which may stay unresolved: profiling and
 * transactional memory (gcc's start files, libstdc++), pure virtual calls (libstdc++), thread-local destructors (glibc
 * 2.18 has them), and OpenSSL's question whether the C library has getentropy (glibc 2.25).
 */
const optionalSymbols =
  /^(__gmon_start__|__cxa_finalize|__cxa_pure_virtual|__cxa_thread_atexit_impl|getentropy|_ITM_\w+|_ZGTt\w+)$/;

const opensslVersion = /^OPENSSL_3\.\d+\.\d+$/;

export const elfSymbolRules: readonly ElfRule[] = [
  {
    id: 'addon-exports',
    why: 'an OpenSSL symbol that the addon exports is bound to the one of the same name inside node',
    applies: ['addon'],
    check: ({ dynamic }) => addonExportDeviations(exportedSymbols(dynamic.symbols).map(({ name }) => name)),
  },
  {
    id: 'addon-imports',
    why: 'what the addon imports beside the C library and Node-API 9 comes from node: its own OpenSSL, or nothing',
    applies: ['addon'],
    check({ dynamic }, { target }) {
      const wrong = importedSymbols(dynamic.symbols).filter((symbol) => !mayAddonImport(symbol, target));
      return describe(wrong, `only ${symbolsOf(target)} and Node-API up to version 9`);
    },
  },
  {
    id: 'openssl-exports',
    why: 'programs are bound to versioned symbols: one without a version meets the one of another OpenSSL',
    applies: ['libcrypto', 'libssl'],
    check({ dynamic }) {
      const all = exportedSymbols(dynamic.symbols);
      const wanted = 'exported symbols with versions OPENSSL_3.x.y';
      if (all.length === 0) return [{ wanted, got: 'none' }];
      return describe(
        all.filter(({ version }) => version === undefined || !opensslVersion.test(version)),
        wanted,
      );
    },
  },
  {
    id: 'imports-resolved',
    why: 'a symbol that neither the C library nor our own libraries have ends the program when it starts',
    applies: ['command', 'libcrypto', 'libssl'],
    check: unresolvedImports,
  },
  {
    ...opensslDirectoriesRule,
    applies: ['libcrypto', 'addon'],
    check: ({ bytes }, { target }) => directoryDeviations(bytes, target),
  },
];

function mayAddonImport(symbol: ElfSymbol, target: LinuxTarget): boolean {
  if (symbol.version !== undefined) return !symbol.version.startsWith('OPENSSL_');
  return nodeApiSymbols.has(symbol.name) || mayHaveNoVersion(symbol, target);
}

/** Whether a symbol without a version may be left to the system. */
function mayHaveNoVersion({ name, binding }: ElfSymbol, target: LinuxTarget): boolean {
  if (binding === STB.WEAK && optionalSymbols.test(name)) return true;
  return target.glibcFloor === undefined && muslSymbols.has(name);
}

/** The C library's symbols, for a message. */
function symbolsOf(target: LinuxTarget): string {
  return target.glibcFloor === undefined
    ? 'the symbols of musl in musl-symbols.ts'
    : 'versioned symbols of the C library';
}

function unresolvedImports({ dynamic }: StagedElf, { binaries, target }: ElfContext): readonly Deviation[] {
  const offered = new Set(
    binaries
      .filter(({ role }) => role === 'libcrypto' || role === 'libssl')
      .flatMap((library) => exportedSymbols(library.dynamic.symbols).map(label)),
  );
  const wrong = importedSymbols(dynamic.symbols).filter((symbol) => {
    if (symbol.version === undefined) return !mayHaveNoVersion(symbol, target);
    return symbol.version.startsWith('OPENSSL_3.') && !offered.has(label(symbol));
  });
  return describe(wrong, `only ${symbolsOf(target)} and of the staged libraries`);
}

function describe(wrong: readonly ElfSymbol[], wanted: string): readonly Deviation[] {
  return wrong.length === 0 ? [] : [{ wanted, got: listed(wrong.map(label)) }];
}

/** As readelf writes it: `name@version`. */
function label({ name, version }: ElfSymbol): string {
  return version === undefined ? name : `${name}@${version}`;
}
