// The dynamic table of an ELF file: what the dynamic linker is told, found through PT_DYNAMIC.
//
//   Elf64_Dyn, 16 bytes: 0 d_tag u64, 8 d_val u64; the last has the tag DT_NULL
//
// Values that are addresses are turned into places in the file through the PT_LOAD segments.
// Source: System V gABI, "Dynamic Section"; the DT_FLAGS_1 bits: Oracle's Linker and Libraries Guide, table 13-9.

import type { CheckedBytes } from './checked-bytes.ts';
import type { ElfSection, ElfSegment } from './elf.ts';
import { DF, DF_1, DT, PT, SHT } from './elf-constants.ts';
import { type ElfSymbol, readSymbols } from './elf-symbols.ts';
import {
  type ElfVersionDefinition,
  type ElfVersionNeed,
  readVersionDefinitions,
  readVersionNeeds,
} from './elf-versions.ts';

/** What PT_DYNAMIC leads to. */
export interface ElfDynamic {
  /** DT_NEEDED in the order of the file. */
  readonly needed: readonly string[];
  /** Libraries that other tags bring in: DT_FILTER, DT_AUXILIARY, DT_AUDIT, DT_DEPAUDIT. */
  readonly alsoLoaded: readonly string[];
  readonly soname: string | undefined;
  readonly rpath: string | undefined;
  readonly runpath: string | undefined;
  /** DT_FLAGS_1, 0 without it. */
  readonly flags1: number;
  /** DT_TEXTREL, or its bit in DT_FLAGS. */
  readonly hasTextRelocations: boolean;
  /** DT_BIND_NOW, or its bit in DT_FLAGS or DT_FLAGS_1. */
  readonly bindsNow: boolean;
  readonly versionNeeds: readonly ElfVersionNeed[];
  readonly versionDefinitions: readonly ElfVersionDefinition[];
  readonly symbols: readonly ElfSymbol[];
}

interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

/** What the parts below read from: the bytes, the table's entries, and how an address or a name is found. */
interface DynamicReader {
  readonly view: CheckedBytes;
  /** Value of the only entry with this tag; twice is an error, since readers differ on which of the two counts. */
  value(tag: number): number | undefined;
  values(tag: number): readonly number[];
  /** Place in the file that the address in this tag means. */
  place(tag: number, what: string): number | undefined;
  nameAt(offset: number, what: string): string;
}

/** Reads the dynamic table and all that it leads to. @throws {BuildError} ERR_VALIDATION */
export function readDynamic(
  view: CheckedBytes,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
  table: ElfSegment,
): ElfDynamic {
  const reader = dynamicReader(view, segments, readEntries(view, table));
  const { value, values, nameAt } = reader;
  const name = (tag: number, what: string) => {
    const offset = value(tag);
    return offset === undefined ? undefined : nameAt(offset, what);
  };
  const flags = value(DT.FLAGS) ?? 0;
  const flags1 = value(DT.FLAGS_1) ?? 0;
  const loaded = [DT.FILTER, DT.AUXILIARY, DT.AUDIT, DT.DEPAUDIT].flatMap(values);
  return {
    needed: values(DT.NEEDED).map((offset) => nameAt(offset, 'a needed library')),
    alsoLoaded: loaded.map((offset) => nameAt(offset, 'a filter or audit library')),
    soname: name(DT.SONAME, 'DT_SONAME'),
    rpath: name(DT.RPATH, 'DT_RPATH'),
    runpath: name(DT.RUNPATH, 'DT_RUNPATH'),
    flags1,
    hasTextRelocations: value(DT.TEXTREL) !== undefined || (flags & DF.TEXTREL) !== 0,
    bindsNow: value(DT.BIND_NOW) !== undefined || (flags & DF.BIND_NOW) !== 0 || (flags1 & DF_1.NOW) !== 0,
    ...readSymbolsAndVersions(reader, sections),
  };
}

function readEntries(view: CheckedBytes, table: ElfSegment): readonly DynamicEntry[] {
  const entries: DynamicEntry[] = [];
  const end = table.offset + table.fileSizeBytes;
  for (let at = table.offset; at + 16 <= end; at += 16) {
    const entry = { tag: view.u64(at, 'd_tag'), value: view.u64(at + 8, 'd_val') };
    if (entry.tag === DT.NULL) return entries;
    entries.push(entry);
  }
  return view.fail('wanted the dynamic table to end with DT_NULL, got none');
}

