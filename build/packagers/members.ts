// What goes into an archive or a package: entries of the stage under another path, and files that a packager writes itself.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import type { DirectoryEntry, Entry, FileEntry, LinkEntry } from '../types.ts';

/** A file whose content a packager makes. */
interface MadeEntry {
  readonly type: 'made';
  readonly path: string;
  readonly mode: number;
  readonly content: string | Uint8Array;
}

/** One thing in an archive, its path relative to the archive's root. */
export type Member = Entry | MadeEntry;

/** A member that has bytes. */
export type FileMember = FileEntry | MadeEntry;

/** The entry `folder` and those below it, with `into` in its place; `.` stands for the root. */
export function moved(entries: readonly Entry[], folder: string, into: string): Member[] {
  return entries
    .filter((entry) => entry.path === folder || entry.path.startsWith(`${folder}/`))
    .map((entry) => ({ ...entry, path: path.posix.join(into, entry.path.slice(folder.length)) }));
}

/** Sorts members by the bytes of their paths: no locale, and every folder before what it holds. */
export function sorted(members: readonly Member[]): Member[] {
  return [...members].sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
}

/** The folders that members lie in and that are not among them, so that every path has its parents. */
export function withParents(members: readonly Member[]): Member[] {
  const known = new Set(members.map((member) => member.path));
  const parents: DirectoryEntry[] = [];
  for (const member of members) {
    const segments = member.path.split('/');
    for (let length = 1; length < segments.length; length++) {
      const parent = segments.slice(0, length).join('/');
      if (known.has(parent)) continue;
      known.add(parent);
      parents.push({ type: 'directory', path: parent, mode: 0o755 });
    }
  }
  return sorted([...parents, ...members]);
}

/** Whether a member has bytes. */
export function isFile(member: Member): member is FileMember {
  return member.type === 'file' || member.type === 'made';
}

/** Whether a member is a link. */
export function isLink(member: Member): member is LinkEntry {
  return member.type === 'symlink';
}

/**
 * The bytes of a file.
 * @throws {BuildError} ERR_VALIDATION when it is no longer what the stage says
 */
export async function contentOf(member: FileMember): Promise<Uint8Array> {
  if (member.type === 'made') return Buffer.from(member.content);
  const content = await readFile(member.source);
  if (content.length === member.sizeBytes) return content;
  const message = `${member.source}: wanted the ${member.sizeBytes} bytes of the stage, got ${content.length}; build the stage again`;
  throw new BuildError('ERR_VALIDATION', message);
}
