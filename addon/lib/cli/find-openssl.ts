// Where the embedded openssl lies. npm's package of the platform holds it; the system's packages and the archive have it
// in their own bin/, beside tsopenssl.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/**
 * Finds the command line.
 * @returns absolute path
 * @throws {Error} nothing is installed for this platform; the message says what was tried
 */
export function findOpenssl(): string {
  const name = `@tsopenssl/${process.platform}-${process.arch}`;
  const folder = resolveFolder(name);
  if (folder === undefined) throw notFound([`the package ${name}: not installed`]);
  const own = path.join(folder, 'bin/openssl');
  if (existsSync(own)) return own;
  const bin = path.resolve(folder, '../../../bin');
  // somebody's project may well have a bin/openssl: only beside tsopenssl it is ours
  const staged = path.join(bin, 'openssl');
  if (existsSync(staged) && existsSync(path.join(bin, 'tsopenssl'))) return staged;
  throw notFound([`${own}: no such file`, `${staged}: no such file beside a file tsopenssl`]);
}

function resolveFolder(name: string): string | undefined {
  try {
    return path.dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function notFound(tried: readonly string[]): Error {
  const list = tried.map((line) => `  ${line}`).join('\n');
  return new Error(
    `Found no openssl for ${process.platform}-${process.arch}; tried\n${list}\n` +
      'Install tsopenssl again with its optional dependencies.',
  );
}
