// Writes cpio archives in the portable format of POSIX ("odc"), which macOS reads as a package's payload.
//
//   0 c_magic "070707"   18 c_mode 6    36 c_nlink 6     59 c_namesize 6, with the NUL
//   6 c_dev   6          24 c_uid  6    42 c_rdev  6     65 c_filesize 11
//  12 c_ino   6          30 c_gid  6    48 c_mtime 11    76 the name and NUL, then the bytes
//
// All numbers are octal digits. The last header has the name TRAILER!!!; the archive is padded to 512 bytes.
// Source: POSIX.1-1997, pax, "Octet-Oriented cpio Format"; cpio(5).

import { type UnixEntry, unixMode } from './unix-entry.ts';

const blockBytes = 512;

/**
 * Makes an archive.
 * @param entries - each folder before what it holds
 * @param epochSeconds - time stamp of everything, seconds since 1970
 * @throws {RangeError} a number that its field does not hold
 */
export function cpioArchive(entries: readonly UnixEntry[], epochSeconds: number): Buffer {
  const parts = entries.flatMap((entry, index) => [
    header({
      inode: index + 1,
      mode: unixMode(entry),
      links: entry.type === 'directory' ? 2 : 1,
      epochSeconds,
      name: entry.path,
      sizeBytes: entry.content.length,
    }),
    entry.content,
  ]);
  const trailer = { inode: 0, mode: 0, links: 1, epochSeconds: 0, name: 'TRAILER!!!', sizeBytes: 0 };
  const archive = Buffer.concat([...parts, header(trailer)]);
  return Buffer.concat([archive, Buffer.alloc(-archive.length & (blockBytes - 1))]);
}

interface Header {
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly epochSeconds: number;
  readonly name: string;
  readonly sizeBytes: number;
}

function header({ inode, mode, links, epochSeconds, name, sizeBytes }: Header): Buffer {
  const path = Buffer.from(`${name}\0`);
  // device, inode, mode, owner, group, links, device number, time, lengths of the name and of the content
  const small = [0, inode, mode, 0, 0, links, 0].map((value) => octal(value, 6));
  const fields = ['070707', ...small, octal(epochSeconds, 11), octal(path.length, 6), octal(sizeBytes, 11)];
  return Buffer.concat([Buffer.from(fields.join('')), path]);
}

function octal(value: number, digits: number): string {
  const text = value.toString(8).padStart(digits, '0');
  if (text.length > digits) throw new RangeError(`Expected a number of ${digits} octal digits, got ${value}`);
  return text;
}
