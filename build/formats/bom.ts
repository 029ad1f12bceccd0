// Writes bills of materials (BOMStore): what a package of macOS installs, with modes, owners and checksums. Big endian.
//
//   header, 512 bytes: 0 "BOMStore"   8 version u32 = 1   12 number of blocks u32, without the empty one
//                     16 index: place u32, size u32      24 variables: place u32, size u32
//   blocks            whatever the variables lead to, each known by its number; number 0 is empty
//   index             count u32, then place u32 and size u32 of each block; free list: count u32 = 0, two empty places
//   variables         count u32, then of each: block u32, length of the name u8, the name
//
//   BomInfo   version u32 = 1, number of paths + 1 u32, number of sums u32; sum: cputype u32 (0 any), 0 u32, bytes u32, 0 u32
//   tree      "tree", version u32 = 1, first page u32 (a block), size of pages u32, number of entries u32, 0 u8
//   page      is leaf u16, number of entries u16, next page u32, previous page u32; entry: value u32, key u32 (blocks)
//             a page that is no leaf has the pages below it as values, and the last key of each
//   Paths     tree; key: parent's id u32, name, NUL; value: id u32, block of the record u32; sorted by parent's id and name
//   record    type u8 (1 file, 2 folder, 3 link), 1 u8, 15 u16, mode u16, owner u32, group u32, time u32, size u32, 1 u8,
//             checksum u32, length of the link's text with NUL u32, the text, then 4 zeros for a file and 8 for a link
//   HLIndex   tree; key: block of a record; value: block of a tree of 64-byte pages that holds its other names, none here
//   VIndex    1 u32, block of an empty tree of 128-byte pages u32, 0 u32, 0 u8
//   Size64    empty tree: sizes that 32 bits do not hold
//
// Apple has not published the format: this is what mkbom(8) writes, as others have described it, and lsbom(8) reads.

import { cksum } from './cksum.ts';
import { type UnixEntry, unixMode } from './unix-entry.ts';

const headerBytes = 512;
const pageBytes = 4096;
/** As mkbom fills them. */
const entriesPerPage = 256;
const recordTypes = { file: 1, directory: 2, symlink: 3 } as const;
const reservedBytes = { file: 4, directory: 0, symlink: 8 } as const;

/** An entry of a tree: two numbers of blocks. */
interface TreeEntry {
  readonly key: number;
  readonly value: number;
}

/**
 * Makes a bill of materials.
 * @param entries - `.` and everything below it
 * @param epochSeconds - time stamp of everything, seconds since 1970
 */
export function billOfMaterials(entries: readonly UnixEntry[], epochSeconds: number): Buffer {
  const blocks: Uint8Array[] = [new Uint8Array()];
  const totalBytes = entries.reduce((sum, { content }) => sum + content.length, 0);
  const info = add(blocks, u32(1, entries.length + 1, 1), u32(0, 0, totalBytes, 0));
  const { paths, records } = addPaths(blocks, entries, epochSeconds);
  const otherNames = records.map((record) => ({
    key: add(blocks, u32(record)),
    value: add(blocks, u32(addTree(blocks, [], 64))),
  }));
  return assemble(blocks, {
    BomInfo: info,
    Paths: addTree(blocks, paths, pageBytes),
    HLIndex: addTree(blocks, otherNames, pageBytes),
    VIndex: add(blocks, u32(1, addTree(blocks, [], 128), 0), u8(0)),
    Size64: addTree(blocks, [], pageBytes),
  });
}

/** Adds a block and answers its number. */
function add(blocks: Uint8Array[], ...parts: readonly Uint8Array[]): number {
  return blocks.push(Buffer.concat(parts)) - 1;
}

