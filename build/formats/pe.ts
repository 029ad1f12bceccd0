// Reader of PE files for 64-bit Windows (PE32+), programs and libraries, as the loader sees them.
//
//   DOS header, 64 bytes at 0: 'MZ' …, 60 e_lfanew u32 ─► 'PE\0\0', then
//
//   COFF header, 20 bytes            optional header, 112 bytes and directories      section header, 40 bytes
//    0 Machine              u16       0 Magic u16: 0x20b                               0 Name             8 bytes
//    2 NumberOfSections     u16      24 ImageBase u64                                  8 VirtualSize      u32
//    4 TimeDateStamp        u32      48 MajorSubsystemVersion u16, 50 Minor… u16      12 VirtualAddress   u32
//    8 PointerToSymbolTable u32      60 SizeOfHeaders u32                             16 SizeOfRawData    u32
//   12 NumberOfSymbols      u32      68 Subsystem u16, 70 DllCharacteristics u16      20 PointerToRawData u32
//   16 SizeOfOptionalHeader u16     108 NumberOfRvaAndSizes u32                       36 Characteristics  u32
//   18 Characteristics      u16     112 directories: VirtualAddress u32, Size u32
//
// Source: https://learn.microsoft.com/windows/win32/debug/pe-format. Mirrors llvm-readobj --file-headers --sections
// --coff-imports --coff-exports, objdump -p.

import { type CheckedBytes, checkedBytes } from './checked-bytes.ts';
import { DIRECTORY } from './pe-constants.ts';
import { type PeExports, readExports } from './pe-exports.ts';
import { type PeDirectory, type PeImage, peImage } from './pe-image.ts';
import { type PeImport, readDelayImports, readImports } from './pe-imports.ts';
import { readTimeStamps, type TimeStamp } from './pe-time-stamps.ts';

/** A section header. */
export interface PeSection {
  /** The whole name, from the string table where it is longer than 8 bytes. */
  readonly name: string;
  /** See `SCN`. */
  readonly characteristics: number;
  /** RVA: relative to the address that the file is loaded at. */
  readonly address: number;
  readonly memorySizeBytes: number;
  readonly offset: number;
  readonly fileSizeBytes: number;
}

/** What one PE file says about itself. */
export interface PeFile {
  readonly machine: number;
  /** See `FILE`. */
  readonly characteristics: number;
  readonly imageBase: number;
  /** `major.minor`: the oldest Windows whose loader takes the file. */
  readonly subsystemVersion: string;
  /** See `SUBSYSTEM`. */
  readonly subsystem: number;
  /** See `DLL_CHARACTERISTICS`. */
  readonly dllCharacteristics: number;
  /** Entries of the COFF symbol table, which a stripped file has none of. */
  readonly symbolCount: number;
  readonly sections: readonly PeSection[];
  readonly imports: readonly PeImport[];
  readonly delayImports: readonly PeImport[];
  readonly exports: PeExports | undefined;
  /** Bytes of base relocations: none, and the file can be loaded at one address only. */
  readonly relocationBytes: number;
  /** Every field for a time that the file has, whatever its value. */
  readonly timeStamps: readonly TimeStamp[];
  /** Place of the Authenticode signatures in the file. */
  readonly signatures: { readonly offset: number; readonly sizeBytes: number } | undefined;
}

interface Headers extends Omit<PeFile, 'imports' | 'delayImports' | 'exports' | 'timeStamps' | 'signatures'> {
  readonly headerBytes: number;
  readonly timeDateStamp: number;
  readonly directories: readonly PeDirectory[];
}

/**
 * Reads a PE32+ file.
 * @param file - the name that errors begin with
 * @throws {BuildError} ERR_VALIDATION: another kind of file, or one that is cut or contradicts itself
 */
export function readPe(content: Buffer, file: string): PeFile {
  const bytes = checkedBytes(content, file);
  const { headerBytes, timeDateStamp, directories, ...headers } = readHeaders(bytes);
  const image = peImage(bytes, headers.sections, headerBytes);
  const directory = (index: number) => presentDirectory(directories, index);
  const imports = readImports(image, directory(DIRECTORY.IMPORT));
  const delayImports = readDelayImports(image, directory(DIRECTORY.DELAY_IMPORT));
  const exported = readExports(image, directory(DIRECTORY.EXPORT));
  return {
    ...headers,
    imports,
    delayImports,
    exports: exported,
    timeStamps: [
      { of: 'the COFF header', value: timeDateStamp },
      ...(exported === undefined ? [] : [{ of: 'the export directory', value: exported.timeDateStamp }]),
      ...imports.map(({ library, timeDateStamp: value }) => ({ of: `the import of ${library}`, value })),
      ...delayImports.map(({ library, timeDateStamp: value }) => ({
        of: `the delayed import of ${library}`,
        value,
      })),
      ...readTimeStamps(image, directory),
    ],
    signatures: readSecurity(image, directory(DIRECTORY.SECURITY)),
  };
}

