// Which package holds the binaries of a machine. npm installs the optional dependencies whose os, cpu and libc fit.

import { readInterpreter } from './native/elf-interpreter.ts';

/** What a binary depends on. */
export interface Machine {
  /** process.platform */
  readonly platform: string;
  /** process.arch */
  readonly arch: string;
  /** A Linux with musl in place of glibc, such as Alpine. */
  readonly isMusl: boolean;
}

/** The platforms that there are packages for, `@tsopenssl/<id>`. */
export const packagedPlatforms: readonly string[] = [
  'linux-x64',
  'linux-arm64',
  'linuxmusl-x64',
  'darwin-arm64',
  'darwin-x64',
  'darwin-universal',
  'win32-x64',
];

/** The machine that this process runs on; under Rosetta, or as a 32-bit process, that is what the process can load. */
export function thisMachine(): Machine {
  const { platform, arch, execPath } = process;
  return { platform, arch, isMusl: platform === 'linux' && isMuslProgram(execPath) };
}

/** Names of the platform's packages without their scope, best first, whether they exist or not. */
export function platformsOf({ platform, arch, isMusl }: Machine): readonly [string, ...string[]] {
  if (isMusl) return [`${platform}musl-${arch}`];
  const own = `${platform}-${arch}`;
  return platform === 'darwin' && packagedPlatforms.includes(own) ? [own, 'darwin-universal'] : [own];
}

/** The loader that node itself asks for. process.report knows the C library as well, and takes its time. */
function isMuslProgram(file: string): boolean {
  return readInterpreter(file)?.includes('/ld-musl-') ?? false;
}
