// The compilers of a target, as programs of constant names: OpenSSL records the name of its compiler and its flags, so
// what must not be recorded (paths, the target's triple, a launcher) goes into small wrapper scripts.

import { chmod, mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { run } from '../process.ts';
import type { Target, ToolchainId } from '../types.ts';

/** What makes and node-gyp need to know to compile. */
export interface Toolchain {
  /** CC, CXX, AR, RANLIB: names, found in `pathFirst`. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that come before PATH. */
  readonly pathFirst: readonly string[];
}

interface Tool {
  readonly variable: 'CC' | 'CXX' | 'AR' | 'RANLIB';
  /** Recorded in the library. */
  readonly name: string;
  /** Subcommand of zig. */
  readonly zig: string;
  readonly compiles: boolean;
}

const zigTools: readonly Tool[] = [
  { variable: 'CC', name: 'zig-cc', zig: 'cc', compiles: true },
  { variable: 'CXX', name: 'zig-c++', zig: 'c++', compiles: true },
  { variable: 'AR', name: 'zig-ar', zig: 'ar', compiles: false },
  { variable: 'RANLIB', name: 'zig-ranlib', zig: 'ranlib', compiles: false },
];

const hostTools: readonly Omit<Tool, 'zig'>[] = [
  { variable: 'CC', name: 'gcc', compiles: true },
  { variable: 'CXX', name: 'g++', compiles: true },
  { variable: 'AR', name: 'ar', compiles: false },
  { variable: 'RANLIB', name: 'ranlib', compiles: false },
];

/** Text of the wrapper of one of zig's tools; `zig` lies beside its folder. */
function zigWrapper(tool: Tool, target: Target): string {
  const flags = tool.compiles ? ` -target ${target.zigTarget} -fno-sanitize=all -g0` : '';
  return `#!/bin/sh\nexec "\${0%/*}/../zig/zig" ${tool.zig}${flags} "$@"\n`;
}

/** Writes zig's wrappers into `dir`/bin; zig itself lies in `dir`/zig. */
export async function writeZigWrappers(dir: string, target: Target): Promise<void> {
  await mkdir(path.join(dir, 'bin'));
  for (const tool of zigTools) {
    const file = path.join(dir, 'bin', tool.name);
    await writeFile(file, zigWrapper(tool, target));
    await chmod(file, 0o755);
  }
}

/**
 * The machine's own compilers, by absolute path, and what they say of themselves.
 * @throws {BuildError} ERR_PREREQUISITE when one is missing
 */
export async function probeHostCompilers(): Promise<{ paths: Record<string, string>; identity: string }> {
  const paths: Record<string, string> = {};
  for (const tool of hostTools) {
    const found = await run(['sh', '-c', 'command -v "$1"', 'sh', tool.name], { allowFailure: true });
    if (found.exitCode !== 0) {
      const text = `${tool.name}: wanted for --toolchain host, not found; install gcc, g++ and binutils`;
      throw new BuildError('ERR_PREREQUISITE', text);
    }
    paths[tool.name] = found.stdout.trim();
  }
  const versions = await Promise.all(Object.values(paths).map((file) => run([file, '--version'])));
  return { paths, identity: versions.map(({ stdout }) => stdout.split('\n')[0]).join('; ') };
}

/**
 * Makes the toolchain ready for one build: where a launcher is set, wrappers of the same names in `workDir` call the
 * compilers through it, so that nothing of it is recorded.
 */
export async function openToolchain(options: {
  readonly id: ToolchainId;
  /** Result of the step `toolchain`. */
  readonly dir: string;
  readonly launcher: string | undefined;
  /** zig's cache of its own runtime libraries. */
  readonly zigCacheDir: string;
  readonly workDir: string;
}): Promise<Toolchain> {
  const tools = options.id === 'zig' ? zigTools : hostTools;
  const env = {
    ...Object.fromEntries(tools.map((tool) => [tool.variable, tool.name])),
    ZIG_GLOBAL_CACHE_DIR: options.zigCacheDir,
    ZIG_LOCAL_CACHE_DIR: options.zigCacheDir,
  };
  const bin = path.join(options.dir, 'bin');
  if (options.launcher === undefined) return { env, pathFirst: [bin] };
  await mkdir(options.workDir, { recursive: true });
  for (const tool of tools.filter(({ compiles }) => compiles)) {
    const file = path.join(options.workDir, tool.name);
    const linked = path.join(bin, tool.name);
    // distcc sends the compiler's path to other machines, so it must be the real one
    const compiler = await readlink(linked).catch(() => linked);
    await writeFile(file, `#!/bin/sh\nexec ${shellWord(options.launcher)} ${shellWord(compiler)} "$@"\n`);
    await chmod(file, 0o755);
  }
  // ccache knows a compiler by its name, and zig-cc is none that it knows
  return {
    env: { CCACHE_COMPILERTYPE: options.id === 'zig' ? 'clang' : 'gcc', ...env },
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
