// What the key of a step sees of a TypeScript module: its program, without comments, types and line breaks. A better comment
// then compiles nothing again. What JavaScript tells of a loaded function would not do: a bundler gives names of its own.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { BuildError } from './errors.ts';
import { type FileMemo, openMemo } from './file-memo.ts';
import { contentKey } from './store.ts';

/**
 * The program of a module, or of a part of it, on one line.
 * @throws what esbuild says of a text that it cannot read
 */
async function programText(source: string): Promise<string> {
  const { transform } = await import('esbuild');
  const { code } = await transform(source, {
    loader: 'ts',
    format: 'esm',
    target: 'esnext',
    charset: 'utf8',
    // with blanks, esbuild keeps some comments
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  return code;
}

/** The program of every `run` that a module declares for a step, by the name of the declaration: from `run` to the end of it. */
export async function runTexts(source: string): Promise<ReadonlyMap<string, string>> {
  // the formatter puts the end of a declaration at the beginning of a line, and a line there that ends in { is the end of parameters
  const declarations = source.matchAll(
    /^(?:export )?(?:async )?(?:function|const) (\w+)\b(?!.*;$)[\s\S]*?^[}\])](?!.*\{$).*$/gm,
  );
  const runs = await Promise.all(
    [...declarations].map(async ([text, name = '']) => {
      const run = /[,{]((?:async )?run[(:].*)$/s.exec(await programText(text))?.[1];
      return run === undefined ? [] : [[name, run] as const];
    }),
  );
  return new Map(runs.flat());
}

/** Digests of modules: the whole one, and every `run` in it by the name of its declaration. */
interface ModuleDigests {
  readonly whole: string;
  readonly runs: Readonly<Record<string, string>>;
}

export interface ModuleKeys {
  /**
   * The digest of a module's program.
   * @param file - below the checkout
   * @throws {BuildError} ERR_RECIPE when it does not exist
   */
  wholeKey(file: string): Promise<string>;
  /**
   * The digest of the `run` of a step.
   * @param place - file below the checkout and the name that it declares: `build/pipeline/compile-steps.ts#compile`
   * @throws {BuildError} ERR_RECIPE when there is no such declaration, or no `run` in it
   */
  runKey(place: string): Promise<string>;
  /** Keeps what this process has learned for later ones. */
  save(): void;
}

/** Opens the digests of a checkout's modules, remembered in the cache: an unchanged module is not read again. */
export function openModuleKeys(root: string, cacheDir: string): ModuleKeys {
  const { version } = createRequire(import.meta.url)('esbuild/package.json') as { version: string };
  const memo = openMemo(path.join(cacheDir, 'module-keys'), `tsopenssl module keys 1, by esbuild ${version}`);
  return {
    wholeKey: async (file) => (await digestsOf(memo, path.join(root, file))).whole,
    async runKey(place) {
      const [file = '', name = ''] = place.split('#');
      const full = path.join(root, file);
      const key = (await digestsOf(memo, full)).runs[name];
      if (key !== undefined) return key;
      throw new BuildError(
        'ERR_RECIPE',
        `${full}: wanted a declaration of ${name} with a function run, found none`,
      );
    },
    save: memo.save,
  };
}

async function digestsOf(memo: FileMemo, file: string): Promise<ModuleDigests> {
  if (!existsSync(file))
    throw new BuildError('ERR_RECIPE', `${file}: wanted a file of the project, found none`);
  const value = await memo.valueOf(file, async () => {
    const source = await readFile(file, 'utf8');
    const runs = [...(await runTexts(source))].map(([name, text]) => [name, contentKey(text)]);
    const digests: ModuleDigests = {
      whole: contentKey(await programText(source)),
      runs: Object.fromEntries(runs),
    };
    return JSON.stringify(digests);
  });
  return JSON.parse(value) as ModuleDigests;
}
