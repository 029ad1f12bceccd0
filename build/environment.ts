// The one place that reads the process's environment. Everything else is handed what it needs.

import os from 'node:os';
import path from 'node:path';

/** What the environment says, read once at start. */
export interface Environment {
  /** TSOPENSSL_CACHE, or `tsopenssl` in the user's cache folder: sources, toolchains and finished steps. */
  readonly cacheDir: string;
  /** TSOPENSSL_MIRROR: folder that is asked for sources before any address. */
  readonly mirrorDir: string | undefined;
  /** TSOPENSSL_LAUNCHER: ccache, sccache or distcc. */
  readonly launcher: string | undefined;
  /** SOURCE_DATE_EPOCH: replaces the release's own time in every artifact. */
  readonly epochSeconds: string | undefined;
  /** TSOPENSSL_PKG_IDENTITY: name or SHA-1 of the certificate that signs packages for macOS. */
  readonly pkgIdentity: string | undefined;
  /** TSOPENSSL_SIGN_PKCS12: file with the certificate and the key that sign what is made for Windows. */
  readonly signPkcs12: string | undefined;
  /** TSOPENSSL_SIGN_PASSWORD_FILE: file whose first line is the password of that file. */
  readonly signPasswordFile: string | undefined;
  /** TSOPENSSL_SIGN_TIMESTAMP_URL: the RFC 3161 server that says when it was signed. */
  readonly signTimestampUrl: string | undefined;
  /** CI is set: no live progress. */
  readonly ci: boolean;
  /** DEBUG=1: errors show their stack. */
  readonly debug: boolean;
  readonly path: string;
  readonly home: string;
}

/**
 * The folder below which each system keeps what programs can make again.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/ a relative XDG_CACHE_HOME is ignored
 */
function userCacheFolder(): string {
  const home = os.homedir();
  const { XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local } = process.env;
  if (process.platform === 'win32') {
    return path.join(local || path.join(home, 'AppData', 'Local'), 'tsopenssl', 'Cache');
  }
  if (path.isAbsolute(xdg)) return path.join(xdg, 'tsopenssl');
  return path.join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'tsopenssl');
}

export const environment: Environment = {
  cacheDir: process.env.TSOPENSSL_CACHE || userCacheFolder(),
  mirrorDir: process.env.TSOPENSSL_MIRROR || undefined,
  launcher: process.env.TSOPENSSL_LAUNCHER || undefined,
  epochSeconds: process.env.SOURCE_DATE_EPOCH || undefined,
  pkgIdentity: process.env.TSOPENSSL_PKG_IDENTITY || undefined,
  signPkcs12: process.env.TSOPENSSL_SIGN_PKCS12 || undefined,
  signPasswordFile: process.env.TSOPENSSL_SIGN_PASSWORD_FILE || undefined,
  signTimestampUrl: process.env.TSOPENSSL_SIGN_TIMESTAMP_URL || undefined,
  ci: Boolean(process.env.CI),
  debug: process.env.DEBUG === '1',
  path: process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  home: os.homedir(),
};

/** Variables that a program started by a step may see beside the ones the step sets: launchers and proxies only. */
export const passedThrough: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && /^(CCACHE|SCCACHE|DISTCC)_|^(https?|no|all)_proxy$/i.test(pair[0]),
  ),
);

/** What npm may see beside: its own settings of registry, certificates and cache, and nothing that changes a build. */
export const npmEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined &&
      /^npm_config_(registry|cafile|userconfig|globalconfig|cache|proxy|https_proxy|noproxy|@.*)$|^NODE_EXTRA_CA_CERTS$/i.test(
        pair[0],
      ),
  ),
);
