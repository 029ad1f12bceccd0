// The import tables of a PE file: what the loader binds when the file is loaded, and what is bound at first use.
//
//   import descriptor, 20 bytes                 delay-load descriptor, 32 bytes
//    0 OriginalFirstThunk u32: names             0 Attributes      u32: 1, everything below is an RVA
//    4 TimeDateStamp      u32: 0 if not bound    4 DllNameRVA      u32
//   12 Name               u32                   16 ImportNameTable u32
//   16 FirstThunk         u32: addresses        28 TimeDateStamp   u32
//   the table ends with a descriptor of zeros   likewise
//
//   names: u64 each, until 0. Bit 63: an ordinal in bits 0-15; else the RVA of a u16 hint and the name.

import type { PeDirectory, PeImage } from './pe-image.ts';

/** Symbols of one library. */
export interface PeImport {
  /** As written: case does not matter to Windows. */
  readonly library: string;
  /** In the order of the table; a symbol without a name is `#` and its ordinal. */
  readonly symbols: readonly string[];
  readonly timeDateStamp: number;
}

/** No real file is near these; they bound the time that a damaged one can cost. */
const maxLibraries = 1000;
const maxSymbols = 50_000;

const delayBytes = 32;

export function readImports(image: PeImage, directory: PeDirectory | undefined): PeImport[] {
  const reader = symbolReader(image);
  return descriptors(image, directory, 20, 'import').map((at) => {
    const names = image.u32(at, 'the import names') || image.u32(at + 16, 'the import addresses');
    return {
      library: image.text(image.u32(at + 12, 'an import name'), 'the name of an imported library'),
      symbols: reader(names),
      timeDateStamp: image.u32(at + 4, 'an import descriptor'),
    };
  });
}

/**
 * Reads the delay-load descriptors that the directory lists, and those that it does not: GNU ld before 2.41 puts them into
 * the code without saying so in the headers, and the code that loads them needs no directory.
 */
export function readDelayImports(image: PeImage, directory: PeDirectory | undefined): PeImport[] {
  const reader = symbolReader(image);
  const listed = descriptors(image, directory, delayBytes, 'delay-load');
  const unlisted = unlistedDescriptors(image).filter((at) => !listed.includes(at));
  return [...listed, ...unlisted].map((at) => {
    const attributes = image.u32(at, 'a delay-load descriptor');
    if (attributes !== 1) image.bytes.fail(`wanted delay-load attributes 1 (addresses), got ${attributes}`);
    return {
      library: image.text(image.u32(at + 4, 'a library name'), 'the name of a library loaded later'),
      symbols: reader(image.u32(at + 16, 'the delayed import names')),
      timeDateStamp: image.u32(at + 28, 'a delay-load descriptor'),
    };
  });
}

/** Addresses of what is a delay-load descriptor by its content: the name of a program or library, and three addresses. */
function unlistedDescriptors(image: PeImage): readonly number[] {
  const found: number[] = [];
  for (const { address, offset, fileSizeBytes } of image.ranges) {
    const content = image.bytes.slice(offset, fileSizeBytes, 'a section');
    for (let at = 0; at + delayBytes <= content.length && found.length < maxLibraries; at += 4) {
      if (content.readUInt32LE(at) === 1 && isDescriptor(image, content.subarray(at)))
        found.push(address + at);
    }
  }
  return found;
}

function isDescriptor(image: PeImage, content: Buffer): boolean {
  const [name, handle, addresses, names] = [4, 8, 12, 16].map((at) => content.readUInt32LE(at));
  if (![name, handle, addresses, names].every((address) => image.has(address ?? 0))) return false;
  return /^[\w.@+-]+\.(exe|dll|node|drv)$/i.test(image.textIfAny(name ?? 0, 64) ?? '');
}

/** Addresses of the descriptors before the one of zeros. */
function descriptors(image: PeImage, directory: PeDirectory | undefined, sizeBytes: number, kind: string) {
  const found: number[] = [];
  if (directory === undefined) return found;
  for (let at = directory.address; found.length <= maxLibraries; at += sizeBytes) {
    const offset = image.offsetOf(at, sizeBytes, `the ${kind} descriptors`);
    const descriptor = image.bytes.slice(offset, sizeBytes, `the ${kind} descriptors`);
    if (descriptor.every((byte) => byte === 0)) return found;
    found.push(at);
  }
  return image.bytes.fail(`wanted at most ${maxLibraries} ${kind} descriptors, got more`);
}

/** Reads tables of names; all of a file's tables together may not hold more than {@link maxSymbols}. */
function symbolReader(image: PeImage): (table: number) => readonly string[] {
  let count = 0;
  return (table) => {
    const symbols: string[] = [];
    for (let at = table; ; at += 8) {
      const low = image.u32(at, 'the import names');
      const high = image.u32(at + 4, 'the import names');
      if (low === 0 && high === 0) return symbols;
      count += 1;
      if (count > maxSymbols) image.bytes.fail(`wanted at most ${maxSymbols} imported symbols, got more`);
      const isOrdinal = high >= 0x8000_0000;
      symbols.push(isOrdinal ? `#${low & 0xffff}` : image.text(low + 2, 'the name of an imported symbol'));
    }
  };
}