function addPaths(
  blocks: Uint8Array[],
  entries: readonly UnixEntry[],
  epochSeconds: number,
): { readonly paths: readonly TreeEntry[]; readonly records: readonly number[] } {
  const ordered = [...entries].sort((left, right) => byParts(left.path, right.path));
  const ids = new Map(ordered.map(({ path }, index) => [path, index + 1]));
  const named = ordered.map((entry) => {
    const slash = entry.path.lastIndexOf('/');
    const parent = slash < 0 ? 0 : (ids.get(entry.path.slice(0, slash)) ?? 0);
    return { entry, id: ids.get(entry.path) ?? 0, parent, name: entry.path.slice(slash + 1) };
  });
  named.sort((left, right) => left.parent - right.parent || byParts(left.name, right.name));
  const records = named.map(({ entry }) => add(blocks, recordOf(entry, epochSeconds)));
  const paths = named.map(({ id, parent, name }, index) => ({
    value: add(blocks, u32(id, records[index] ?? 0)),
    key: add(blocks, u32(parent), Buffer.from(`${name}\0`)),
  }));
  return { paths, records };
}

/** By the bytes of their parts: a folder, then what it holds, then what follows it. */
function byParts(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left.replaceAll('/', '\0')), Buffer.from(right.replaceAll('/', '\0')));
}

function recordOf(entry: UnixEntry, epochSeconds: number): Buffer {
  const { type, content } = entry;
  const link = type === 'symlink' ? Buffer.concat([content, u8(0)]) : u8();
  return Buffer.concat([
    u8(recordTypes[type], 1),
    u16(15, unixMode(entry)),
    u32(0, 0, epochSeconds, content.length),
    u8(1),
    u32(type === 'directory' ? 0 : cksum(content), link.length),
    link,
    Buffer.alloc(reservedBytes[type]),
  ]);
}

/** Adds a tree of sorted entries and answers the number of its head. */
function addTree(blocks: Uint8Array[], entries: readonly TreeEntry[], sizeBytes: number): number {
  const root = addPages(blocks, entries, 1, sizeBytes);
  return add(blocks, Buffer.from('tree'), u32(1, root, sizeBytes, entries.length), u8(0));
}

/** Adds the pages of one level, one block after the other, and those above it; answers the number of the highest. */
function addPages(
  blocks: Uint8Array[],
  entries: readonly TreeEntry[],
  isLeaf: 0 | 1,
  sizeBytes: number,
): number {
  const first = blocks.length;
  const last = first + Math.max(1, Math.ceil(entries.length / entriesPerPage)) - 1;
  const above: TreeEntry[] = [];
  for (let page = first; page <= last; page += 1) {
    const start = (page - first) * entriesPerPage;
    const own = entries.slice(start, start + entriesPerPage);
    const next = isLeaf === 1 && page < last ? page + 1 : 0;
    const previous = isLeaf === 1 && page > first ? page - 1 : 0;
    const pointers = own.map(({ value, key }) => u32(value, key));
    const used = Buffer.concat([u16(isLeaf, own.length), u32(next, previous), ...pointers]);
    above.push({
      value: add(blocks, used, Buffer.alloc(sizeBytes - used.length)),
      key: own.at(-1)?.key ?? 0,
    });
  }
  return first === last ? first : addPages(blocks, above, 0, sizeBytes);
}

function assemble(blocks: readonly Uint8Array[], variables: Readonly<Record<string, number>>): Buffer {
  const contents = Buffer.concat(blocks);
  let at = headerBytes;
  const places = blocks.map((block) => {
    const place = block.length === 0 ? 0 : at;
    at += block.length;
    return u32(place, block.length);
  });
  const index = Buffer.concat([u32(blocks.length), ...places, u32(0), Buffer.alloc(16)]);
  const names = Object.entries(variables).map(([name, block]) =>
    Buffer.concat([u32(block), u8(name.length), Buffer.from(name)]),
  );
  const named = Buffer.concat([u32(names.length), ...names]);
  const header = Buffer.concat([
    Buffer.from('BOMStore'),
    u32(1, blocks.length - 1, at, index.length, at + index.length, named.length),
  ]);
  return Buffer.concat([header, Buffer.alloc(headerBytes - header.length), contents, index, named]);
}

function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}
