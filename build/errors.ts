// The builder's one error class, the codes it may carry and the exit status that each code ends the process with.

/** What went wrong, as a stable word that programs and tests may rely on. */
export type BuildErrorCode =
  | 'ERR_USAGE' // the command line is wrong: exit 2
  | 'ERR_PREREQUISITE' // a system package, tool or right is missing: exit 2
  | 'ERR_NETWORK' // no mirror answered
  | 'ERR_INTEGRITY' // size or digest differ from the recipe, or a file was changed while it was used
  | 'ERR_SIGNATURE' // an OpenPGP signature is missing, wrong, or by another key
  | 'ERR_ARCHIVE' // an archive is damaged or holds an entry that may not be extracted
  | 'ERR_DISK_FULL' // the disk has no room left
  | 'ERR_NOT_WRITABLE' // a folder of ours cannot be written
  | 'ERR_UNSAFE_CACHE' // another user owns the cache folder or may write to it: exit 2
  | 'ERR_PROCESS' // a program that a step started failed
  | 'ERR_CERTDATA' // certdata.txt is cut or contradicts itself
  | 'ERR_VALIDATION' // the finished files break a rule of the platform's validator
  | 'ERR_REPRODUCE' // two builds of the same input differ
  | 'ERR_RECIPE'; // a recipe names what is not there

/** Exit status for each code that is not the ordinary failure, 1. */
const exitStatuses: Partial<Record<BuildErrorCode, number>> = {
  ERR_USAGE: 2,
  ERR_PREREQUISITE: 2,
  ERR_UNSAFE_CACHE: 2,
};

/** An error whose message says what was wanted, what was found and what to do. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  readonly code: BuildErrorCode;

  constructor(code: BuildErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The exit status of a command that ends with this error: 1 failed, 2 wrong usage. */
  get exitStatus(): number {
    return exitStatuses[this.code] ?? 1;
  }
}

/**
 * Turns an error of the file system into a BuildError that says what to do, and passes any other through.
 * @param error - what was caught
 * @param what - the action and its path, as in `writing /x/y`
 */
export function fromFileSystemError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof BuildError) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new BuildError('ERR_DISK_FULL', `${what}: the disk is full; make room and run the command again`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM') {
    const remedy = 'choose another folder with --cache or --out';
    return new BuildError('ERR_NOT_WRITABLE', `${what}: ${error.message}; ${remedy}`, { cause: error });
  }
  return error;
}
