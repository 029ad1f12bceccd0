// A cache of zig for tests that run the builder's compilers: a copy, since zig writes into its cache and a kept result stays
// as it is.

import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { copyTree } from '../../build/steps/compile.ts';
import type { RuntimeLanguage } from '../../build/steps/zig-runtime.ts';
import type { TargetId } from '../../build/types.ts';
import { stepResult } from './step-result.ts';

type ZigVariables = Readonly<Record<'ZIG_GLOBAL_CACHE_DIR' | 'ZIG_LOCAL_CACHE_DIR', string>>;

const copies = new Map<string, Promise<ZigVariables>>();

/**
 * Copies the libraries that zig links for a target, once for each test file; the copy goes when the file's process ends.
 * @param target - without it, this machine's
 * @returns the variables that make zig use the copy
 */
export function copyZigCache(language: RuntimeLanguage, target?: TargetId): Promise<ZigVariables> {
  const id = `${language} ${target}`;
  const copy = copies.get(id) ?? copyAnew(language, target);
  copies.set(id, copy);
  return copy;
}

async function copyAnew(language: RuntimeLanguage, target?: TargetId): Promise<ZigVariables> {
  const from = await stepResult(`runtime-${language}`, target);
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-zig-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  await copyTree(from, dir);
  return { ZIG_GLOBAL_CACHE_DIR: dir, ZIG_LOCAL_CACHE_DIR: dir };
}
