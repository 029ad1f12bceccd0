// A copy of a kept folder that a test may change: an overlay, where this user may mount one, which costs nothing and writes
// nothing below; elsewhere a real copy.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';

/** @returns an absolute path; the copy goes when the test ends */
export async function privateCopy(t: ExecutionContext, from: string): Promise<string> {
  const place = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-copy-'));
  const dir = path.join(place, 'copy');
  const [upper, work] = ['upper', 'work'].map((name) => path.join(place, name)) as [string, string];
  for (const folder of [dir, upper, work]) await mkdir(folder);
  // the mode and owner of the copy's own folder are the upper one's
  for (const program of ['chmod', 'chown']) await run([program, `--reference=${from}`, upper]);
  const options = `lowerdir=${from},upperdir=${upper},workdir=${work}`;
  const mount = await run(['mount', '-t', 'overlay', 'overlay', '-o', options, dir], { allowFailure: true });
  t.teardown(async () => {
    if (mount.exitCode === 0) await run(['umount', '--lazy', dir]);
    await rm(place, { recursive: true, force: true, maxRetries: 5 });
  });
  if (mount.exitCode !== 0) await run(['cp', '-a', '--reflink=auto', `${from}/.`, dir]);
  return dir;
}
