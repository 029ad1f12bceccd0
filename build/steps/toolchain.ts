// The compilers of a target, as programs of constant names in one folder: OpenSSL records the name of its compiler and its
// flags, so what must not be recorded (paths, the target's triple, a launcher) goes into small wrapper scripts.

import { chmod, cp, mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { run } from '../process.ts';
import type { Compilers, Target, ToolchainId } from '../types.ts';
import { versionOf } from './tool-versions.ts';

/** What makes and node-gyp need to know to compile. */
export interface Toolchain {
  /** CC, CXX, AR, RANLIB: names, found in `pathFirst`. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that come before PATH. */
  readonly pathFirst: readonly string[];
}

/** A program of a toolchain. */
interface Program {
  /** The variable of make that names it. */
  readonly variable?: 'CC' | 'CXX' | 'AR' | 'RANLIB';
  /** Its name in the toolchain's folder, which is recorded in the library. */
  readonly name: string;
  readonly compiles?: boolean;
  /** sh text after `exec`: words and `"$@"`. `$here` is the toolchain's folder, `$zig` zig's. */
  readonly command: string;
}

/** A toolchain of a recipe: what it is made of. */
interface ToolchainParts {
  readonly programs: readonly Program[];
  /** The machine's own programs that are behind them, for the key and the check for missing packages. */
  readonly tools: readonly string[];
  /** Whether zig's package is needed. */
  readonly usesZig: boolean;
}

const zigFlags = '-fno-sanitize=all -g0';

/** The programs of a target's recipe. */
export function toolchainParts(compilers: Compilers): ToolchainParts {
  switch (compilers.kind) {
    case 'zig':
      return { programs: zigPrograms(compilers.triple), tools: [], usesZig: true };
    case 'clang': {
      const clang = `clang-19 --target=${compilers.triple} -isysroot "$here/sdk" -fuse-ld=lld -Wno-unused-command-line-argument`;
      const programs: readonly Program[] = [
        { variable: 'CC', name: 'clang', compiles: true, command: clang },
        ...zigPrograms(compilers.zigTriple).filter(({ name }) => name === 'zig-c++'),
        { variable: 'AR', name: 'llvm-ar', command: 'llvm-ar-19' },
        { variable: 'RANLIB', name: 'llvm-ranlib', command: 'llvm-ranlib-19' },
        { name: 'ld64.lld', command: 'ld64.lld-19' },
      ];
      return { programs, tools: ['clang-19', 'ld64.lld-19', 'llvm-ar-19', 'llvm-ranlib-19'], usesZig: true };
    }
    case 'mingw': {
      // gcc comes for two models of threads; the addon's C++ needs std::mutex, which only this one has
      const gcc = (name: string) => `${compilers.prefix}${name}-posix`;
      const programs: readonly Program[] = [
        { name: `${compilers.prefix}gcc`, compiles: true, command: gcc('gcc') },
        { name: `${compilers.prefix}g++`, compiles: true, command: gcc('g++') },
      ];
      return { programs, tools: [gcc('gcc'), gcc('g++'), `${compilers.prefix}ld`], usesZig: false };
    }
    case 'joined':
      return {
        programs: [{ name: 'llvm-lipo', command: 'llvm-lipo-19' }],
        tools: ['llvm-lipo-19'],
        usesZig: false,
      };
  }
}

function zigPrograms(triple: string): readonly Program[] {
  const compile = `-target ${triple} ${zigFlags}`;
  return [
    { variable: 'CC', name: 'zig-cc', compiles: true, command: `"$zig/zig" cc ${compile}` },
    { variable: 'CXX', name: 'zig-c++', compiles: true, command: `"$zig/zig" c++ ${compile}` },
    { variable: 'AR', name: 'zig-ar', command: '"$zig/zig" ar' },
    { variable: 'RANLIB', name: 'zig-ranlib', command: '"$zig/zig" ranlib' },
  ];
}

/**
 * Writes the toolchain of a target's recipe into `dir`: bin/ with its programs, and for macOS sdk/, the declarations of the
 * system.
 * @param zigDir - unpacked package of zig
 * @param sdkDir - the checkout's platform/macos/sdk: what zig's declarations lack
 */
export async function writeRecipeToolchain(
  dir: string,
  target: Target,
  { zigDir, sdkDir }: { readonly zigDir: string | undefined; readonly sdkDir: string },
): Promise<void> {
  await mkdir(path.join(dir, 'bin'));
  // the store may be moved as a whole, and the result is renamed when it is done: only its place among results is fixed
  const zig =
    zigDir === undefined ? '' : `zig=$here/../../../${zigDir.split(path.sep).slice(-3).join('/')}\n`;
  for (const { name, command } of toolchainParts(target.compilers).programs) {
    const file = path.join(dir, 'bin', name);
    await writeFile(file, `#!/bin/sh\nhere=\${0%/*}/..\n${zig}exec ${command} "$@"\n`);
    await chmod(file, 0o755);
  }
  if (target.compilers.kind === 'clang' && zigDir !== undefined) {
    await writeMacSdk(path.join(dir, 'sdk'), zigDir, sdkDir);
  }
}

/** The declarations of macOS: zig's, and the few that OpenSSL and clang want beside them. */
async function writeMacSdk(sdk: string, zigDir: string, sdkDir: string): Promise<void> {
  const libc = path.join(zigDir, 'lib/libc');
  await mkdir(path.join(sdk, 'usr/lib'), { recursive: true });
  await cp(path.join(libc, 'include/any-macos-any'), path.join(sdk, 'usr/include'), { recursive: true });
  await cp(sdkDir, sdk, { recursive: true });
  await cp(path.join(libc, 'darwin/libSystem.tbd'), path.join(sdk, 'usr/lib/libSystem.tbd'));
}

/** The programs of the machine's own compilers. */
function hostPrograms(): readonly Required<Omit<Program, 'command'>>[] {
  const [cc, cxx] = process.platform === 'darwin' ? ['clang', 'clang++'] : ['gcc', 'g++'];
  return [
    { variable: 'CC', name: cc, compiles: true },
    { variable: 'CXX', name: cxx, compiles: true },
    { variable: 'AR', name: 'ar', compiles: false },
    { variable: 'RANLIB', name: 'ranlib', compiles: false },
  ] as const;
}

/**
 * The machine's own compilers, by absolute path, and what they say of themselves.
 * @throws {BuildError} ERR_PREREQUISITE when one is missing
 */
export async function probeHostCompilers(): Promise<{ paths: Record<string, string>; identity: string }> {
  const paths: Record<string, string> = {};
  const names = hostPrograms().map(({ name }) => name);
  for (const name of names) {
    const found = await run(['sh', '-c', 'command -v "$1"', 'sh', name], { allowFailure: true });
    if (found.exitCode !== 0) {
      const text = `${name}: wanted for --toolchain host, not found; install ${names.slice(0, 2).join(', ')} and binutils`;
      throw new BuildError('ERR_PREREQUISITE', text);
    }
    paths[name] = found.stdout.trim();
  }
  // of Apple's ar and ranlib, which know no --version, the compiler's word has to do
  const versions = await Promise.all(
    Object.values(paths).map((file) => run([file, '--version'], { allowFailure: true })),
  );
  return { paths, identity: versions.map(({ stdout }) => stdout.split('\n')[0]).join('; ') };
}

/** What the machine's programs behind a recipe's toolchain say of themselves, by name. */
export async function toolIdentities(target: Target): Promise<Record<string, string>> {
  const { tools } = toolchainParts(target.compilers);
  return Object.fromEntries(await Promise.all(tools.map(async (tool) => [tool, await versionOf(tool)])));
}

/**
 * Makes the toolchain ready for one build: where a launcher is set, wrappers of the same names in `workDir` call the
 * compilers through it, so that nothing of it is recorded.
 */
export async function openToolchain(options: {
  readonly id: ToolchainId;
  readonly target: Target;
  /** Result of the step `toolchain`. */
  readonly dir: string;
  readonly launcher: string | undefined;
  /** zig's cache of its own runtime libraries. */
  readonly zigCacheDir: string;
  readonly workDir: string;
}): Promise<Toolchain> {
  const programs =
    options.id === 'recipe' ? toolchainParts(options.target.compilers).programs : hostPrograms();
  const named = programs.flatMap(({ variable, name }) => (variable === undefined ? [] : [[variable, name]]));
  const env = {
    ...Object.fromEntries(named),
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
  const isGcc = options.id === 'host' || options.target.compilers.kind === 'mingw';
  return {
    env: { CCACHE_COMPILERTYPE: isGcc ? 'gcc' : 'clang', ...env },
    pathFirst: [options.workDir, bin],
  };
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Writes links to the machine's compilers under their constant names into `dir`/bin. */
export async function writeHostLinks(dir: string): Promise<void> {
  const { paths } = await probeHostCompilers();
  await mkdir(path.join(dir, 'bin'));
  for (const [name, file] of Object.entries(paths)) await symlink(file, path.join(dir, 'bin', name));
}
