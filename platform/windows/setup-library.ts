// Compiles the library that both installers bring along: platform/windows/setup/. It is small, and the target's compiler is
// there anyway.

import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../build/process.ts';
import type { WindowsTarget } from '../../build/types.ts';
import { ownKey, uninstaller } from './installation.ts';

/** The program that {@link compileSetupLibrary} starts. */
export const setupCompiler = 'x86_64-w64-mingw32-gcc';

const sources = path.join(import.meta.dirname, 'setup');
const flags = [
  ...['-std=c11', '-Os', '-g0', '-s', '-shared', '-static-libgcc', '-fno-ident', '-I.'],
  ...['-Wl,--no-insert-timestamp', '-Wl,--dynamicbase', '-Wl,--high-entropy-va', '-Wl,--nxcompat'],
];
const files = ['exports.c', 'folder.c', 'path.c', 'tree.c'];
const libraries = ['-lmsi', '-lshlwapi', '-ladvapi32', '-luser32'];

/**
 * Compiles the library; its bytes depend on the sources, the compiler and the target's directories alone.
 * @param dir - folder for the library and what is made on the way
 * @returns the library's absolute path
 */
export async function compileSetupLibrary(target: WindowsTarget, dir: string): Promise<string> {
  const work = path.join(dir, 'setup');
  await mkdir(work, { recursive: true });
  await cp(sources, work, { recursive: true });
  const names = {
    FOLDER: target.directories.openssldir,
    KEY: ownKey,
    UNINSTALLER: uninstaller,
  };
  const lines = Object.entries(names).map(([name, value]) => `#define ${name} L${JSON.stringify(value)}\n`);
  await writeFile(path.join(work, 'setup-names.h'), lines.join(''));
  await run([setupCompiler, ...flags, '-o', 'setup.dll', ...files, ...libraries], { cwd: work });
  return path.join(work, 'setup.dll');
}
