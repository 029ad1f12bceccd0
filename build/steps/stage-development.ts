// The development stage: what a C program is compiled and linked with, in the same prefix as what it runs with.
//
//   include/openssl/          headers
//   lib/*.a                   static libraries; on Windows also the import libraries of the two DLLs
//   lib/lib{crypto,ssl}.so    links to the shared libraries, which lie in the other stage (macOS: .dylib)
//   lib/pkgconfig/            libcrypto.pc, libssl.pc, openssl.pc
//   lib/cmake/OpenSSL/        for `find_package(OpenSSL CONFIG)`
//   share/doc/development/    README.md, licences/

import { chmod, copyFile, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  cmakeFiles,
  developmentArchives,
  developmentDocuments,
  developmentLinks,
  pkgConfigFiles,
} from '../development-files.ts';
import type { PackageInfo, Target } from '../types.ts';
import { developmentReadme } from './development-readme.ts';
import { relocatableCMake, relocatablePkgConfig } from './relocatable.ts';

/** Where everything that the stage is made of lies; all paths are absolute. */
export interface DevelopmentInputs {
  readonly target: Target;
  readonly info: PackageInfo;
  /** What `make install` made of the prefix: `include/`, `lib/`. */
  readonly opensslDir: string;
  /** OpenSSL's own licence text. */
  readonly opensslLicence: string;
}

/**
 * Lays the development stage out.
 * @param outDir - empty folder that becomes the tree
 * @throws {BuildError} ERR_RECIPE when OpenSSL wrote its files for pkg-config or CMake in another form
 */
export async function assembleDevelopmentStage(inputs: DevelopmentInputs, outDir: string): Promise<void> {
  const { target, info, opensslDir } = inputs;
  const place = (name: string) => path.join(outDir, name);
  const documents = place(developmentDocuments);
  for (const name of ['lib/pkgconfig', 'lib/cmake/OpenSSL', `${developmentDocuments}/licences`]) {
    await mkdir(place(name), { recursive: true });
  }
  await cp(path.join(opensslDir, 'include'), place('include'), { recursive: true });
  for (const name of developmentArchives(target)) await copyFile(path.join(opensslDir, name), place(name));
  for (const [name, linkTarget] of developmentLinks(target)) await symlink(linkTarget, place(name));
  for (const [names, change] of [
    [pkgConfigFiles, relocatablePkgConfig],
    [cmakeFiles, relocatableCMake],
  ] as const) {
    for (const name of names) {
      const text = await readFile(path.join(opensslDir, name), 'utf8');
      await writeFile(place(name), change(text, target, name));
    }
  }
  await copyFile(inputs.opensslLicence, path.join(documents, 'licences/openssl.txt'));
  await writeFile(path.join(documents, 'README.md'), developmentReadme(info, target));
  await removeExecuteBits(outDir);
}

/** Nothing here runs. Modes of what was copied would be those of the build. */
async function removeExecuteBits(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await chmod(path.join(entry.parentPath, entry.name), 0o644);
  }
}
