// Reads the xar archives that build/formats/xar.ts writes, and trusts nothing in them.

import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';

/** An archive. */
export interface XarArchive {
  /** The table of contents, XML. */
  readonly table: string;
  /** Content of each file by its path. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** @throws {Error} a digest or a size that is wrong, or bytes that no file owns */
export function readXar(bytes: Buffer): XarArchive {
  const heap = bytes.readUInt16BE(4) + Number(bytes.readBigUInt64BE(8));
  const compressed = bytes.subarray(bytes.readUInt16BE(4), heap);
  const table = inflateSync(compressed);
  expect(bytes.toString('latin1', 0, 4), 'xar!', 'the magic');
  expect(bytes.readUInt16BE(6), 1, 'the version');
  expect(bytes.readUInt32BE(24), 1, 'the kind of checksum');
  expect(table.length, Number(bytes.readBigUInt64BE(16)), 'the size of the table');
  expect(sha1(compressed), bytes.toString('hex', heap, heap + 20), 'the digest of the table');
  const files = new Map<string, Buffer>();
  const folders: string[] = [];
  let end = heap + 20;
  const ids: number[] = [];
  for (const [, id, name, type, data, closing] of table
    .toString('utf8')
    .matchAll(
      /<file id="(\d+)">\n<name>([^<]*)<\/name>\n<type>(\w+)<\/type>(?:\n<(?:mode|uid|user|gid|group|mtime)>[^<]*<\/\w+>)*\n(?:<data>([\s\S]*?)<\/data>\n<\/file>)?|(<\/file>)/g,
    )) {
    if (closing !== undefined) {
      folders.pop();
      continue;
    }
    ids.push(Number(id));
    if (type === 'directory') {
      folders.push(name ?? '');
      continue;
    }
    const value = (key: string) =>
      new RegExp(`<${key}(?: style="sha1")?>(.*)</${key}>`).exec(data ?? '')?.[1];
    expect(heap + Number(value('offset')), end, `the place of ${name}`);
    const content = bytes.subarray(end, end + Number(value('length')));
    expect(value('size'), value('length'), `the size of ${name}`);
    expect(value('archived-checksum'), sha1(content), `the digest of ${name}`);
    expect(value('extracted-checksum'), sha1(content), `the digest of ${name}`);
    end += content.length;
    files.set([...folders, name].join('/'), content);
  }
  expect(end, bytes.length, 'the end of the heap');
  expect(ids.join(), ids.map((_, index) => index + 1).join(), 'the numbers of the files');
  return { table: table.toString('utf8'), files };
}

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

function expect(got: unknown, wanted: unknown, what: string): void {
  if (got !== wanted) throw new Error(`wanted ${what} to be ${String(wanted)}, got ${String(got)}`);
}
