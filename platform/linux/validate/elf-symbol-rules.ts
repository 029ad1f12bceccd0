// Rules over the symbols of ELF files: what keeps the addon's OpenSSL apart from the one inside node.

import { STB } from '../../../build/formats/elf-constants.ts';
import { type ElfSymbol, exportedSymbols, importedSymbols } from '../../../build/formats/elf-symbols.ts';
import { type Deviation, listed } from '../../../build/validation/rule.ts';
import type { ElfContext, ElfRule, StagedElf } from './elf-rule.ts';
import { nodeApiSymbols } from './node-api.ts';

/** What node looks for in an addon, and nothing else. */
const addonExports: readonly string[] = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

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
    check({ dynamic }) {
      const got = exportedSymbols(dynamic.symbols).map(({ name }) => name);
      const extra = got.filter((name) => !addonExports.includes(name));
      const missing = addonExports.filter((name) => !got.includes(name));
      const wanted = `exactly ${addonExports.join(', ')}`;
      return [
        ...(extra.length > 0 ? [{ wanted, got: `also ${listed(extra)}` }] : []),
        ...missing.map((name) => ({ wanted, got: `no ${name}` })),
      ];
    },
  },
  {
    id: 'addon-imports',
    why: 'what the addon imports beside the C library and Node-API 9 comes from node: its own OpenSSL, or nothing',
    applies: ['addon'],
    check({ dynamic }) {
      const wrong = importedSymbols(dynamic.symbols).filter((symbol) => !mayAddonImport(symbol));
      return describe(wrong, 'only versioned symbols of the C library and Node-API up to version 9');
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
    id: 'openssl-directories',
    why: 'OPENSSLDIR, MODULESDIR and ENGINESDIR are code paths: another value loads code from another place',
    applies: ['libcrypto', 'addon'],
    check: directoryDeviations,
  },
];

function mayAddonImport({ name, version, binding }: ElfSymbol): boolean {
  if (version !== undefined) return !version.startsWith('OPENSSL_');
  return nodeApiSymbols.has(name) || (binding === STB.WEAK && optionalSymbols.test(name));
}

function unresolvedImports({ dynamic }: StagedElf, { binaries }: ElfContext): readonly Deviation[] {
  const offered = new Set(
    binaries
      .filter(({ role }) => role === 'libcrypto' || role === 'libssl')
      .flatMap((library) => exportedSymbols(library.dynamic.symbols).map(label)),
  );
  const wrong = importedSymbols(dynamic.symbols).filter((symbol) => {
    if (symbol.version === undefined)
      return symbol.binding !== STB.WEAK || !optionalSymbols.test(symbol.name);
    return symbol.version.startsWith('OPENSSL_3.') && !offered.has(label(symbol));
  });
  return describe(wrong, 'only versioned symbols of the C library and of the staged libraries');
}

function describe(wrong: readonly ElfSymbol[], wanted: string): readonly Deviation[] {
  return wrong.length === 0 ? [] : [{ wanted, got: listed(wrong.map(label)) }];
}

/** As readelf writes it: `name@version`. */
function label({ name, version }: ElfSymbol): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** OpenSSL keeps each directory as the text that `openssl version -a` prints, such as `OPENSSLDIR: "/etc/ssl"`. */
function directoryDeviations({ bytes }: StagedElf, { target }: ElfContext): readonly Deviation[] {
  const wanted = {
    OPENSSLDIR: target.directories.openssldir,
    MODULESDIR: target.directories.modulesdir,
    ENGINESDIR: target.directories.enginesdir,
  };
  return Object.entries(wanted).flatMap(([name, directory]) => {
    const got = textsAfter(bytes, `${name}: "`);
    if (got.length === 1 && got[0] === `${directory}"`) return [];
    return [
      { wanted: `${name}: "${directory}"`, got: got.map((text) => `${name}: "${text}`).join(', ') || 'none' },
    ];
  });
}

/** What follows each occurrence of a prefix, up to the next NUL. */
function textsAfter(bytes: Buffer, prefix: string): readonly string[] {
  const found: string[] = [];
  for (let at = bytes.indexOf(prefix); at >= 0; at = bytes.indexOf(prefix, at + 1)) {
    const start = at + prefix.length;
    const end = bytes.indexOf(0, start);
    found.push(bytes.toString('latin1', start, Math.min(end < 0 ? bytes.length : end, start + 4096)));
  }
  return found;
}
