// A real node of nodejs.org, out of npm's package of it: one file that runs in any Debian.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../build/process.ts';
import { fetchNpmPackage } from '../../build/steps/fetch-npm.ts';
import { nodeHeaders } from '../../recipes/toolchains.ts';
import { checkout } from './artifacts.ts';

/** Unpacks `bin/node` below `.cache/test/` unless that is there already, and answers its path. */
export async function realNode(): Promise<string> {
  const folder = path.join(checkout, '.cache/test', `${nodeHeaders.name}-${nodeHeaders.version}`);
  const file = path.join(folder, 'node');
  if (existsSync(file)) return file;
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    const archive = await fetchNpmPackage(nodeHeaders, temporary, undefined);
    await run(['tar', '-xzf', archive, '-C', temporary, '--strip-components=2', 'package/bin/node']);
    await rm(archive);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(file)) throw error;
  }
  return file;
}
