// What a toolchain is made of: the programs that a target's compilers come with, by the names that OpenSSL records.

import { BuildError } from '../errors.ts';
import { run } from '../process.ts';
import type { Compilers } from '../types.ts';
import { toolVersions } from './tool-versions.ts';

/** A program of a toolchain. */
export interface Program {
  /** The variable of make that names it. */
  readonly variable?: 'CC' | 'CXX' | 'AR' | 'RANLIB';
  /** Its name in the toolchain's folder, which is recorded in the library. */
  readonly name: string;
  readonly compiles?: boolean;
  /**
   * sh text that comes before the arguments; `$here` is the toolchain's folder, `$zig` zig's. Without it the name is a
   * link to the machine's own program of that name.
   */
  readonly command?: string;
}

export interface ToolchainParts {
  readonly programs: readonly Program[];
  /** The machine's own programs that are behind them, for the key and the check for missing packages. */
  readonly tools: readonly string[];
  /** Whether zig's package is needed. */
  readonly usesZig: boolean;
}

/** The programs of a target's compilers. */
export function toolchainParts(compilers: Compilers): ToolchainParts {
  switch (compilers.kind) {
    case 'zig':
      return { programs: zigPrograms(compilers.triple), tools: [], usesZig: true };
    case 'clang':
      return clangParts(compilers.triple, compilers.zigTriple);
    case 'mingw':
      return mingwParts(compilers.prefix);
    case 'joined':
      return {
        programs: [{ name: 'llvm-lipo', command: 'llvm-lipo-19' }],
        tools: ['llvm-lipo-19'],
        usesZig: false,
      };
    case 'host':
      return hostParts();
  }
}

function zigPrograms(triple: string): readonly Program[] {
  const flags = `-target ${triple} -fno-sanitize=all -g0`;
  return [
    { variable: 'CC', name: 'zig-cc', compiles: true, command: `"$zig/zig" cc ${flags}` },
    { variable: 'CXX', name: 'zig-c++', compiles: true, command: `"$zig/zig" c++ ${flags}` },
    { variable: 'AR', name: 'zig-ar', command: '"$zig/zig" ar' },
    { variable: 'RANLIB', name: 'zig-ranlib', command: '"$zig/zig" ranlib' },
  ];
}

function clangParts(triple: string, zigTriple: string): ToolchainParts {
  const flags = `--target=${triple} -isysroot "$here/sdk" -fuse-ld=lld -Wno-unused-command-line-argument`;
  return {
    programs: [
      { variable: 'CC', name: 'clang', compiles: true, command: `clang-19 ${flags}` },
      ...zigPrograms(zigTriple).filter(({ variable }) => variable === 'CXX'),
      { variable: 'AR', name: 'llvm-ar', command: 'llvm-ar-19' },
      { variable: 'RANLIB', name: 'llvm-ranlib', command: 'llvm-ranlib-19' },
      { name: 'ld64.lld', command: 'ld64.lld-19' },
    ],
    tools: ['clang-19', 'ld64.lld-19', 'llvm-ar-19', 'llvm-ranlib-19'],
    usesZig: true,
  };
}

/**
 * Windows' headers pull in gcc's intrinsics of every instruction set, which take as long to read as all the rest and which no C
 * of OpenSSL calls: its own guard keeps that header out.
 */
const withoutIntrinsics = '-D_X86INTRIN_H_INCLUDED';

/** gcc comes for two models of threads; the addon's C++ needs std::mutex, which only this one has. */
function mingwParts(prefix: string): ToolchainParts {
  const [cc, cxx] = [`${prefix}gcc-posix`, `${prefix}g++-posix`];
  return {
    programs: [
      { name: `${prefix}gcc`, compiles: true, command: `${cc} ${withoutIntrinsics}` },
      { name: `${prefix}g++`, compiles: true, command: cxx },
    ],
    tools: [cc, cxx, `${prefix}ld`],
    usesZig: false,
  };
}

/** Apple's compilers are clang under either name, and its linker has no GNU driver. */
function hostParts(): ToolchainParts {
  const [cc, cxx] = process.platform === 'darwin' ? ['clang', 'clang++'] : ['gcc', 'g++'];
  const programs: readonly Program[] = [
    { variable: 'CC', name: cc ?? '', compiles: true },
    { variable: 'CXX', name: cxx ?? '', compiles: true },
    { variable: 'AR', name: 'ar' },
    { variable: 'RANLIB', name: 'ranlib' },
  ];
  return { programs, tools: [cc ?? '', cxx ?? ''], usesZig: false };
}

/** What the machine's programs behind a toolchain say of themselves, by name. */
export function toolIdentities(
  compilers: Compilers,
  cache: { readonly cacheDir: string },
): Promise<Record<string, string>> {
  return toolVersions(toolchainParts(compilers).tools, cache);
}

/**
 * Absolute path of one of the machine's own programs.
 * @throws {BuildError} ERR_PREREQUISITE when it is missing
 */
export async function programPath(name: string): Promise<string> {
  const found = await run(['sh', '-c', 'command -v "$1"', 'sh', name], { allowFailure: true });
  if (found.exitCode === 0) return found.stdout.trim();
  const text = `${name}: wanted for --toolchain host, not found; install a compiler for C and C++, and binutils`;
  throw new BuildError('ERR_PREREQUISITE', text);
}
