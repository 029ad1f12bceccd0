// The Debian mirrors that this machine is set up with. None is written into the project.

import { run } from '../process.ts';

let found: Promise<readonly string[]> | undefined;

/** Base addresses of the machine's Debian mirrors, as apt has them configured; none where there is no apt. */
export function debianMirrors(): Promise<readonly string[]> {
  found ??= askApt();
  return found;
}

async function askApt(): Promise<readonly string[]> {
  const argv = ['apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const { exitCode, stdout } = await run(argv, { allowFailure: true });
  if (exitCode !== 0) return [];
  const bases = stdout.split('\n').map((line) => line.trim().replace(/\/+$/, ''));
  return [...new Set(bases.filter((base) => /^https?:/.test(base)))];
}
