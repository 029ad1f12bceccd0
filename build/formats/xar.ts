// Writes xar archives, which macOS takes as installer packages: a table of contents in XML, then the files as they are.
//
//   header, 28 bytes, big endian      table of contents, zlib                heap
//    0 "xar!"                         <xar><toc>                             0 SHA-1 of the compressed table
//    4 size of the header u16          <checksum> where the heap has it     20 the files, one after the other
//    6 version u16 = 1                 <creation-time>
//    8 table, compressed u64           <file id="1"> name, type, mode, …
//   16 table, as it is u64               <data> place in the heap, sizes,
//   24 checksum u32: 1 SHA-1                 checksums, encoding; or <file>s
//
// SHA-1 is what Apple's own pkgbuild writes and what every reader knows; who vouches for a package is the business of its
// signature. The zlib stream holds stored blocks, because what a deflater writes depends on its version and processor.
// Source: the wiki and the source of xar 1.8, which is Apple's; RFC 1950 and 1951. Mirrors `xar --compression none`.

import { createHash } from 'node:crypto';
import { escapeXml } from './xml.ts';

/** A file of the archive. */
export interface XarFile {
  /** Folders need no entry of their own. */
  readonly path: string;
  readonly content: Uint8Array;
}

const headerBytes = 28;
const digestBytes = 20;

/** A file in its folder, with its place in the heap; or a folder. */
type Node = (XarFile & { readonly offset: number }) | Map<string, Node>;

/**
 * Makes an archive.
 * @param files - in the order of the heap
 * @param epochSeconds - the one time stamp, seconds since 1970
 */
export function xarArchive(files: readonly XarFile[], epochSeconds: number): Buffer {
  const root: Map<string, Node> = new Map();
  let offset = digestBytes;
  for (const file of files) {
    place(root, file.path.split('/'), { ...file, offset });
    offset += file.content.length;
  }
  const table = Buffer.from(tableOfContents(root, epochSeconds));
  const compressed = zlibStored(table);
  const header = Buffer.alloc(headerBytes);
  header.write('xar!');
  header.writeUInt16BE(headerBytes, 4);
  header.writeUInt16BE(1, 6);
  header.writeBigUInt64BE(BigInt(compressed.length), 8);
  header.writeBigUInt64BE(BigInt(table.length), 16);
  header.writeUInt32BE(1, 24);
  return Buffer.concat([header, compressed, sha1(compressed), ...files.map(({ content }) => content)]);
}

function place(folder: Map<string, Node>, [name = '', ...rest]: readonly string[], file: Node): void {
  if (rest.length === 0) {
    folder.set(name, file);
    return;
  }
  const inner = folder.get(name) ?? new Map<string, Node>();
  folder.set(name, inner);
  if (inner instanceof Map) place(inner, rest, file);
}

function tableOfContents(root: ReadonlyMap<string, Node>, epochSeconds: number): string {
  const time = new Date(epochSeconds * 1000).toISOString().replace(/\.\d+Z$/, '');
  let id = 0;
  const render = (folder: ReadonlyMap<string, Node>): string =>
    [...folder]
      .map(([name, node]) => {
        id += 1;
        const isFolder = node instanceof Map;
        return `<file id="${id}">
<name>${escapeXml(name)}</name>
<type>${isFolder ? 'directory' : 'file'}</type>
<mode>${isFolder ? '0755' : '0644'}</mode>
<uid>0</uid>
<user>root</user>
<gid>0</gid>
<group>wheel</group>
<mtime>${time}Z</mtime>
${isFolder ? render(node) : dataElement(node)}</file>
`;
      })
      .join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<xar>
<toc>
<checksum style="sha1">
<offset>0</offset>
<size>${digestBytes}</size>
</checksum>
<creation-time>${time}</creation-time>
${render(root)}</toc>
</xar>
`;
}

function dataElement({ content, offset }: XarFile & { readonly offset: number }): string {
  const digest = sha1(content).toString('hex');
  return `<data>
<archived-checksum style="sha1">${digest}</archived-checksum>
<extracted-checksum style="sha1">${digest}</extracted-checksum>
<encoding style="application/octet-stream"/>
<offset>${offset}</offset>
<size>${content.length}</size>
<length>${content.length}</length>
</data>
`;
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}

/** A zlib stream of stored blocks: a header of two bytes, each block's length and its complement, Adler-32. */
function zlibStored(bytes: Buffer): Buffer {
  const most = 0xffff;
  const parts: Buffer[] = [Buffer.from([0x78, 0x01])];
  for (let at = 0; at === 0 || at < bytes.length; at += most) {
    const block = bytes.subarray(at, at + most);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + most >= bytes.length ? 1 : 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(head, block);
  }
  const check = Buffer.alloc(4);
  check.writeUInt32BE(adler32(bytes));
  return Buffer.concat([...parts, check]);
}

function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}
