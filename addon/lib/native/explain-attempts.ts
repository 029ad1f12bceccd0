// Turns the failed attempts to load the addon into one text that lists each, with its cause and what to do.

import type { OpenSSLErrorCode } from '../openssl-error.ts';

/** A binary that was not loaded. */
export interface Attempt {
  /** Its path, or the name that was looked for. */
  readonly place: string;
  /** Built by the user from source, or made ready in a package. */
  readonly kind: 'built' | 'packaged';
  /** There is no such file. */
  readonly isMissing: boolean;
  readonly cause: Error;
}

/** Where the attempts were made, and what is there instead. */
export interface Circumstances {
  /** The platform that a package was looked for: `linux-x64`. */
  readonly platform: string;
  /** The platforms that there are packages for. */
  readonly packagedPlatforms: readonly string[];
  /** Platforms of other machines whose packages are installed. */
  readonly others: readonly string[];
}

const buildAdvice =
  'build it from source: npm install node-gyp node-addon-api && npx node-gyp rebuild -C node_modules/tsopenssl/src ' +
  '-- -Dopenssl_root=/opt/openssl';

interface Remedy {
  /** Matches the cause's message. */
  readonly pattern: RegExp;
  readonly advice: string;
}

/** What the loaders of libc and node say, and what it means here. */
const remedies: readonly Remedy[] = [
  {
    pattern: /GLIBC(XX)?_[\d.]+' not found/,
    advice:
      'this system has an older C library than the binary was built for (glibc 2.17 for the ready-made one); ' +
      buildAdvice,
  },
  {
    pattern:
      /invalid ELF header|wrong ELF class|Exec format error|not a valid Win32|Bad EXE format|mach-o|incompatible arch/i,
    advice: `the binary is for another platform; install again on this one, or ${buildAdvice}`,
  },
  {
    pattern: /specified module could not be found/i,
    advice:
      'Windows misses a DLL that the binary asks for, which are all parts of Windows 10 and later; this system is ' +
      'older, or its security software keeps node from reading the file',
  },
  {
    pattern: /code signature|library load disallowed|different Team IDs|not allowed to load|quarantine/i,
    advice:
      'macOS refuses the signature of the binary: a node with the hardened runtime needs the entitlement ' +
      'com.apple.security.cs.disable-library-validation, and a file that a browser fetched is let go by ' +
      'xattr -d com.apple.quarantine',
  },
  {
    pattern: /newer than running OS|built for (newer )?macOS|Symbol not found/i,
    advice: `this macOS is older than the binary was built for (11.0 for the ready-made one); ${buildAdvice}`,
  },
  {
    pattern: /application control policy|blocked by group policy/i,
    advice: 'a policy of this Windows forbids the binary; ask its administrator to allow it',
  },
  {
    pattern: /loading addons is disabled/,
    advice:
      'node was started without the right to load addons (--no-addons, or --permission without --allow-addons)',
  },
  {
    pattern: /failed to map segment|cannot enable executable/i,
    advice: 'the folder is on a file system mounted noexec; install elsewhere',
  },
  {
    pattern: /another release of tsopenssl/,
    advice: 'install tsopenssl and its platform package in one version, or build again',
  },
];

/** What an error says for all attempts. */
export interface Explanation {
  readonly message: string;
  readonly code: OpenSSLErrorCode;
  /** Of the last attempt that found a file. */
  readonly cause: Error | undefined;
}

/** Explains why no binary could be loaded. */
export function explainAttempts(attempts: readonly Attempt[], circumstances: Circumstances): Explanation {
  const loadable = attempts.filter(({ isMissing }) => !isMissing);
  const tried = attempts.map(({ place, cause }) => `  - ${place}: ${messageOf(cause)}`).join('\n');
  const advice = [...new Set(attempts.flatMap((attempt) => adviceFor(attempt, circumstances)))];
  const message =
    `no binary of tsopenssl could be loaded on ${circumstances.platform}; tried\n${tried}\n` +
    `What to do:\n${advice.map((line) => `  - ${line}`).join('\n')}`;
  const cause = loadable.at(-1)?.cause;
  const code = isNotIsolated(cause) ? 'ERR_TSOPENSSL_NOT_ISOLATED' : 'ERR_TSOPENSSL_NOT_LOADED';
  return { message, code, cause };
}

/** On Windows the path follows on a line of its own. */
function messageOf(cause: Error): string {
  return cause.message.replace(/\s*[\r\n]+\\\\\?\\.*$/, '');
}

function adviceFor({ kind, isMissing, cause }: Attempt, circumstances: Circumstances): string[] {
  if (isMissing) return kind === 'packaged' ? [missingPackageAdvice(circumstances)] : [];
  if (isNotIsolated(cause)) return [`link a static libcrypto; ${buildAdvice}`];
  const remedy = remedies.find(({ pattern }) => pattern.test(cause.message));
  return [remedy?.advice ?? `install tsopenssl again, or ${buildAdvice}`];
}

function missingPackageAdvice({ platform: id, packagedPlatforms, others }: Circumstances): string {
  if (!packagedPlatforms.includes(id)) {
    const known = packagedPlatforms.join(', ');
    return `there is no ready-made binary for ${id} (there is one for ${known}); ${buildAdvice}`;
  }
  if (others.length > 0) return otherPackageAdvice(id, others);
  return (
    `install again with optional dependencies: without --omit=optional, --no-optional or --ignore-optional; where ` +
    `package-lock.json was made on another platform, run npm install --include=optional @tsopenssl/${id}`
  );
}

function otherPackageAdvice(id: string, others: readonly string[]): string {
  const names = others.map((other) => `@tsopenssl/${other}`).join(', ');
  const rosetta =
    id === 'darwin-x64' && others.includes('darwin-arm64')
      ? 'this node is for Intel and runs under Rosetta if the Mac has Apple silicon: use a node for arm64, or '
      : '';
  return (
    `installed is ${names}, and this node is ${id}: node_modules was copied from another machine or made by another ` +
    `node; ${rosetta}remove node_modules and install again with this node`
  );
}

function isNotIsolated(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 'ERR_TSOPENSSL_NOT_ISOLATED';
}
