// Reads bills of materials (BOMStore), to test what writes them; build/formats/bom.ts draws the layout. Mirrors lsbom(8).

import { checkedBytes } from '../../build/formats/checked-bytes.ts';

/** A line of a bill of materials. */
export interface BomLine {
  readonly path: string;
  /** `st_mode`, with the type. */
  readonly mode: number;
  readonly owner: string;
  readonly epochSeconds: number;
  readonly sizeBytes: number;
  readonly checksum: number;
  readonly linkTarget: string | undefined;
}

/** The bytes of blocks by number, and what holds them all. */
interface Store {
  readonly block: (index: number) => Buffer;
  readonly variable: (name: string) => Buffer;
}

/**
 * The lines in the order of the tree.
 * @throws {Error} a number that contradicts another, or leads out of the file
 */
export function readBom(bytes: Buffer): readonly BomLine[] {
  const store = readStore(bytes);
  const info = store.variable('BomInfo');
  const keys = treeEntries(store, store.variable('Paths'));
  expect(info.readUInt32BE(4), keys.length + 1, 'the number of paths in BomInfo');
  const paths = new Map<number, string>();
  let last: Buffer = Buffer.alloc(0);
  const lines = keys.map(({ key, value }) => {
    if (Buffer.compare(last, key) >= 0)
      throw new Error(`wanted the keys in order, got ${key.toString('hex')}`);
    last = key;
    const [id, parent] = [value.readUInt32BE(0), key.readUInt32BE(0)];
    const name = key.toString('utf8', 4, key.length - 1);
    const above = paths.get(parent);
    if (parent !== 0 && above === undefined)
      throw new Error(`wanted the parent of ${name} before it, got none`);
    const path = above === undefined ? name : `${above}/${name}`;
    paths.set(id, path);
    return readRecord(path, store.block(value.readUInt32BE(4)));
  });
  const sizes = lines.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(info.readUInt32BE(20), sizes, 'the sum of sizes in BomInfo');
  expect(treeEntries(store, store.variable('HLIndex')).length, lines.length, 'the entries of HLIndex');
  const vIndex = store.block(store.variable('VIndex').readUInt32BE(4));
  expect(treeEntries(store, vIndex).length, 0, 'the entries of VIndex');
  expect(treeEntries(store, store.variable('Size64')).length, 0, 'the entries of Size64');
  return lines;
}

function readStore(bytes: Buffer): Store {
  const view = checkedBytes(bytes, 'bom', 'big endian');
  expect(view.slice(0, 8, 'magic').toString(), 'BOMStore', 'the magic');
  expect(view.u32(8, 'version'), 1, 'the version');
  const [index, indexSize, variables, size] = [16, 20, 24, 28].map((at) => view.u32(at, 'the header')) as [
    number,
    number,
    number,
    number,
  ];
  const count = view.u32(index, 'the number of blocks');
  expect(view.u32(12, 'the number of blocks'), count - 1, 'the number of blocks without the empty one');
  expect(indexSize, 4 + count * 8 + 20, 'the size of the index with an empty free list');
  expect(variables + size, bytes.length, 'the end of the file');
  const block = (number: number) => {
    if (number < 1 || number >= count)
      throw new Error(`wanted a block from 1 to ${count - 1}, got ${number}`);
    const at = index + 4 + number * 8;
    return view.slice(view.u32(at, 'a block'), view.u32(at + 4, 'a block'), `block ${number}`);
  };
  const named = new Map<string, number>();
  let at = variables + 4;
  for (let rest = view.u32(variables, 'the number of variables'); rest > 0; rest -= 1) {
    const length = view.u8(at + 4, 'the length of a name');
    named.set(view.slice(at + 5, length, 'a name').toString(), view.u32(at, 'a variable'));
    at += 5 + length;
  }
  expect(at, bytes.length, 'the end of the variables');
  return { block, variable: (name) => block(named.get(name) ?? 0) };
}

/** Walks down the first pages to the leaves, then along them, and along the pages above beside them. */
function treeEntries({ block }: Store, head: Buffer): readonly { key: Buffer; value: Buffer }[] {
  expect(head.toString('latin1', 0, 4), 'tree', 'the head of a tree');
  const pageSize = head.readUInt32BE(12);
  const readPage = (number: number) => {
    const page = block(number);
    expect(page.length, pageSize, 'the size of a page');
    const pairs = Array.from({ length: page.readUInt16BE(2) }, (_, index) => ({
      value: page.readUInt32BE(12 + index * 8),
      key: page.readUInt32BE(16 + index * 8),
    }));
    return {
      isLeaf: page.readUInt16BE(0) === 1,
      next: page.readUInt32BE(4),
      previous: page.readUInt32BE(8),
      pairs,
    };
  };
  const leaves: number[] = [];
  const descend = (number: number): number => {
    const { isLeaf, pairs } = readPage(number);
    if (isLeaf) {
      leaves.push(number);
      return pairs.at(-1)?.key ?? 0;
    }
    for (const { value, key } of pairs) expect(descend(value), key, 'the last key of a page');
    return pairs.at(-1)?.key ?? 0;
  };
  descend(head.readUInt32BE(8));
  const entries = leaves.flatMap((number, index) => {
    const { next, previous, pairs } = readPage(number);
    expect(next, leaves[index + 1] ?? 0, 'the next page');
    expect(previous, leaves[index - 1] ?? 0, 'the previous page');
    return pairs;
  });
  expect(head.readUInt32BE(16), entries.length, 'the number of entries of a tree');
  return entries.map(({ key, value }) => ({ key: block(key), value: block(value) }));
}

function readRecord(path: string, record: Buffer): BomLine {
  const linkLength = record.readUInt32BE(27);
  const type = record.readUInt8(0);
  expect(record.length, 31 + linkLength + ({ 1: 4, 2: 0, 3: 8 }[type] ?? -1), 'the size of a record');
  return {
    path,
    mode: record.readUInt16BE(4),
    owner: `${record.readUInt32BE(6)}/${record.readUInt32BE(10)}`,
    epochSeconds: record.readUInt32BE(14),
    sizeBytes: record.readUInt32BE(18),
    checksum: record.readUInt32BE(23),
    linkTarget: linkLength === 0 ? undefined : record.toString('utf8', 31, 31 + linkLength - 1),
  };
}

function expect(got: unknown, wanted: unknown, what: string): void {
  if (got !== wanted) throw new Error(`wanted ${what} to be ${String(wanted)}, got ${String(got)}`);
}
