// Compiles a C program against development files, in the ways that docs/development-packages.md names.

import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import type { TargetId } from '../../build/types.ts';
import { checkout, releaseInfo } from './artifacts.ts';
import { temporaryFolder } from './folder.ts';
import { targetDistribution, unpacked } from './target-distribution.ts';

/** A compiler, and what CMake must know of it. */
export interface CompilerSetup {
  /** Program and arguments. */
  readonly cc: readonly string[];
  /** Settings of CMake beside the compiler, as `-D…`. */
  readonly cmake?: readonly string[];
  /** What the linker needs after static libraries. */
  readonly systemLibraries: readonly string[];
  /** Ending of a program's name. */
  readonly suffix?: string;
  /** What the compiler must find in its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export const hostCompiler: CompilerSetup = { cc: ['gcc'], systemLibraries: ['-ldl', '-pthread'] };

/** What program.c prints with the libraries of this release, compiled with its headers. */
export const wantedOutput = `headers ${releaseInfo.opensslVersion} library ${releaseInfo.opensslVersion} digest 1 baad tls 1 ml-kem 1\n`;

/** Both archives of a target in one folder. */
export async function bothArchives(
  t: ExecutionContext,
  id: TargetId,
): Promise<{ readonly prefix: string; readonly dir: string }> {
  const dir = await temporaryFolder(t);
  const prefix = path.join(dir, 'a folder');
  await mkdir(prefix);
  for (const tree of [(await targetDistribution(id)).prefix, await unpacked(id, 'development')]) {
    await cp(tree, prefix, { recursive: true, verbatimSymlinks: true });
  }
  return { prefix, dir };
}

/** Copies the sources of the program into a folder of their own below `dir`. */
export async function programFolder(dir: string, name: string): Promise<string> {
  const folder = path.join(dir, name);
  await mkdir(folder, { recursive: true });
  await cp(path.join(checkout, 'test/support/development'), folder, { recursive: true });
  return folder;
}

/**
 * Compiles with the flags of pkg-config, and further ones after them.
 * @param prefix - of the development files
 * @param folder - of {@link programFolder}
 * @returns the program's path
 */
export async function compileWithPkgConfig(
  prefix: string,
  folder: string,
  { cc, env, suffix = '' }: CompilerSetup,
  more: readonly string[] = [],
): Promise<string> {
  const program = path.join(folder, `program${suffix}`);
  // pkg-config quotes for a shell, so its words go through one
  const script = 'eval "set -- \\"\\$@\\" $(pkg-config --cflags --libs openssl)"; exec "$@"';
  const words = [...cc, '-Wall', '-Werror', '-o', program, path.join(folder, 'program.c'), ...more];
  await run(['sh', '-c', script, 'sh', ...words], { env: { ...env, ...pkgConfigEnvironment(prefix) } });
  return program;
}

/** Environment in which pkg-config sees these development files alone. */
export function pkgConfigEnvironment(prefix: string): Record<string, string> {
  return { PKG_CONFIG_LIBDIR: path.join(prefix, 'lib/pkgconfig'), PKG_CONFIG_ALLOW_SYSTEM_LIBS: '1' };
}

/** Compiles with the static libraries by name. */
export async function compileStatic(
  prefix: string,
  folder: string,
  { cc, env = {}, suffix = '', systemLibraries }: CompilerSetup,
): Promise<string> {
  const program = path.join(folder, `program${suffix}`);
  const libraries = ['libssl.a', 'libcrypto.a'].map((name) => path.join(prefix, 'lib', name));
  await run(
    [
      ...[...cc, '-Wall', '-Werror', `-I${path.join(prefix, 'include')}`, '-o', program],
      ...[path.join(folder, 'program.c'), ...libraries, ...systemLibraries],
    ],
    { env },
  );
  return program;
}

export interface CMakeOptions {
  /** Take the package's own files, not CMake's FindOpenSSL. */
  readonly config: boolean;
  readonly static: boolean;
}

/** Compiles with CMake. */
export async function compileWithCMake(
  prefix: string,
  folder: string,
  { cc, cmake = [], env = {}, suffix = '' }: CompilerSetup,
  options: CMakeOptions,
): Promise<string> {
  const build = path.join(folder, 'build');
  const [compiler = '', ...flags] = cc;
  const settings = [`-DCMAKE_C_COMPILER=${compiler}`, `-DCMAKE_C_FLAGS=${flags.join(' ')}`, ...cmake];
  await run(
    [
      ...['cmake', '-S', folder, '-B', build, ...settings, `-DMODE=${options.config ? 'CONFIG' : ''}`],
      options.config ? `-DCMAKE_PREFIX_PATH=${prefix}` : `-DOPENSSL_ROOT_DIR=${prefix}`,
      ...(options.static ? ['-DOPENSSL_USE_STATIC_LIBS=TRUE'] : []),
    ],
    { env },
  );
  await run(['cmake', '--build', build], { env });
  return path.join(build, `program${suffix}`);
}

/** The two libraries of OpenSSL, of those that an ELF file asks for. */
export async function neededOpenSSL(program: string): Promise<readonly string[]> {
  const { stdout } = await run(['readelf', '--dynamic', '--wide', program]);
  return [...stdout.matchAll(/\(NEEDED\).*\[(lib(?:ssl|crypto)[^\]]*)\]/g)]
    .map(([, name = '']) => name)
    .sort();
}
