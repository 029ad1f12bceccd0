// Turns the failed attempts to load the addon into one error that lists each, with its cause and what to do.

import { OpenSSLError } from '../openssl-error.ts';

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

/** Where the attempts were made. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** A Linux without glibc, such as Alpine. */
  readonly isMusl: boolean;
}

/** Platforms that a ready-made binary exists for. */
const supported: readonly string[] = ['linux-x64'];

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
    pattern: /invalid ELF header|wrong ELF class|Exec format error|not a valid Win32|mach-o/i,
    advice: `the binary is for another platform; install again on this one, or ${buildAdvice}`,
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

/** One error for all attempts; its `cause` is the last attempt's that found a file. */
export function explainAttempts(attempts: readonly Attempt[], machine: Machine): OpenSSLError {
  const loadable = attempts.filter(({ isMissing }) => !isMissing);
  const tried = attempts.map((attempt) => `  - ${attempt.place}: ${attempt.cause.message}`).join('\n');
  const advice = [...new Set(attempts.flatMap((attempt) => adviceFor(attempt, machine)))];
  const message =
    `no binary of tsopenssl could be loaded on ${machine.platform}-${machine.arch}; tried\n${tried}\n` +
    `What to do:\n${advice.map((line) => `  - ${line}`).join('\n')}`;
  const cause = loadable.at(-1)?.cause;
  return new OpenSSLError(message, [], {
    code: isNotIsolated(cause) ? 'ERR_TSOPENSSL_NOT_ISOLATED' : 'ERR_TSOPENSSL_NOT_LOADED',
    ...(cause === undefined ? {} : { cause }),
  });
}

function adviceFor({ kind, isMissing, cause }: Attempt, machine: Machine): string[] {
  if (isMissing) return kind === 'packaged' ? [missingPackageAdvice(machine)] : [];
  if (isNotIsolated(cause)) return [`link a static libcrypto; ${buildAdvice}`];
  const remedy = remedies.find(({ pattern }) => pattern.test(cause.message));
  if (machine.isMusl) return [`this Linux has no glibc, which the ready-made binary needs; ${buildAdvice}`];
  return [remedy?.advice ?? `install tsopenssl again, or ${buildAdvice}`];
}

function missingPackageAdvice({ platform, arch, isMusl }: Machine): string {
  const id = `${platform}-${arch}`;
  if (isMusl) return `there is no ready-made binary for a Linux without glibc; ${buildAdvice}`;
  if (!supported.includes(id)) {
    return `there is no ready-made binary for ${id} (there is one for ${supported.join(', ')}); ${buildAdvice}`;
  }
  return (
    `install again with optional dependencies: without --omit=optional, --no-optional or --ignore-optional; where ` +
    `package-lock.json was made on another platform, run npm install --include=optional @tsopenssl/${id}`
  );
}

function isNotIsolated(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 'ERR_TSOPENSSL_NOT_ISOLATED';
}