function presentDirectory(directories: readonly PeDirectory[], index: number): PeDirectory | undefined {
  const found = directories[index];
  return found === undefined || found.address === 0 || found.sizeBytes === 0 ? undefined : found;
}

function readHeaders(bytes: CheckedBytes): Headers {
  const coff = coffHeaderOffset(bytes);
  const optional = coff + 20;
  const optionalBytes = bytes.u16(coff + 16, 'SizeOfOptionalHeader');
  if (optionalBytes < 112) bytes.fail(`wanted SizeOfOptionalHeader of 112 or more, got ${optionalBytes}`);
  bytes.expectRange(optional, optionalBytes, 'the optional header');
  const magic = bytes.u16(optional, 'Magic');
  if (magic !== 0x20b) bytes.fail(`wanted Magic 0x20b (PE32+), got 0x${magic.toString(16)}`);
  const directories = readDirectories(bytes, optional, optionalBytes);
  const field16 = (offset: number) => bytes.u16(optional + offset, 'the optional header');
  return {
    machine: bytes.u16(coff, 'Machine'),
    timeDateStamp: bytes.u32(coff + 4, 'TimeDateStamp'),
    symbolCount: bytes.u32(coff + 12, 'NumberOfSymbols'),
    characteristics: bytes.u16(coff + 18, 'Characteristics'),
    imageBase: bytes.u64(optional + 24, 'ImageBase'),
    subsystemVersion: `${field16(48)}.${field16(50)}`,
    headerBytes: bytes.u32(optional + 60, 'SizeOfHeaders'),
    subsystem: field16(68),
    dllCharacteristics: field16(70),
    directories,
    relocationBytes: presentDirectory(directories, DIRECTORY.BASE_RELOCATION)?.sizeBytes ?? 0,
    sections: readSections(bytes, coff, optional + optionalBytes),
  };
}

function coffHeaderOffset(bytes: CheckedBytes): number {
  if (bytes.u16(0, 'the DOS header') !== 0x5a4d) bytes.fail('wanted a PE file, got other bytes at its start');
  const at = bytes.u32(60, 'e_lfanew');
  const signature = bytes.u32(at, 'the PE signature');
  if (signature !== 0x4550) bytes.fail(`wanted the signature PE at ${at}, got 0x${signature.toString(16)}`);
  return at + 4;
}

function readDirectories(bytes: CheckedBytes, optional: number, optionalBytes: number): PeDirectory[] {
  const count = bytes.u32(optional + 108, 'NumberOfRvaAndSizes');
  if (count > 16) bytes.fail(`wanted NumberOfRvaAndSizes of 16 or less, got ${count}`);
  if (112 + count * 8 > optionalBytes) {
    bytes.fail(`wanted ${count} data directories in the optional header, got ${optionalBytes} bytes of it`);
  }
  return Array.from({ length: count }, (_, index) => ({
    address: bytes.u32(optional + 112 + index * 8, 'a data directory'),
    sizeBytes: bytes.u32(optional + 116 + index * 8, 'a data directory'),
  }));
}

function readSections(bytes: CheckedBytes, coff: number, table: number): PeSection[] {
  const count = bytes.u16(coff + 2, 'NumberOfSections');
  const strings = bytes.u32(coff + 8, 'PointerToSymbolTable') + bytes.u32(coff + 12, 'NumberOfSymbols') * 18;
  bytes.expectRange(table, count * 40, 'the section headers');
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * 40;
    const what = `section header ${index}`;
    const section = {
      name: sectionName(bytes, at, strings),
      memorySizeBytes: bytes.u32(at + 8, what),
      address: bytes.u32(at + 12, what),
      fileSizeBytes: bytes.u32(at + 16, what),
      offset: bytes.u32(at + 20, what),
      characteristics: bytes.u32(at + 36, what),
    };
    if (section.fileSizeBytes > 0)
      bytes.expectRange(section.offset, section.fileSizeBytes, `section ${index}`);
    return section;
  });
}

/** Eight bytes, filled with NUL; `/12` is the name at byte 12 of the string table behind the symbols. */
function sectionName(bytes: CheckedBytes, at: number, strings: number): string {
  const short = bytes.slice(at, 8, 'a section name').toString('latin1').replace(/\0+$/, '');
  if (!/^\/\d{1,7}$/.test(short) || strings === 0) return short;
  return bytes.text(strings + Number(short.slice(1)), bytes.sizeBytes, 'a section name');
}

/** This directory alone holds a place in the file, not an address. */
function readSecurity(image: PeImage, found: PeDirectory | undefined): PeFile['signatures'] {
  if (found === undefined) return undefined;
  image.bytes.expectRange(found.address, found.sizeBytes, 'the signatures');
  return { offset: found.address, sizeBytes: found.sizeBytes };
}
