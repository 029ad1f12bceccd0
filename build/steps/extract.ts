// Extracts an archive with a look at every entry: nothing may leave the folder, and only files, folders and links inside it
// are accepted. Modes of the archive count as far as git keeps them: executable or not. An archive cannot make a file
// that runs as its owner, or one that everybody may write.

import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ReadEntry } from 'tar';
import { BuildError, fromFileSystemError } from '../errors.ts';
import { run } from '../process.ts';

const allowedTypes: ReadonlySet<string> = new Set([
  'File',
  'OldFile',
  'ContiguousFile',
  'Directory',
  'SymbolicLink',
  'Link',
]);

export interface ExtractOptions {
  /** Leading path components to drop. */
  readonly strip?: number;
  /** Which entries to extract, by their name in the archive; without it, all. */
  readonly keep?: (name: string) => boolean;
}

/** The programs that unpack an archive of this name. */
export function archivePrograms(fileName: string): readonly string[] {
  return fileName.endsWith('.xz') ? ['xz'] : [];
}

/**
 * Extracts a `.tar`, `.tar.gz`, `.tgz` or `.tar.xz` into a folder.
 * @throws {BuildError} ERR_ARCHIVE for a damaged archive, an entry that escapes the folder, or one that is a device or pipe
 */
export async function extractArchive(
  archive: string,
  dir: string,
  options: ExtractOptions = {},
): Promise<void> {
  const plain = archive.endsWith('.xz') ? `${dir}.tar` : archive;
  try {
    await mkdir(dir, { recursive: true });
    if (plain !== archive) await decompress(archive, plain);
    const { keep = () => true } = options;
    const problems: string[] = [];
    const { extract: untar } = await import('tar');
    await untar({
      file: plain,
      cwd: dir,
      strict: true,
      preserveOwner: false,
      strip: options.strip ?? 0,
      filter: (name, entry) => {
        const problem = 'type' in entry ? problemOf(entry) : undefined;
        if (problem !== undefined) problems.push(problem);
        if ('type' in entry) entry.mode = modeOf(entry);
        return problem === undefined && keep(name);
      },
    });
    if (problems.length > 0)
      throw new BuildError('ERR_ARCHIVE', `${path.basename(archive)}: ${problems[0]}; nothing of it is kept`);
  } catch (error) {
    throw archiveError(error, path.basename(archive));
  } finally {
    if (plain !== archive) await rm(plain, { force: true });
  }
}

async function decompress(archive: string, plain: string): Promise<void> {
  await run(['sh', '-c', 'exec xz --decompress --stdout -- "$1" > "$2"', 'xz', archive, plain]);
}

/** Written by the owner alone, read by all; the process's umask takes its part away. */
function modeOf({ type, mode = 0 }: Pick<ReadEntry, 'type' | 'mode'>): number {
  return type === 'Directory' || (mode & 0o100) !== 0 ? 0o755 : 0o644;
}

/** What is wrong with an entry, if anything. */
function problemOf(entry: Pick<ReadEntry, 'path' | 'type' | 'linkpath'>): string | undefined {
  if (!allowedTypes.has(entry.type))
    return `wanted files, folders and links, found ${entry.path}, a ${entry.type}`;
  if (escapes(entry.path)) return `wanted entries inside the folder, found ${entry.path}`;
  if (
    entry.type === 'SymbolicLink' &&
    escapes(path.posix.join(path.posix.dirname(entry.path), entry.linkpath ?? ''))
  )
    return `wanted links inside the folder, found ${entry.path} → ${entry.linkpath}`;
  if (entry.type === 'SymbolicLink' && path.posix.isAbsolute(entry.linkpath ?? ''))
    return `wanted relative links, found ${entry.path} → ${entry.linkpath}`;
  if (entry.type === 'Link' && escapes(entry.linkpath ?? ''))
    return `wanted links inside the folder, found ${entry.path} → ${entry.linkpath}`;
  return undefined;
}

function escapes(name: string): boolean {
  return path.posix.isAbsolute(name) || path.posix.normalize(name).split('/').includes('..');
}

function archiveError(error: unknown, name: string): unknown {
  const mapped = fromFileSystemError(error, `extracting ${name}`);
  if (mapped instanceof BuildError && mapped.code !== 'ERR_PROCESS') return mapped;
  const text = error instanceof Error ? error.message : String(error);
  return new BuildError('ERR_ARCHIVE', `${name}: wanted a whole archive, but reading it failed: ${text}`, {
    cause: error,
  });
}
