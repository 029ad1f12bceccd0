// Finds the addon's binary and loads it: the one that the user built, else the one of the platform's package.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { OpenSSLError } from '../openssl-error.ts';
import { packageFolder, packageRequire } from '../package-folder.ts';
import { packagedPlatforms, platformsOf, thisMachine } from '../platform-packages.ts';
import { trace } from '../trace.ts';
import type { NativeBinding } from './binding.ts';
import type { Attempt } from './explain-attempts.ts';
import { explainAttempts } from './late-explain-attempts.ts';

/** Raised in addon.cc whenever a function there changes its meaning. */
const bindingVersion = 2;

/** A binary that was loaded, and where it lies. */
export interface LoadedBinding {
  readonly native: NativeBinding;
  /** Absolute path of tsopenssl.node. */
  readonly path: string;
}

/**
 * Loads the first binary that can be loaded.
 * @throws {OpenSSLError} ERR_TSOPENSSL_NOT_LOADED none could be: the message has each place, each cause, and what to do;
 *   ERR_TSOPENSSL_NOT_ISOLATED the only one that there is would use another OpenSSL than its own
 */
export function loadBinding(): LoadedBinding {
  const attempts: Attempt[] = [];
  const platforms = platformsOf(thisMachine());
  for (const candidate of [builtBinary(), ...platforms.map(packagedBinary)]) {
    const found = 'path' in candidate ? tryLoading(candidate.path) : candidate;
    if ('native' in found) {
      trace(`${found.path}: loaded`);
      warnAboutBuiltBinary(attempts, found.path);
      return found;
    }
    trace(`${found.place}: ${found.cause.message}`);
    attempts.push(found);
  }
  const [platform] = platforms;
  const others = packagedPlatforms.filter((id) => !platforms.includes(id) && isInstalled(id));
  const { message, code, cause } = explainAttempts(attempts, { platform, packagedPlatforms, others });
  throw new OpenSSLError(message, [], cause === undefined ? { code } : { code, cause });
}

type Candidate = { readonly path: string } | Attempt;

/** What `node-gyp rebuild -C node_modules/tsopenssl/src` leaves. */
const builtPath = path.join(packageFolder, 'src/build/Release/tsopenssl.node');

function builtBinary(): Candidate {
  if (existsSync(builtPath)) return { path: builtPath };
  return { place: builtPath, kind: 'built', isMissing: true, cause: new Error('it was not built') };
}

function packagedBinary(platform: string): Candidate {
  const place = `@tsopenssl/${platform}/tsopenssl.node`;
  try {
    return { path: packageRequire.resolve(place) };
  } catch (error) {
    const cause = toError(error);
    const isMissing = 'code' in cause && cause.code === 'MODULE_NOT_FOUND';
    return {
      place,
      kind: 'packaged',
      isMissing,
      cause: isMissing ? new Error('the package is not installed') : cause,
    };
  }
}

function isInstalled(platform: string): boolean {
  return 'path' in packagedBinary(platform);
}

function tryLoading(file: string): LoadedBinding | Attempt {
  try {
    const native = packageRequire(file) as NativeBinding;
    if (native.bindingVersion === bindingVersion) {
      native.setErrorClass(OpenSSLError);
      return { native, path: file };
    }
    throw new Error(
      `it belongs to another release of tsopenssl: wanted interface ${bindingVersion}, got ${native.bindingVersion}`,
    );
  } catch (error) {
    return {
      place: file,
      kind: file === builtPath ? 'built' : 'packaged',
      isMissing: false,
      cause: toError(error),
    };
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Who built a binary means it to be used: falling back in silence would hide that it is not. */
function warnAboutBuiltBinary(attempts: readonly Attempt[], used: string): void {
  for (const { place, cause } of attempts.filter(({ isMissing }) => !isMissing)) {
    process.emitWarning(`${place} was not loaded: ${cause.message}; using ${used}`, {
      type: 'TsopensslWarning',
      code: 'TSOPENSSL_BUILT_BINARY',
    });
  }
}
