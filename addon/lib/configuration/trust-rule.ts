// Who may have written a configuration file. It is code (it names libraries to load), so the default one counts only
// when the administrator alone can change it: CVE-2019-1552 is what happens otherwise.

/** One file or folder on the way to a configuration file, as lstat(2) or fstat(2) saw it. */
export interface PathFacts {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'other';
  /** Numeric owner. */
  readonly uid: number;
  /** Permission bits, with the sticky bit. An access-control list that lets others write shows up as the group's bit. */
  readonly mode: number;
}

const GROUP_WRITE = 0o020;
const OTHER_WRITE = 0o002;

/**
 * The first reason not to trust a path, or undefined where there is none: everything on the way must belong to uid 0, and
 * nobody else may write it. A sticky folder such as /tmp is no exception, since anyone may add a name to it.
 * @param way - every folder from / down, those that symbolic links lead through as well, then the file itself
 */
export function findTrustProblem(way: readonly PathFacts[]): string | undefined {
  for (const { path, kind, uid, mode } of way) {
    if (kind === 'other') return `${path} is neither a file nor a folder`;
    if (uid !== 0) return `${path} belongs to uid ${uid}, wanted 0`;
    if ((mode & GROUP_WRITE) !== 0) return `${path} can be written by its group (mode ${octal(mode)})`;
    if ((mode & OTHER_WRITE) !== 0) return `${path} can be written by everybody (mode ${octal(mode)})`;
  }
  return undefined;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
