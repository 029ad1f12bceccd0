// Reads archives of object files, `*.a`. Source: ar(5); the long names of System V and GNU (`/` and `//`), and those of BSD
// (`#1/<length>`) that Apple's linkers read.
//
//   "!<arch>\n" | header (60 bytes) | content, padded to an even length | header | …
//
// A header is text, filled up with blanks: name 16, time 12, owner 6, group 6, mode 8 (octal), size 10, "`\n".

import { BuildError } from '../errors.ts';

const magic = '!<arch>\n';
const headerBytes = 60;

/** One file of an archive; indexes and tables of names are among them. */
export interface ArchiveMember {
  /** The whole name, without padding. */
  readonly name: string;
  /** `symbols`: the linker's index; `names`: the table of long names; neither is an object. */
  readonly kind: 'object' | 'symbols' | 'names';
  /** Seconds since 1970. */
  readonly epochSeconds: number;
  readonly owner: number;
  readonly group: number;
  readonly content: Buffer;
}

/**
 * Reads every member.
 * @param path - for messages
 * @throws {BuildError} ERR_VALIDATION for what is no archive, a thin one, or one that is cut
 */
export function readArchive(bytes: Buffer, path: string): readonly ArchiveMember[] {
  const fail = (message: string) => new BuildError('ERR_VALIDATION', `${path}: ${message}`);
  const start = bytes.toString('latin1', 0, magic.length);
  if (start !== magic)
    throw fail(`wanted an archive of objects, got a file that begins ${JSON.stringify(start)}`);
  const members: ArchiveMember[] = [];
  let names: Buffer | undefined;
  for (let at = magic.length; at < bytes.length; ) {
    const header = bytes.toString('latin1', at, at + headerBytes);
    const sizeBytes = numberIn(header, 48, 10);
    if (header.length < headerBytes || !header.endsWith('`\n') || sizeBytes === undefined) {
      throw fail(`wanted the header of a member at byte ${at}, got ${JSON.stringify(header)}`);
    }
    const begin = at + headerBytes;
    const end = begin + sizeBytes;
    if (end > bytes.length) {
      throw fail(`wanted a member of ${sizeBytes} bytes at byte ${at}, got a file of ${bytes.length}`);
    }
    const member = memberOf(header, bytes.subarray(begin, end), names);
    if (member === undefined)
      throw fail(`wanted a member with a name at byte ${at}, got ${JSON.stringify(header)}`);
    if (member.kind === 'names') names = member.content;
    members.push(member);
    at = end + (end % 2);
  }
  return members;
}

function memberOf(header: string, content: Buffer, names: Buffer | undefined): ArchiveMember | undefined {
  const times = {
    epochSeconds: numberIn(header, 16, 12),
    owner: numberIn(header, 28, 6),
    group: numberIn(header, 34, 6),
  };
  const { epochSeconds = 0, owner = 0, group = 0 } = times; // GNU leaves them empty in its tables
  const short = header.slice(0, 16).trimEnd();
  const common = { epochSeconds, owner, group };
  if (short === '//') return { ...common, name: short, kind: 'names', content };
  if (short === '/' || short === '/SYM64/') return { ...common, name: short, kind: 'symbols', content };
  const bsd = /^#1\/(\d+)$/.exec(short)?.[1];
  if (bsd !== undefined) {
    const name = content.toString('latin1', 0, Number(bsd)).replace(/\0+$/, '');
    return { ...common, name, kind: kindOf(name), content: content.subarray(Number(bsd)) };
  }
  const gnu = /^\/(\d+)$/.exec(short)?.[1];
  const name = gnu === undefined ? short.replace(/\/$/, '') : longName(names, Number(gnu));
  return name === undefined || name === '' ? undefined : { ...common, name, kind: kindOf(name), content };
}

function kindOf(name: string): ArchiveMember['kind'] {
  return name.startsWith('__.SYMDEF') ? 'symbols' : 'object';
}

/** Names in the table end with `/` and a line feed, or with NUL. */
function longName(names: Buffer | undefined, at: number): string | undefined {
  if (names === undefined || at >= names.length) return undefined;
  const ends = [names.indexOf('\n', at), names.indexOf(0, at)].filter((end) => end >= 0);
  return names.toString('latin1', at, Math.min(names.length, ...ends)).replace(/\/$/, '');
}

function numberIn(header: string, from: number, length: number): number | undefined {
  const text = header.slice(from, from + length).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
