// Where the embedded openssl lies. npm's package of the platform holds it; the system's packages and the archive have it
// in their own bin/, beside tsopenssl.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRequire } from '../package-folder.ts';
import { platformsOf, thisMachine } from '../platform-packages.ts';

interface Names {
  readonly openssl: string;
  /** What starts tsopenssl where it was installed without npm. */
  readonly launcher: string;
}

const windowsNames: Names = { openssl: 'openssl.exe', launcher: 'tsopenssl.cmd' };
const posixNames: Names = { openssl: 'openssl', launcher: 'tsopenssl' };

/**
 * Finds the command line.
 * @returns absolute path
 * @throws {Error} nothing is installed for this platform; the message says what was tried
 */
export function findOpenssl(): string {
  const tried: string[] = [];
  for (const platform of platformsOf(thisMachine())) {
    const folder = resolveFolder(`@tsopenssl/${platform}`);
    if (folder === undefined) tried.push(`the package @tsopenssl/${platform}: not installed`);
    else {
      const found = findIn(folder, tried);
      if (found !== undefined) return found;
    }
  }
  const list = tried.map((line) => `  ${line}`).join('\n');
  throw new Error(
    `Found no openssl for ${platformsOf(thisMachine())[0]}; tried\n${list}\n` +
      'Install tsopenssl again with its optional dependencies.',
  );
}

/** Looks into the package of a platform, and where it lies in an installation without npm. */
function findIn(folder: string, tried: string[]): string | undefined {
  const { openssl, launcher } = process.platform === 'win32' ? windowsNames : posixNames;
  const own = path.join(folder, 'bin', openssl);
  if (existsSync(own)) return own;
  const bin = path.resolve(folder, '../../../bin');
  // somebody's project may well have a bin/openssl: only beside tsopenssl it is ours
  const staged = path.join(bin, openssl);
  if (existsSync(staged) && existsSync(path.join(bin, launcher))) return staged;
  tried.push(`${own}: no such file`, `${staged}: no such file beside a file ${launcher}`);
  return undefined;
}

function resolveFolder(name: string): string | undefined {
  try {
    return path.dirname(packageRequire.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
