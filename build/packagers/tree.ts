// Lays members out on disk for the programs that pack a folder: dpkg-deb and rpmbuild. Modes and times are set, not
// inherited, so neither umask nor the clock shows in what they make.

import { chmod, lutimes, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentOf, isFile, type Member, withParents } from './members.ts';

/**
 * Writes members below a folder, with every folder above them.
 * @param epochSeconds - time stamp of everything, seconds since 1970
 */
export async function writeTree(
  members: readonly Member[],
  epochSeconds: number,
  dir: string,
): Promise<void> {
  const all = withParents(members);
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o755);
  for (const member of all) await writeMember(member, path.join(dir, member.path));
  // Inside out: writing into a folder changes its time.
  for (const member of all.reverse()) {
    const place = path.join(dir, member.path);
    if (member.type === 'symlink') await lutimes(place, epochSeconds, epochSeconds);
    else await utimes(place, epochSeconds, epochSeconds);
  }
  await utimes(dir, epochSeconds, epochSeconds);
}

async function writeMember(member: Member, place: string): Promise<void> {
  if (member.type === 'symlink') return symlink(member.linkTarget, place);
  if (member.type === 'directory') await mkdir(place, { recursive: true });
  else if (isFile(member)) await writeFile(place, await contentOf(member));
  await chmod(place, member.mode);
}
