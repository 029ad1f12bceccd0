// The times that a PE file keeps beside its headers and its tables of symbols, each at byte 4 of what holds it.
//
//   debug directory: entries of 28 bytes     load configuration     resource directory: 16 bytes and entries
//    4 TimeDateStamp u32                      4 TimeDateStamp u32     4 TimeDateStamp u32
//                                                                    12 NumberOfNamedEntries u16, 14 …IdEntries u16
//                                                                    16 entries: name u32, place u32 from the root,
//                                                                       bit 31 set where it is a directory again

import { DIRECTORY } from './pe-constants.ts';
import type { PeDirectory, PeImage } from './pe-image.ts';

/** A field for a time. */
export interface TimeStamp {
  /** What has it, as in `the COFF header`. */
  readonly of: string;
  /** Seconds since 1970 or, by a linker that was told to write none, a constant. */
  readonly value: number;
}

const debugEntryBytes = 28;
/** Type, name and language. */
const resourceLevels = 3;
const maxResourceDirectories = 10_000;

/** @param directory - answers a data directory, or undefined where the file has none */
export function readTimeStamps(
  image: PeImage,
  directory: (index: number) => PeDirectory | undefined,
): TimeStamp[] {
  const loadConfig = directory(DIRECTORY.LOAD_CONFIG);
  const resources = directory(DIRECTORY.RESOURCE);
  return [
    ...debugTimeStamps(image, directory(DIRECTORY.DEBUG)),
    ...(loadConfig === undefined ? [] : [stampAt(image, loadConfig.address, 'the load configuration')]),
    ...(resources === undefined ? [] : resourceTimeStamps(image, resources.address)),
  ];
}

function debugTimeStamps(image: PeImage, directory: PeDirectory | undefined): TimeStamp[] {
  if (directory === undefined) return [];
  image.offsetOf(directory.address, directory.sizeBytes, 'the debug directory');
  return Array.from({ length: Math.floor(directory.sizeBytes / debugEntryBytes) }, (_, index) =>
    stampAt(image, directory.address + index * debugEntryBytes, `entry ${index} of the debug directory`),
  );
}

function resourceTimeStamps(image: PeImage, root: number): TimeStamp[] {
  const found: TimeStamp[] = [];
  let level: readonly number[] = [root];
  for (let depth = 0; depth < resourceLevels; depth += 1) {
    const below: number[] = [];
    for (const address of level) {
      found.push(stampAt(image, address, 'a resource directory'));
      below.push(...subdirectories(image, root, address));
    }
    if (found.length + below.length > maxResourceDirectories) {
      image.bytes.fail(`wanted at most ${maxResourceDirectories} resource directories, got more`);
    }
    level = below;
  }
  if (level.length > 0) image.bytes.fail('wanted resources by type, name and language, got a fourth level');
  return found;
}

function subdirectories(image: PeImage, root: number, address: number): number[] {
  const what = 'a resource directory';
  const count = image.u16(address + 12, what) + image.u16(address + 14, what);
  image.offsetOf(address, 16 + count * 8, what);
  const places = Array.from({ length: count }, (_, index) => image.u32(address + 20 + index * 8, what));
  return places.filter((place) => place >= 0x8000_0000).map((place) => root + place - 0x8000_0000);
}

function stampAt(image: PeImage, address: number, of: string): TimeStamp {
  return { of, value: image.u32(address + 4, of) };
}
