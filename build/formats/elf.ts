// Reader of ELF files: 64-bit, little endian, as the loader sees them. What the dynamic linker uses is found through the
// program headers, because section headers may be absent; section headers are read only for their names.
//
//   Elf64_Ehdr, 64 bytes at 0                      Elf64_Phdr, 56 bytes     Elf64_Shdr, 64 bytes
//    0 e_ident: 7f 'ELF' class data version        0 p_type   u32           0 sh_name   u32
//   16 e_type   u16      40 e_shoff     u64        4 p_flags  u32           4 sh_type   u32
//   18 e_machine u16     48 e_flags     u32        8 p_offset u64           8 sh_flags  u64
//   20 e_version u32     52 e_ehsize    u16       16 p_vaddr  u64          16 sh_addr   u64
//   24 e_entry  u64      54 e_phentsize u16       24 p_paddr  u64          24 sh_offset u64
//   32 e_phoff  u64      56 e_phnum     u16       32 p_filesz u64          32 sh_size   u64
//                        58 e_shentsize u16       40 p_memsz  u64          40 sh_link   u32
//                        60 e_shnum     u16       48 p_align  u64          ...
//                        62 e_shstrndx  u16
//
// Source: System V gABI, chapters 4 and 5, https://gabi.xinuos.com/. Mirrors readelf -W -h -l -S -d -V --dyn-syms -n.

import { type CheckedBytes, checkedBytes } from './checked-bytes.ts';
import { PT, SHT } from './elf-constants.ts';
import { type ElfDynamic, readDynamic } from './elf-dynamic.ts';
import { readBuildId } from './elf-notes.ts';

/** A program header. */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSizeBytes: number;
  readonly memorySizeBytes: number;
  readonly alignment: number;
}

/** A section header. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** What one ELF file says about itself. */
export interface ElfFile {
  /** `e_type`: see `ET`. */
  readonly type: number;
  /** `e_machine`. */
  readonly machine: number;
  readonly segments: readonly ElfSegment[];
  /** Empty when the file has no section headers. */
  readonly sections: readonly ElfSection[];
  /** `PT_INTERP`. */
  readonly interpreter: string | undefined;
  /** `NT_GNU_BUILD_ID`, lower-case hex. */
  readonly buildId: string | undefined;
  /** What `PT_DYNAMIC` leads to; undefined in a static program or an object file. */
  readonly dynamic: ElfDynamic | undefined;
}

const magic = Buffer.from('\x7fELF', 'latin1');

