// zig compiles its own libraries (libc++, compiler_rt, the stubs of glibc, musl) for a target when the first program is
// linked with them, and keeps them in its cache. This is that cache, filled ahead and without what compiling left in it.
// zig trusts an entry whose sources have the size and digest that it noted by paths below its own folder, so a copy serves
// as well as the original.
//
//   b/   zig's own source that describes the target, an input of compiler_rt
//   h/   one manifest an entry: what it was made of
//   o/   the entries: archives, start files, stubs

import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../process.ts';
import type { Target } from '../types.ts';
import type { Toolchain } from './toolchain.ts';

/** The language whose libraries are linked. */
export type RuntimeLanguage = 'c' | 'cxx';

const compilerOf: Readonly<Record<RuntimeLanguage, string>> = { c: 'zig-cc', cxx: 'zig-c++' };

/**
 * Command lines that need the same libraries as what is shipped: zig compiles them anew for a linker that does not strip.
 * For macOS zig only says where its libraries are, and clang links.
 */
function linkCommands(language: RuntimeLanguage, os: Target['os']): readonly (readonly string[])[] {
  const fromInput = [compilerOf[language], '-x', language === 'c' ? 'c' : 'c++', '-', '-o', 'linked'];
  if (os === 'darwin') return [fromInput];
  const shared = [...fromInput, '-fPIC', '-pthread', '-shared', '-s'];
  return language === 'cxx' ? [shared] : [shared, [...fromInput, '-fPIE', '-pthread', '-pie', '-s']];
}

/**
 * Fills a cache of zig with the libraries that a target's programs are linked with.
 * @param dir - empty folder that receives the cache
 * @param options.zigCacheDir - the folder that `toolchain` names as zig's cache, on the same file system; it may hold some
 *   libraries already
 * @param options.workDir - for what is linked on the way
 * @throws {BuildError} ERR_PROCESS zig failed
 */
export async function makeZigRuntime(
  dir: string,
  language: RuntimeLanguage,
  options: {
    readonly target: Pick<Target, 'os'>;
    readonly toolchain: Toolchain;
    readonly zigCacheDir: string;
    readonly workDir: string;
    readonly log: string;
  },
): Promise<void> {
  const { toolchain, workDir, zigCacheDir, log } = options;
  await mkdir(workDir, { recursive: true });
  for (const argv of linkCommands(language, options.target.os)) {
    await run(argv, { ...toolchain, cwd: workDir, input: 'int main() { return 0; }\n', log });
  }
  for (const name of ['b', 'h', 'o']) await rename(path.join(zigCacheDir, name), path.join(dir, name));
}
