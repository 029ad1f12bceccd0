// Universal files: several Mach-O files in one, an architecture each. Big endian.
//
//   fat_header              fat_arch, 20 bytes
//   0 magic     u32         0 cputype    u32      12 size  u32
//   4 nfat_arch u32         4 cpusubtype u32      16 align u32: power of two
//                           8 offset     u32
//
// Source: <mach-o/fat.h> of the macOS SDK. Mirrors llvm-lipo -detailed_info.

import { checkedBytes } from './checked-bytes.ts';
import { MAGIC } from './macho-constants.ts';

/** A file has at most a handful; Java's class files begin with the same four bytes and a larger number. */
const maxParts = 16;

/** One architecture of a universal file. */
export interface UniversalPart {
  readonly cpuType: number;
  /** A Mach-O file, or an archive of objects. */
  readonly content: Buffer;
}

/**
 * The Mach-O files in a file: one for each architecture of a universal file in its order, else the file itself.
 * @param file - the name that errors begin with
 * @throws {BuildError} ERR_VALIDATION: parts outside the file, that overlap, or that begin at no multiple of their alignment
 */
export function machOParts(bytes: Buffer, file: string): readonly Buffer[] {
  const parts = universalParts(bytes, file);
  if (parts === undefined) return [bytes];
  for (const [index, { cpuType, content }] of parts.entries()) {
    const view = checkedBytes(content, file);
    const inside = view.u32(4, `cputype of architecture ${index}`);
    if (inside !== cpuType) view.fail(`wanted cputype ${cpuType} in architecture ${index}, got ${inside}`);
  }
  return parts.map(({ content }) => content);
}

/**
 * The parts of a universal file in its order, whatever they are.
 * @param file - the name that errors begin with
 * @returns undefined for any other file
 * @throws {BuildError} ERR_VALIDATION: parts outside the file, that overlap, or that begin at no multiple of their alignment
 */
export function universalParts(bytes: Buffer, file: string): readonly UniversalPart[] | undefined {
  const view = checkedBytes(bytes, file, 'big endian');
  if (view.u32(0, 'magic') !== MAGIC.FAT) return undefined;
  const count = view.u32(4, 'nfat_arch');
  if (count === 0 || count > maxParts) view.fail(`wanted 1 to ${maxParts} architectures, got ${count}`);
  const parts: UniversalPart[] = [];
  let end = 8 + count * 20;
  for (let index = 0; index < count; index += 1) {
    const at = 8 + index * 20;
    const what = `architecture ${index}`;
    const [cpuType, offset, sizeBytes, align] = [0, 8, 12, 16].map((field) => view.u32(at + field, what)) as [
      number,
      number,
      number,
      number,
    ];
    if (align > 24 || offset % 2 ** align !== 0 || offset < end) {
      view.fail(`wanted ${what} at a multiple of 2^${align} from ${end} on, got ${offset}`);
    }
    parts.push({ cpuType, content: view.slice(offset, sizeBytes, what) });
    end = offset + sizeBytes;
  }
  return parts;
}