/** Whether these bytes begin as an ELF file does. */
export function isElf(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

/**
 * Reads an ELF file.
 * @param bytes - the whole file
 * @param file - the name that errors begin with
 * @throws {BuildError} ERR_VALIDATION with what was wanted and what was found: not ELF, another class or byte order,
 *   a table outside the file, a name without an end, a version that is nowhere defined
 */
export function readElf(bytes: Buffer, file: string): ElfFile {
  const view = checkedBytes(bytes, file);
  checkIdentification(view);
  const segments = readSegments(view);
  const sections = readSections(view);
  const interpreter = onlySegment(view, segments, PT.INTERP, 'PT_INTERP');
  const dynamic = onlySegment(view, segments, PT.DYNAMIC, 'PT_DYNAMIC');
  return {
    type: view.u16(16, 'e_type'),
    machine: view.u16(18, 'e_machine'),
    segments,
    sections,
    interpreter:
      interpreter &&
      view.text(interpreter.offset, interpreter.offset + interpreter.fileSizeBytes, 'the interpreter'),
    buildId: readBuildId(view, segments),
    dynamic: dynamic && readDynamic(view, segments, sections, dynamic),
  };
}

function checkIdentification(view: CheckedBytes): void {
  if (!isElf(view.slice(0, 16, 'e_ident'))) view.fail('wanted an ELF file, got other bytes at its start');
  const wanted: readonly [offset: number, value: number, what: string][] = [
    [4, 2, 'EI_CLASS 2 (64 bits)'],
    [5, 1, 'EI_DATA 1 (little endian)'],
    [6, 1, 'EI_VERSION 1'],
  ];
  for (const [offset, value, what] of wanted) {
    const got = view.u8(offset, what);
    if (got !== value) view.fail(`wanted ${what}, got ${got}`);
  }
}

function readSegments(view: CheckedBytes): readonly ElfSegment[] {
  const start = view.u64(32, 'e_phoff');
  const entrySize = view.u16(54, 'e_phentsize');
  const count = view.u16(56, 'e_phnum');
  if (count === 0) return [];
  if (count === 0xffff) view.fail('wanted fewer than 65535 program headers, got PN_XNUM');
  if (entrySize !== 56) view.fail(`wanted e_phentsize 56, got ${entrySize}`);
  view.expectRange(start, count * entrySize, 'the program headers');
  return Array.from({ length: count }, (_, index) => readSegment(view, start + index * entrySize, index));
}

function readSegment(view: CheckedBytes, at: number, index: number): ElfSegment {
  const what = `program header ${index}`;
  const segment = {
    type: view.u32(at, what),
    flags: view.u32(at + 4, what),
    offset: view.u64(at + 8, what),
    address: view.u64(at + 16, what),
    fileSizeBytes: view.u64(at + 32, what),
    memorySizeBytes: view.u64(at + 40, what),
    alignment: view.u64(at + 48, what),
  };
  // a relocation-read-only or TLS segment may end in memory only; what it has in the file must be there
  if (segment.fileSizeBytes > 0) {
    view.expectRange(segment.offset, segment.fileSizeBytes, `the segment of ${what}`);
  }
  return segment;
}

function onlySegment(
  view: CheckedBytes,
  segments: readonly ElfSegment[],
  type: number,
  name: string,
): ElfSegment | undefined {
  const found = segments.filter((segment) => segment.type === type);
  if (found.length > 1) view.fail(`wanted at most one ${name}, got ${found.length}`);
  return found[0];
}

function readSections(view: CheckedBytes): readonly ElfSection[] {
  const start = view.u64(40, 'e_shoff');
  if (start === 0) return [];
  const entrySize = view.u16(58, 'e_shentsize');
  const count = view.u16(60, 'e_shnum');
  const namesIndex = view.u16(62, 'e_shstrndx');
  if (entrySize !== 64) view.fail(`wanted e_shentsize 64, got ${entrySize}`);
  if (count === 0) view.fail('wanted e_shnum to count the section headers, got 0');
  view.expectRange(start, count * entrySize, 'the section headers');
  if (namesIndex >= count) view.fail(`wanted e_shstrndx below ${count}, got ${namesIndex}`);
  const raw = Array.from({ length: count }, (_, index) => readRawSection(view, start + index * 64, index));
  const names = raw[namesIndex];
  return raw.map((section, index) => ({
    name: sectionName(view, names, section.nameOffset, index),
    type: section.type,
    address: section.address,
    offset: section.offset,
    sizeBytes: section.sizeBytes,
  }));
}

interface RawSection extends Omit<ElfSection, 'name'> {
  readonly nameOffset: number;
}

function readRawSection(view: CheckedBytes, at: number, index: number): RawSection {
  const what = `section header ${index}`;
  const section = {
    nameOffset: view.u32(at, what),
    type: view.u32(at + 4, what),
    address: view.u64(at + 16, what),
    offset: view.u64(at + 24, what),
    sizeBytes: view.u64(at + 32, what),
  };
  if (index > 0 && section.type !== SHT.NOBITS) {
    view.expectRange(section.offset, section.sizeBytes, `the section of ${what}`);
  }
  return section;
}

function sectionName(
  view: CheckedBytes,
  names: RawSection | undefined,
  offset: number,
  index: number,
): string {
  if (names === undefined || names.sizeBytes === 0 || index === 0) return '';
  const start = names.offset + offset;
  return view.text(start, names.offset + names.sizeBytes, `the name of section ${index}`);
}
