// One build at a time in one cache. flock(1) holds the lock for as long as its standard input is open, so the lock goes
// with the process that took it, however that process ends.

import { once } from 'node:events';
import path from 'node:path';
import { ensureDir } from './ensure-dir.ts';
import { BuildError } from './errors.ts';
import { start } from './process.ts';

/**
 * Takes the lock of a cache, and waits for it where another build has it.
 * @param onWait - called once when the lock is taken by somebody else
 * @returns gives the lock back
 */
export async function takeLock(cacheDir: string, onWait: () => void): Promise<() => Promise<void>> {
  const file = path.join(cacheDir, 'lock');
  await ensureDir(cacheDir);
  const child = start(['flock', '--exclusive', file, 'sh', '-c', 'echo held; exec cat']);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const timer = setTimeout(onWait, 500);
  const held = once(child.stdout, 'data').then(() => 'held' as const);
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]).then(() => 'ended' as const);
  const outcome = await Promise.race([held, ended]);
  clearTimeout(timer);
  if (outcome === 'ended') {
    throw new BuildError(
      'ERR_NOT_WRITABLE',
      `${file}: wanted to lock it, but flock answered: ${said.trim() || 'nothing'}`,
    );
  }
  return async () => {
    child.stdin.end();
    await ended;
  };
}
