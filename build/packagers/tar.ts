// Writes tar archives whose bytes depend on nothing but the members: one time stamp, root as owner, the given order.
//
//   ustar header (512 bytes) | content, padded to 512 | … | two blocks of zeros
//
// A path that does not fit into a ustar header gets a pax header before it (POSIX.1-2001, pax interchange format).

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as Tar from 'tar';
import { contentOf, isFile, type Member } from './members.ts';

const blockBytes = 512;

/** Header types of what a stage may hold. */
const headerTypes = { file: 'File', made: 'File', directory: 'Directory', symlink: 'SymbolicLink' } as const;

/**
 * Writes an archive.
 * @param members - in the order of the archive, each path with its archive folder
 * @param epochSeconds - time stamp of every member, seconds since 1970
 */
export async function writeTar(
  members: readonly Member[],
  epochSeconds: number,
  file: string,
): Promise<void> {
  await pipeline(
    Readable.from(blocks(members, epochSeconds), { objectMode: false }),
    createWriteStream(file),
  );
}

async function* blocks(members: readonly Member[], epochSeconds: number): AsyncGenerator<Uint8Array> {
  const tar = await import('tar');
  for (const member of members) {
    const content = isFile(member) ? await contentOf(member) : new Uint8Array();
    yield header(tar, member, content.length, epochSeconds);
    if (content.length === 0) continue;
    yield content;
    yield new Uint8Array((blockBytes - (content.length % blockBytes)) % blockBytes);
  }
  yield new Uint8Array(2 * blockBytes);
}

function header(
  { Header, Pax }: typeof Tar,
  member: Member,
  sizeBytes: number,
  epochSeconds: number,
): Uint8Array {
  const data = {
    path: member.type === 'directory' ? `${member.path}/` : member.path,
    type: headerTypes[member.type],
    mode: member.type === 'symlink' ? 0o777 : member.mode,
    size: sizeBytes,
    uid: 0,
    gid: 0,
    uname: 'root',
    gname: 'root',
    mtime: new Date(epochSeconds * 1000),
    ...(member.type === 'symlink' ? { linkpath: member.linkTarget } : {}),
  };
  const ustar = new Header(data);
  const needsPax = ustar.encode();
  const block = ustar.block ?? new Uint8Array();
  if (!needsPax) return block;
  const { path, linkpath } = data as { path: string; linkpath?: string };
  const pax = new Pax(linkpath === undefined ? { path } : { path, linkpath }).encode();
  return Buffer.concat([pax, block]);
}