function dynamicReader(
  view: CheckedBytes,
  segments: readonly ElfSegment[],
  entries: readonly DynamicEntry[],
): DynamicReader {
  const values = (tag: number) => entries.filter((entry) => entry.tag === tag).map((entry) => entry.value);
  const value = (tag: number) => {
    const found = values(tag);
    if (found.length > 1)
      view.fail(`wanted one entry with the tag 0x${tag.toString(16)}, got ${found.length}`);
    return found[0];
  };
  const place = (tag: number, what: string) => {
    const address = value(tag);
    return address === undefined ? undefined : fileOffset(view, segments, address, what);
  };
  const names = place(DT.STRTAB, 'DT_STRTAB');
  const namesSize = value(DT.STRSZ) ?? 0;
  if (names !== undefined) view.expectRange(names, namesSize, 'the dynamic string table');
  return {
    view,
    value,
    values,
    place,
    nameAt: (offset, what) =>
      names === undefined
        ? view.fail(`wanted DT_STRTAB for ${what}, got none`)
        : view.text(names + offset, names + namesSize, what),
  };
}

function fileOffset(
  view: CheckedBytes,
  segments: readonly ElfSegment[],
  address: number,
  what: string,
): number {
  const segment = segments.find(
    ({ type, address: start, fileSizeBytes }) =>
      type === PT.LOAD && address >= start && address < start + fileSizeBytes,
  );
  if (segment === undefined) {
    view.fail(`wanted the address 0x${address.toString(16)} of ${what} in a loaded segment, got none there`);
  }
  return segment.offset + (address - segment.address);
}

function readSymbolsAndVersions(
  { view, value, place, nameAt }: DynamicReader,
  sections: readonly ElfSection[],
): Pick<ElfDynamic, 'versionNeeds' | 'versionDefinitions' | 'symbols'> {
  const needs = place(DT.VERNEED, 'DT_VERNEED');
  const definitions = place(DT.VERDEF, 'DT_VERDEF');
  const versionNeeds =
    needs === undefined
      ? []
      : readVersionNeeds(view, { offset: needs, count: value(DT.VERNEEDNUM) ?? 0 }, nameAt);
  const versionDefinitions =
    definitions === undefined
      ? []
      : readVersionDefinitions(view, { offset: definitions, count: value(DT.VERDEFNUM) ?? 0 }, nameAt);
  const symbolsAt = place(DT.SYMTAB, 'DT_SYMTAB');
  if (symbolsAt === undefined) return { versionNeeds, versionDefinitions, symbols: [] };
  expectSize(view, value(DT.SYMENT), 'DT_SYMENT');
  const symbols = readSymbols(
    view,
    {
      symbols: symbolsAt,
      versions: place(DT.VERSYM, 'DT_VERSYM'),
      hash: place(DT.HASH, 'DT_HASH'),
      gnuHash: place(DT.GNU_HASH, 'DT_GNU_HASH'),
      relocations: readRelocationTables(view, value, place),
      sectionSizeBytes: sections.find(({ type }) => type === SHT.DYNSYM)?.sizeBytes ?? 0,
    },
    nameAt,
    new Map([...versionNeeds, ...versionDefinitions].map((version) => [version.index, version.name])),
  );
  return { versionNeeds, versionDefinitions, symbols };
}

function readRelocationTables(
  view: CheckedBytes,
  value: DynamicReader['value'],
  place: DynamicReader['place'],
): readonly { offset: number; sizeBytes: number }[] {
  expectSize(view, value(DT.RELAENT), 'DT_RELAENT');
  const tables = [
    { offset: place(DT.RELA, 'DT_RELA'), sizeBytes: value(DT.RELASZ) ?? 0 },
    { offset: place(DT.JMPREL, 'DT_JMPREL'), sizeBytes: value(DT.PLTRELSZ) ?? 0 },
  ];
  return tables.flatMap(({ offset, sizeBytes }) => (offset === undefined ? [] : [{ offset, sizeBytes }]));
}

/** Symbols and relocations with addends both have 24 bytes. */
function expectSize(view: CheckedBytes, got: number | undefined, what: string): void {
  if (got !== undefined && got !== 24) view.fail(`wanted ${what} 24, got ${got}`);
}
