// The addon compiled once more by the step's own function, in another folder and one job at a time. What comes out is kept for
// the same sources, compiler and code of the step: the same inputs prove nothing new the second time.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AddonInput } from '../../build/steps/addon.ts';
import { asJson, digestTree, type JsonObject } from '../../build/store.ts';
import { checkout } from './builder.ts';
import { kept } from './kept.ts';

/** Everything that decides what is compiled. Results of steps are named by their keys, files of the checkout by their places in it. */
export async function addonInputs(
  input: Omit<AddonInput, 'log' | 'nodeGypBin' | 'target'> & { readonly target: object },
): Promise<JsonObject> {
  const steps = ['addon', 'addon-direct', 'addon-headers'].map((name) => `build/steps/${name}.ts`);
  const code = ['addon/src', ...steps, 'build/process.ts', 'package-lock.json'];
  // zig's cache is a copy, in another place each time
  const env = Object.fromEntries(Object.entries(input.env).filter(([name]) => !name.startsWith('ZIG_')));
  const { nodeGypBin: _, ...rest } = asJson({ ...input, env }) as JsonObject;
  const relative = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === 'string' && value.startsWith(checkout) ? path.relative(checkout, value) : value,
  ]);
  return { input: Object.fromEntries(relative), files: await digestTree(checkout, code) };
}

/**
 * The folder, whose name has a blank, in which `out.node` was compiled, with whatever else was left there.
 * @param compile - compiles into `file`
 */
export async function compiledAgain(
  inputs: JsonObject,
  compile: (file: string, log: string) => Promise<void>,
): Promise<string> {
  const dir = await kept('addon-compiled-again', inputs, async (work, scratchDir) => {
    await mkdir(path.join(work, 'two words'));
    await compile(path.join(work, 'two words/out.node'), path.join(scratchDir, 'log'));
  });
  return path.join(dir, 'two words');
}
