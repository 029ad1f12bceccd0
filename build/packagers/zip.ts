// Writes zip archives whose bytes depend on nothing but the members: one time stamp, the given order, no machine in them.
//
// archiver lays the archive out. It would deflate with node's own zlib, whose output differs with the processor and with
// the version of node, so it is handed what gzip deflated and stores that; the method, the digest and the size in the
// headers are put right afterwards.
//
//   local header, at each member               central header, one after the other at the end
//    0 'PK' 3 4                                 0 'PK' 1 2           28 length of name     u16
//    8 method u16: 0 stored, 8 deflated        10 method     u16     30 length of extras   u16
//   14 CRC-32 u32                              16 CRC-32     u32     32 length of comment  u16
//   18 size u32, 22 size before deflating      20 size u32, 24 …     42 place of the local header
//
// Source: APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT; gzip: RFC 1952.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { run } from '../process.ts';
import { contentOf, type FileMember, isFile, isLink, type Member } from './members.ts';

const endBytes = 22;

/** What stands in an archive for a member, and what its headers must say. */
interface Packed {
  readonly bytes: Buffer;
  /** Undefined where the bytes are the member's own. */
  readonly deflated: { readonly crc32: number; readonly sizeBytes: number } | undefined;
}

/**
 * Writes an archive.
 * @param members - files and folders, in the order of the archive, each path with its archive folder
 * @param epochSeconds - time stamp of every member, seconds since 1970; a zip knows none before 1980
 * @param dir - an empty folder for what is made on the way
 */
export async function writeZip(
  members: readonly Member[],
  epochSeconds: number,
  dir: string,
  file: string,
): Promise<void> {
  const link = members.find(isLink);
  if (link !== undefined)
    throw new TypeError(`Expected files and folders for members, got the link ${link.path}`);
  const packed = await deflate(members.filter(isFile), dir);
  // read when it is needed: the command line starts in half the time
  const { ZipArchive } = await import('archiver');
  const archive = new ZipArchive({ store: true });
  const date = new Date(epochSeconds * 1000);
  for (const member of members) {
    const entry = { name: member.path, mode: member.mode, date };
    if (isFile(member)) archive.append(packed.get(member.path)?.bytes ?? Buffer.alloc(0), entry);
    else archive.append(Buffer.alloc(0), { ...entry, type: 'directory' });
  }
  const [content] = await Promise.all([buffer(archive), archive.finalize()]);
  describeDeflated(content, packed);
  await writeFile(file, content);
}

/** Deflates every file by one call of gzip, and keeps as they are those that it makes no smaller. */
async function deflate(members: readonly FileMember[], dir: string): Promise<Map<string, Packed>> {
  const work = path.join(dir, 'deflated');
  await mkdir(work);
  const contents = await Promise.all(members.map(async (member) => Buffer.from(await contentOf(member))));
  const names = members.map((_, index) => String(index));
  for (const [index, content] of contents.entries()) await writeFile(path.join(work, String(index)), content);
  if (names.length > 0) await run(['gzip', '-9', '--no-name', ...names], { cwd: work });
  const packed = await Promise.all(
    members.map(async (member, index) => {
      const gzipped = await readFile(path.join(work, `${index}.gz`));
      return [member.path, smaller(contents[index] ?? Buffer.alloc(0), gzipped)] as const;
    }),
  );
  await rm(work, { recursive: true });
  return new Map(packed);
}

/** gzip, told to write no name, puts 10 bytes before what it deflated and 8 behind: the digest and the size. */
function smaller(content: Buffer, gzipped: Buffer): Packed {
  const bytes = gzipped.subarray(10, -8);
  if (bytes.length >= content.length) return { bytes: content, deflated: undefined };
  return { bytes, deflated: { crc32: gzipped.readUInt32LE(gzipped.length - 8), sizeBytes: content.length } };
}

/** Puts the headers of deflated members right, in place. */
function describeDeflated(archive: Buffer, packed: ReadonlyMap<string, Packed>): void {
  let central = archive.readUInt32LE(archive.length - endBytes + 16);
  while (archive.readUInt32LE(central) === 0x02014b50) {
    const nameBytes = archive.readUInt16LE(central + 28);
    const name = archive.toString('utf8', central + 46, central + 46 + nameBytes);
    const deflated = packed.get(name)?.deflated;
    if (deflated !== undefined) {
      describe(archive, central + 10, central + 16, deflated);
      const local = archive.readUInt32LE(central + 42);
      describe(archive, local + 8, local + 14, deflated);
    }
    central += 46 + nameBytes + archive.readUInt16LE(central + 30) + archive.readUInt16LE(central + 32);
  }
}

function describe(
  archive: Buffer,
  method: number,
  digest: number,
  { crc32, sizeBytes }: NonNullable<Packed['deflated']>,
): void {
  archive.writeUInt16LE(8, method);
  archive.writeUInt32LE(crc32, digest);
  archive.writeUInt32LE(sizeBytes, digest + 8);
}
