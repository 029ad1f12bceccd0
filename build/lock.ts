// Locks between builds that share a cache, one per step. flock(1) holds a lock for as long as its standard input is open, so a
// lock ends with the process that took it, whatever ends that process. Its holder removes the file of a lock; a process
// that waited for it then sees that the file is not the one in the folder any more, and takes the new one.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ensureDir } from './ensure-dir.ts';
import { BuildError } from './errors.ts';
import { start } from './process.ts';

/** Gives a lock back. */
export type Release = () => Promise<void>;

/** $1 is the file, $2 an option of flock. Signals of the terminal end the builder, and the end of its input ends this. */
const script = `
trap '' HUP INT TERM
while :; do
  exec 9>>"$1" || exit 1
  flock "$2" 9 || { echo taken; exit 0; }
  [ "$1" -ef /dev/fd/9 ] && break
done
echo held
cat
rm -f "$1"`;

/**
 * Takes a lock of a cache, and waits while another process has it.
 * @param name - what it protects, a file name: `compile-linux-x64-<key>`
 * @param onWait - called once when another process has it
 * @throws {BuildError} ERR_NOT_WRITABLE, ERR_DISK_FULL when the lock cannot be made
 */
export async function takeLock(cacheDir: string, name: string, onWait: () => void): Promise<Release> {
  const free = await tryLock(cacheDir, name);
  if (free !== undefined) return free;
  onWait();
  const release = await lock(cacheDir, name, '--exclusive');
  if (release !== undefined) return release;
  throw new BuildError(
    'ERR_NOT_WRITABLE',
    `${lockFile(cacheDir, name)}: expected flock to wait for the lock`,
  );
}

/** Takes a lock unless another process has it. */
export function tryLock(cacheDir: string, name: string): Promise<Release | undefined> {
  return lock(cacheDir, name, '--nonblock');
}

function lockFile(cacheDir: string, name: string): string {
  return path.join(cacheDir, 'locks', name);
}

async function lock(cacheDir: string, name: string, option: string): Promise<Release | undefined> {
  const file = lockFile(cacheDir, name);
  await ensureDir(path.dirname(file));
  const child = start(['sh', '-c', script, 'sh', file, option]);
  const ended = once(child, 'close').catch(() => undefined);
  const said = await firstWord(child);
  if (said.word === 'taken') return undefined;
  if (said.word !== 'held') {
    const text = `${file}: expected to lock it, but flock said: ${said.complaint || 'nothing'}`;
    throw new BuildError('ERR_NOT_WRITABLE', text);
  }
  return async () => {
    child.stdin.end();
    await ended;
  };
}

/** What the script says first, or that it has ended. */
async function firstWord(
  child: ChildProcessWithoutNullStreams,
): Promise<{ word: string; complaint: string }> {
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const word = once(child.stdout, 'data').then(([chunk]) => String(chunk).trim());
  const gone = once(child, 'close').then(() => '');
  const first = await Promise.race([word, gone]).catch((error: unknown) => {
    complaint += String(error);
    return '';
  });
  return { word: first, complaint: complaint.trim() };
}
