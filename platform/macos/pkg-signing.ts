// Signs installer packages, where the machine can: on a Mac, with a Developer ID Installer certificate in the keychain.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { environment } from '../../build/environment.ts';
import { BuildError } from '../../build/errors.ts';
import { run } from '../../build/process.ts';

const setting = 'TSOPENSSL_PKG_IDENTITY';

/** An identity of the keychain. */
interface Identity {
  /** SHA-1 of the certificate, upper-case hex. */
  readonly digest: string;
  readonly name: string;
}

/**
 * Finds out before a build whether its packages can be signed.
 * @param identity - name of the certificate, or its SHA-1 in hex
 * @param pathFirst - folders that are searched for programs before PATH
 * @throws {BuildError} ERR_PREREQUISITE: productsign or security is missing; ERR_USAGE: the keychain has no such identity
 */
export async function checkPkgIdentity(identity: string, pathFirst: readonly string[] = []): Promise<void> {
  const folders = [...pathFirst, ...environment.path.split(path.delimiter)];
  const missing = ['productsign', 'security'].filter(
    (tool) => !folders.some((folder) => existsSync(path.join(folder, tool))),
  );
  if (missing.length > 0) {
    throw new BuildError(
      'ERR_PREREQUISITE',
      `${setting}: wanted ${missing.join(' and ')} in PATH, found none; macOS alone has them: build there, or unset ${setting} for packages without a signature`,
    );
  }
  const { stdout } = await run(['security', 'find-identity', '-v', '-p', 'basic'], { pathFirst });
  const known = readIdentities(stdout);
  if (known.some(({ name, digest }) => name === identity || digest === identity.toUpperCase())) return;
  const names = known.map(({ name }) => JSON.stringify(name)).join(', ') || 'none';
  throw new BuildError(
    'ERR_USAGE',
    `Expected an identity of the keychain for ${setting}, got ${JSON.stringify(identity)}; the valid ones are: ${names}`,
  );
}

/** Lines of `security find-identity`, such as `  1) 0123…CDEF "Developer ID Installer: Name (TEAM)"`. */
function readIdentities(text: string): readonly Identity[] {
  return [...text.matchAll(/^ *\d+\) ([0-9A-F]{40}) "(.*)"$/gm)].map(([, digest = '', name = '']) => ({
    digest,
    name,
  }));
}

/**
 * Signs a package.
 * @param unsigned - the package, absolute
 * @param signed - where the signed one goes, absolute
 * @param pathFirst - folders that are searched for programs before PATH
 * @throws {BuildError} ERR_PROCESS: what productsign says
 */
export async function signPkg(
  unsigned: string,
  signed: string,
  identity: string,
  pathFirst: readonly string[] = [],
): Promise<void> {
  await run(['productsign', '--sign', identity, unsigned, signed], { pathFirst });
}
