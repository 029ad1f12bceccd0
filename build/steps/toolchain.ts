// The compilers of a target, as programs of constant names in one folder: OpenSSL records the name of its compiler and its
// flags, so what must not be recorded (paths, the target's triple, a launcher) goes into small wrapper scripts.

import { chmod, cp, mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Target } from '../types.ts';
import { type Program, programPath, toolchainParts } from './toolchain-programs.ts';

/** What makes and node-gyp need to know to compile. */
export interface Toolchain {
  /** CC, CXX, AR, RANLIB: names, found in `pathFirst`. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that come before PATH. */
  readonly pathFirst: readonly string[];
}

/**
 * Writes the toolchain of a target into `dir`: bin/ with its programs, and for macOS sdk/, the declarations of the system.
 * @param zigDir - unpacked package of zig: a result in the same store as `dir`
 * @param sdkDir - the checkout's platform/macos/sdk: what zig's declarations lack
 * @throws {BuildError} ERR_PREREQUISITE one of the machine's own programs is missing
 */
export async function writeToolchain(
  dir: string,
  { compilers }: Pick<Target, 'compilers'>,
  { zigDir, sdkDir }: { readonly zigDir: string | undefined; readonly sdkDir: string },
): Promise<void> {
  await mkdir(path.join(dir, 'bin'));
  for (const program of toolchainParts(compilers).programs) await writeProgram(dir, program, zigDir);
  if (compilers.kind === 'clang' && zigDir !== undefined) {
    await writeMacSdk(path.join(dir, 'sdk'), zigDir, sdkDir);
  }
}

async function writeProgram(dir: string, { name, command }: Program, zigDir: string | undefined) {
  const file = path.join(dir, 'bin', name);
  if (command === undefined) return symlink(await programPath(name), file);
  // the store may be moved as a whole, and a result is renamed when it is done: only its place among results is fixed
  const zig =
    zigDir === undefined ? '' : `zig=$here/../../../${zigDir.split(path.sep).slice(-3).join('/')}\n`;
  await writeFile(file, `#!/bin/sh\nhere=\${0%/*}/..\n${zig}exec ${command} "$@"\n`);
  await chmod(file, 0o755);
}

/** The declarations of macOS: zig's, and the few that OpenSSL and clang want beside them. */
async function writeMacSdk(sdk: string, zigDir: string, sdkDir: string): Promise<void> {
  const libc = path.join(zigDir, 'lib/libc');
  await mkdir(path.join(sdk, 'usr/lib'), { recursive: true });
  await cp(path.join(libc, 'include/any-macos-any'), path.join(sdk, 'usr/include'), { recursive: true });
  await cp(sdkDir, sdk, { recursive: true });
  await cp(path.join(libc, 'darwin/libSystem.tbd'), path.join(sdk, 'usr/lib/libSystem.tbd'));
}

/**
 * Makes the toolchain ready for one build: where a launcher is set, wrappers of the same names in `workDir` call the
 * compilers through it, so that nothing of it is recorded.
 */
export async function openToolchain(options: {
  readonly target: Target;
  /** Result of the step `toolchain`. */
  readonly dir: string;
  readonly launcher: string | undefined;
  /** zig's cache; zig writes into it. */
  readonly zigCacheDir: string;
  readonly workDir: string;
}): Promise<Toolchain> {
  const { target } = options;
  const { programs } = toolchainParts(target.compilers);
  const env = {
    ...Object.fromEntries(
      programs.flatMap(({ variable, name }) => (variable === undefined ? [] : [[variable, name]])),
    ),
    ...(target.os === 'darwin' ? { MACOSX_DEPLOYMENT_TARGET: target.minimumSystem } : {}),
    ZIG_GLOBAL_CACHE_DIR: options.zigCacheDir,
    ZIG_LOCAL_CACHE_DIR: options.zigCacheDir,
  };
  const bin = path.join(options.dir, 'bin');
  if (options.launcher === undefined) return { env, pathFirst: [bin] };
  await mkdir(options.workDir, { recursive: true });
  for (const { name } of programs.filter(({ compiles }) => compiles)) {
    const file = path.join(options.workDir, name);
    const linked = path.join(bin, name);
    // distcc sends the compiler's path to other machines, so it must be the real one
    const compiler = await readlink(linked).catch(() => linked);
    await writeFile(file, `#!/bin/sh\nexec ${shellWord(options.launcher)} ${shellWord(compiler)} "$@"\n`);
    await chmod(file, 0o755);
  }
  // ccache knows a compiler by its name, and zig-cc is none that it knows
  const isClang = toolchainParts(target.compilers).usesZig;
  return {
    env: { CCACHE_COMPILERTYPE: isClang ? 'clang' : 'gcc', ...env },
    pathFirst: [options.workDir, bin],
  };
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
