// Symbol versions of an ELF file: which versions it needs of which library, and which it defines.
//
//   Elf64_Verneed, 16 bytes      Elf64_Vernaux, 16 bytes     Elf64_Verdef, 20 bytes      Elf64_Verdaux, 8 bytes
//    0 vn_version u16 (1)         0 vna_hash  u32             0 vd_version u16 (1)        0 vda_name u32
//    2 vn_cnt     u16             4 vna_flags u16             2 vd_flags   u16            4 vda_next u32
//    4 vn_file    u32             6 vna_other u16, index      4 vd_ndx     u16, index
//    8 vn_aux     u32             8 vna_name  u32             6 vd_cnt     u16
//   12 vn_next    u32            12 vna_next  u32             8 vd_hash    u32
//                                                            12 vd_aux     u32
//                                                            16 vd_next    u32
//
// Chains are linked by unsigned distances, so they only ever go forward. A version index has 15 bits: that bounds a chain.
// Source: LSB Core, "Symbol Versioning", https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html

import type { CheckedBytes } from './checked-bytes.ts';

const maxVersions = 0x7fff;
const VER_FLG_BASE = 1;

/** A version that this file wants of a library. */
export interface ElfVersionNeed {
  /** Name of the library, as in DT_NEEDED. */
  readonly library: string;
  /** Such as `GLIBC_2.17`. */
  readonly name: string;
  /** What the symbols' version table calls it. */
  readonly index: number;
}

/** A version that this file defines; the one that stands for the file itself is not among them. */
export interface ElfVersionDefinition {
  readonly name: string;
  readonly index: number;
}

/** Where the version tables are: offsets in the file. */
interface ElfVersionTable {
  readonly offset: number;
  /** DT_VERNEEDNUM or DT_VERDEFNUM. */
  readonly count: number;
}

/** Reads the chain of Elf64_Verneed. @param nameAt - the name at a place of the dynamic string table */
export function readVersionNeeds(
  view: CheckedBytes,
  table: ElfVersionTable,
  nameAt: (offset: number, what: string) => string,
): readonly ElfVersionNeed[] {
  const needs: ElfVersionNeed[] = [];
  for (const at of chain(view, table.offset, table.count, 12, 'DT_VERNEED')) {
    const library = nameAt(view.u32(at + 4, 'vn_file'), 'the library of a needed version');
    const first = at + view.u32(at + 8, 'vn_aux');
    for (const auxiliary of chain(view, first, view.u16(at + 2, 'vn_cnt'), 12, 'Elf64_Vernaux')) {
      const name = nameAt(view.u32(auxiliary + 8, 'vna_name'), 'the name of a needed version');
      needs.push({ library, name, index: view.u16(auxiliary + 6, 'vna_other') & maxVersions });
      if (needs.length > maxVersions) view.fail(`wanted at most ${maxVersions} needed versions, got more`);
    }
  }
  return needs;
}

/** Reads the chain of Elf64_Verdef. @param nameAt - the name at a place of the dynamic string table */
export function readVersionDefinitions(
  view: CheckedBytes,
  table: ElfVersionTable,
  nameAt: (offset: number, what: string) => string,
): readonly ElfVersionDefinition[] {
  const definitions: ElfVersionDefinition[] = [];
  for (const at of chain(view, table.offset, table.count, 16, 'DT_VERDEF')) {
    if ((view.u16(at + 2, 'vd_flags') & VER_FLG_BASE) !== 0) continue;
    const name = nameAt(view.u32(at + view.u32(at + 12, 'vd_aux'), 'vda_name'), 'the name of a version');
    definitions.push({ name, index: view.u16(at + 4, 'vd_ndx') & maxVersions });
  }
  return definitions;
}

/** Offsets of the links of a chain, at most `count`; the distance to the next one stands `nextAt` bytes into a link. */
function* chain(
  view: CheckedBytes,
  start: number,
  count: number,
  nextAt: number,
  what: string,
): Generator<number> {
  if (count > maxVersions) view.fail(`wanted at most ${maxVersions} links in ${what}, got ${count}`);
  let at = start;
  for (let link = 1; link <= count; link += 1) {
    const distance = view.u32(at + nextAt, what);
    yield at;
    if (distance === 0 && link < count) view.fail(`wanted ${count} links in ${what}, got ${link}`);
    at += distance;
  }
}
