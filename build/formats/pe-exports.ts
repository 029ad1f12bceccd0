// The export table of a PE file.
//
//   export directory, 40 bytes
//    4 TimeDateStamp  u32     20 NumberOfFunctions u32     28 AddressOfFunctions u32
//   12 Name           u32     24 NumberOfNames     u32     32 AddressOfNames     u32
//   16 Base           u32                                  36 AddressOfNameOrdinals u32

import type { PeDirectory, PeImage } from './pe-image.ts';

/** What a library offers. */
export interface PeExports {
  /** The name that it was linked under. */
  readonly library: string;
  /** Names in the order of the table, then `#` and the ordinal of each function without a name. */
  readonly symbols: readonly string[];
  /** Of those, the ones that another library answers for, as `name -> library.name`. */
  readonly forwarded: readonly string[];
  readonly timeDateStamp: number;
}

/** What 16-bit ordinals can count. */
const maxFunctions = 65_536;

export function readExports(image: PeImage, directory: PeDirectory | undefined): PeExports | undefined {
  if (directory === undefined) return undefined;
  const field = (offset: number) => image.u32(directory.address + offset, 'the export directory');
  const functions = readFunctions(image, field(20), field(28));
  const names = readNames(image, field(24), field(32), field(36));
  for (const { ordinal } of names) {
    if (ordinal >= functions.length) {
      image.bytes.fail(`wanted export ordinals below ${functions.length}, got ${ordinal}`);
    }
  }
  const named = new Set(names.map(({ ordinal }) => ordinal));
  const unnamed = functions.flatMap((address, ordinal) =>
    address === 0 || named.has(ordinal) ? [] : [{ name: `#${field(16) + ordinal}`, ordinal }],
  );
  const all = [...names, ...unnamed];
  const isForwarder = (address: number) =>
    address >= directory.address && address < directory.address + directory.sizeBytes;
  return {
    library: image.text(field(12), 'the name of the library'),
    timeDateStamp: field(4),
    symbols: all.map(({ name }) => name),
    forwarded: all.flatMap(({ name, ordinal }) => {
      const address = functions[ordinal] ?? 0;
      return isForwarder(address) ? [`${name} -> ${image.text(address, 'a forwarder')}`] : [];
    }),
  };
}

function readFunctions(image: PeImage, count: number, table: number): readonly number[] {
  expectCount(image, count, 'exported functions');
  if (count === 0) return [];
  const offset = image.offsetOf(table, count * 4, 'the exported functions');
  return Array.from({ length: count }, (_, index) =>
    image.bytes.u32(offset + index * 4, 'the exported functions'),
  );
}

function readNames(image: PeImage, count: number, table: number, ordinals: number) {
  expectCount(image, count, 'exported names');
  if (count === 0) return [];
  const offset = image.offsetOf(table, count * 4, 'the exported names');
  const ordinalOffset = image.offsetOf(ordinals, count * 2, 'the export ordinals');
  return Array.from({ length: count }, (_, index) => ({
    name: image.text(image.bytes.u32(offset + index * 4, 'the exported names'), 'the name of an export'),
    ordinal: image.bytes.u16(ordinalOffset + index * 2, 'the export ordinals'),
  }));
}

function expectCount(image: PeImage, count: number, what: string): void {
  if (count > maxFunctions) image.bytes.fail(`wanted at most ${maxFunctions} ${what}, got ${count}`);
}
