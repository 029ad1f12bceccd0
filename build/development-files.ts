// Where the files of a development stage lie, by target.

import path from 'node:path';
import type { Target } from './types.ts';

/** The folder of documents, apart from the other stage's: both are unpacked into one folder. */
export const developmentDocuments = 'share/doc/development';

/** The links without a version that the linker looks for, by path, and what they lead to. Windows has none. */
export function developmentLinks(target: Target): ReadonlyMap<string, string> {
  if (target.os === 'win32') return new Map();
  const suffix = target.os === 'darwin' ? '.dylib' : '.so';
  const { libcrypto, libssl } = target.binaries;
  return new Map([
    [`lib/libcrypto${suffix}`, path.posix.basename(libcrypto)],
    [`lib/libssl${suffix}`, path.posix.basename(libssl)],
  ]);
}

/** The archives of objects that the linker reads, by path. */
export function developmentArchives(target: Target): readonly string[] {
  const suffixes = target.os === 'win32' ? ['.a', '.dll.a'] : ['.a'];
  return suffixes.flatMap((suffix) => [`lib/libcrypto${suffix}`, `lib/libssl${suffix}`]);
}

/** The files for pkg-config and for CMake, by path. */
export const pkgConfigFiles = ['libcrypto', 'libssl', 'openssl'].map((name) => `lib/pkgconfig/${name}.pc`);
export const cmakeFiles = ['OpenSSLConfig', 'OpenSSLConfigVersion'].map(
  (name) => `lib/cmake/OpenSSL/${name}.cmake`,
);
