// OpenSSL's files for pkg-config and CMake, changed so that they find headers and libraries wherever the tree lies. The two
// folders that the libraries load code from are compiled in and do not move: there the files say what is true.

import { BuildError } from '../errors.ts';
import type { Target } from '../types.ts';

/**
 * A `.pc` file whose prefix is two folders above it (`pcfiledir`, pkg-config(1)).
 * @param name - for messages
 * @throws {BuildError} ERR_RECIPE when there is no prefix to replace
 */
export function relocatablePkgConfig(text: string, target: Target, name: string): string {
  const { enginesdir, modulesdir } = target.directories;
  return replaced(text, name, /^prefix=.*$/m, `prefix=\${pcfiledir}/../..`)
    .replace(/^enginesdir=.*$/m, `enginesdir=${withSlashes(enginesdir)}`)
    .replace(/^modulesdir=.*$/m, `modulesdir=${withSlashes(modulesdir)}`);
}

/**
 * A CMake file. OpenSSL's own finds its prefix by where it lies.
 * @param name - for messages
 * @throws {BuildError} ERR_RECIPE when the configuration names no folder of engines or modules
 */
export function relocatableCMake(text: string, target: Target, name: string): string {
  if (name.endsWith('ConfigVersion.cmake')) return text;
  const set = (variable: string, folder: string) => `set(${variable} "${withSlashes(folder)}")`;
  const { enginesdir, modulesdir } = target.directories;
  const withEngines = replaced(
    text,
    name,
    /^set\(OPENSSL_ENGINES_DIR ".*"\)$/m,
    set('OPENSSL_ENGINES_DIR', enginesdir),
  );
  return replaced(
    withEngines,
    name,
    /^set\(OPENSSL_MODULES_DIR ".*"\)$/m,
    set('OPENSSL_MODULES_DIR', modulesdir),
  );
}

function replaced(text: string, name: string, line: RegExp, by: string): string {
  if (line.test(text)) return text.replace(line, () => by);
  throw new BuildError(
    'ERR_RECIPE',
    `${name}: wanted a line ${line.source}, found none; see build/steps/relocatable.ts`,
  );
}

/** pkg-config and CMake take a backslash for an escape; Windows takes both. */
function withSlashes(folder: string): string {
  return folder.replaceAll('\\', '/');
}
