// Dynamic symbols of an ELF file, found without section headers.
//
//   Elf64_Sym, 24 bytes                    DT_HASH, u32 each            DT_GNU_HASH
//    0 st_name  u32                         0 nbucket                    0 nbuckets   u32
//    4 st_info  u8: binding << 4 | type     4 nchain = number            4 symoffset  u32: first symbol in the table
//    5 st_other u8: visibility              8 buckets, chains              of symbols 8 bloom_size u32
//    6 st_shndx u16, 0 undefined                                        12 bloom_shift u32
//    8 st_value u64                                                     16 bloom u64[bloom_size]
//   16 st_size  u64                                                        buckets u32[nbuckets], chains u32[]: the last of
//                                                                          a chain has bit 0 set
//
// The dynamic table has no count of symbols: DT_HASH says it, DT_GNU_HASH tells the last exported one, relocations name
// imported ones, and a section of type DYNSYM, where there is one, has a size. The largest of these is the count.
// Source: System V gABI, "Symbol Table" and "Hash Table"; DT_GNU_HASH: binutils, bfd/elflink.c.

import type { CheckedBytes } from './checked-bytes.ts';
import { STB, STV } from './elf-constants.ts';

/** A dynamic symbol. */
export interface ElfSymbol {
  readonly name: string;
  /** Name of its version, such as `GLIBC_2.17`; undefined without one. */
  readonly version: string | undefined;
  /** `STB`. */
  readonly binding: number;
  /** `STV`. */
  readonly visibility: number;
  /** False: this file wants it from elsewhere. */
  readonly defined: boolean;
}

/** Where the symbols are and what speaks of them: offsets in the file, undefined where the file has no such table. */
interface ElfSymbolTables {
  readonly symbols: number;
  readonly versions: number | undefined;
  readonly hash: number | undefined;
  readonly gnuHash: number | undefined;
  /** Tables of Elf64_Rela. */
  readonly relocations: readonly { readonly offset: number; readonly sizeBytes: number }[];
  /** Size of the section of type DYNSYM. */
  readonly sectionSizeBytes: number;
}

const symbolSize = 24;
const relocationSize = 24;

/**
 * Reads all dynamic symbols but the empty first one.
 * @param nameAt - the name at a place of the dynamic string table
 * @param versionNames - names of versions by their index
 */
export function readSymbols(
  view: CheckedBytes,
  tables: ElfSymbolTables,
  nameAt: (offset: number, what: string) => string,
  versionNames: ReadonlyMap<number, string>,
): readonly ElfSymbol[] {
  const count = countSymbols(view, tables);
  view.expectRange(tables.symbols, count * symbolSize, 'the dynamic symbols');
  if (tables.versions !== undefined) view.expectRange(tables.versions, count * 2, 'the version table');
  const symbols: ElfSymbol[] = [];
  for (let index = 1; index < count; index += 1) {
    const at = tables.symbols + index * symbolSize;
    const name = nameAt(view.u32(at, 'st_name'), `the name of dynamic symbol ${index}`);
    symbols.push({
      name,
      version: versionOf(view, tables.versions, index, name, versionNames),
      binding: view.u8(at + 4, 'st_info') >> 4,
      visibility: view.u8(at + 5, 'st_other') & 3,
      defined: view.u16(at + 6, 'st_shndx') !== 0,
    });
  }
  return symbols;
}

/** Symbols that the file wants from elsewhere. */
export function importedSymbols(symbols: readonly ElfSymbol[]): readonly ElfSymbol[] {
  return symbols.filter((symbol) => !symbol.defined && symbol.name !== '');
}

/** Symbols that the file offers to others. */
export function exportedSymbols(symbols: readonly ElfSymbol[]): readonly ElfSymbol[] {
  return symbols.filter(
    (symbol) =>
      symbol.defined &&
      symbol.binding !== STB.LOCAL &&
      (symbol.visibility === STV.DEFAULT || symbol.visibility === STV.PROTECTED),
  );
}

function versionOf(
  view: CheckedBytes,
  table: number | undefined,
  symbol: number,
  name: string,
  names: ReadonlyMap<number, string>,
): string | undefined {
  if (table === undefined) return undefined;
  const index = view.u16(table + symbol * 2, 'the version of a symbol') & 0x7fff;
  if (index < 2) return undefined; // VER_NDX_LOCAL, VER_NDX_GLOBAL
  const version = names.get(index);
  if (version === undefined) view.fail(`wanted version ${index} of symbol ${name} to be defined, got none`);
  return version;
}

function countSymbols(view: CheckedBytes, tables: ElfSymbolTables): number {
  return Math.max(
    1,
    tables.hash === undefined ? 0 : view.u32(tables.hash + 4, 'nchain of DT_HASH'),
    tables.gnuHash === undefined ? 0 : countByGnuHash(view, tables.gnuHash),
    ...tables.relocations.map((table) => countByRelocations(view, table.offset, table.sizeBytes)),
    Math.floor(tables.sectionSizeBytes / symbolSize),
  );
}

function countByGnuHash(view: CheckedBytes, table: number): number {
  const buckets = view.u32(table, 'nbuckets of DT_GNU_HASH');
  const first = view.u32(table + 4, 'symoffset of DT_GNU_HASH');
  const bloomSize = view.u32(table + 8, 'bloom_size of DT_GNU_HASH');
  const bucketsAt = table + 16 + bloomSize * 8;
  view.expectRange(bucketsAt, buckets * 4, 'the buckets of DT_GNU_HASH');
  let last = 0;
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    last = Math.max(last, view.u32(bucketsAt + bucket * 4, 'a bucket of DT_GNU_HASH'));
  }
  if (last < first) return first;
  const chains = bucketsAt + buckets * 4;
  while ((view.u32(chains + (last - first) * 4, 'a chain of DT_GNU_HASH') & 1) === 0) last += 1;
  return last + 1;
}

function countByRelocations(view: CheckedBytes, table: number, sizeBytes: number): number {
  view.expectRange(table, sizeBytes, 'the relocations');
  let last = 0;
  for (let at = table; at + relocationSize <= table + sizeBytes; at += relocationSize) {
    last = Math.max(last, view.u32(at + 12, 'r_info')); // ELF64_R_SYM: the upper half
  }
  return last + 1;
}
