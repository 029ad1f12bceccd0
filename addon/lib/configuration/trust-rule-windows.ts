// Who may have written a configuration file of Windows. Any user may make a folder in the root of a drive, so a folder
// counts only when its owner and its access-control list leave it to the administrator: CVE-2019-1552.

import { type AccessEntry, parseSecurityDescriptor, type SecurityDescriptor } from './security-descriptor.ts';

/** One file or folder on the way to a configuration file, as one handle of it showed it. */
export interface WindowsPathFacts {
  /** As it was asked for: absolute, with a drive letter. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'other';
  /** A symbolic link, a junction, or what else a filter of the file system puts in a file's place. */
  readonly isReparsePoint: boolean;
  /** Where the system found it: GetFinalPathNameByHandle, such as `\\?\C:\openssl`. */
  readonly finalPath: string;
  /** Owner and DACL as SDDL. */
  readonly descriptor: string;
}

/** They may change anything anyway. */
const administrators: readonly string[] = [
  'S-1-5-32-544', // Administrators
  'S-1-5-18', // SYSTEM
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464', // TrustedInstaller
];

/** No process has them: they stand for the creator of what is made below, and for the owner, who is checked by itself. */
const placeholders: readonly string[] = ['S-1-3-0', 'S-1-3-1', 'S-1-3-4'];

const names: Readonly<Record<string, string>> = {
  'S-1-1-0': 'Everyone',
  'S-1-5-2': 'NETWORK',
  'S-1-5-4': 'INTERACTIVE',
  'S-1-5-6': 'SERVICE',
  'S-1-5-7': 'ANONYMOUS LOGON',
  'S-1-5-11': 'Authenticated Users',
  'S-1-5-19': 'LOCAL SERVICE',
  'S-1-5-20': 'NETWORK SERVICE',
  'S-1-5-32-545': 'Users',
  'S-1-5-32-546': 'Guests',
  'S-1-5-32-547': 'Power Users',
};

type Rights = readonly (readonly [mask: number, name: string])[];

/** Rights that change a file, a folder's list of names, or who may do either. winnt.h */
const changingRights: Rights = [
  [0x2, 'FILE_WRITE_DATA'],
  [0x4, 'FILE_APPEND_DATA'],
  [0x10, 'FILE_WRITE_EA'],
  [0x100, 'FILE_WRITE_ATTRIBUTES'],
];

/** Rights that put another file or folder in the place of this one or of what is in it. */
const replacingRights: Rights = [
  [0x40, 'FILE_DELETE_CHILD'],
  [0x1_0000, 'DELETE'],
  [0x4_0000, 'WRITE_DAC'],
  [0x8_0000, 'WRITE_OWNER'],
];

/**
 * The first reason not to trust a path, or undefined where there is none. Everything on the way must belong to
 * Administrators, SYSTEM or TrustedInstaller. Nobody else may change the file and its folder in any way; of what lies above,
 * it is enough that nobody else can replace what is in it, since every user may add folders to a drive's root. Links are
 * not followed.
 * @param way - every folder from the drive's root down, then the file itself or the folder that is to be read
 */
export function findWindowsTrustProblem(way: readonly WindowsPathFacts[]): string | undefined {
  const guarded = way.at(-1)?.kind === 'file' ? 2 : 1;
  const above = way.slice(0, -guarded).map((facts) => findProblemAbove(facts));
  const below = way
    .slice(-guarded)
    .map((facts) => findProblem(facts, [...changingRights, ...replacingRights]));
  return [...above, ...below].find((problem) => problem !== undefined);
}

/** The reason not to trust what lies in a folder to be what the administrator put there, or undefined. */
export function findProblemAbove(folder: WindowsPathFacts): string | undefined {
  return findProblem(folder, replacingRights);
}

function findProblem(facts: WindowsPathFacts, wanted: Rights): string | undefined {
  return findPlaceProblem(facts) ?? findRightsProblem(facts, wanted);
}

function findPlaceProblem({ path, kind, isReparsePoint, finalPath }: WindowsPathFacts): string | undefined {
  if (kind === 'other') return `${path} is neither a file nor a folder`;
  if (isReparsePoint) return `${path} is a symbolic link or a junction`;
  const found = finalPath.replace(/^\\\\\?\\(?:UNC\\)?/, (prefix) =>
    prefix.endsWith('UNC\\') ? '\\\\' : '',
  );
  if (found.toLowerCase() !== path.toLowerCase()) return `${path} leads to ${found}`;
  return undefined;
}

function findRightsProblem({ path, descriptor }: WindowsPathFacts, wanted: Rights): string | undefined {
  const parsed = parse(descriptor);
  if (parsed === undefined) return `${path} has rights that cannot be read: ${descriptor}`;
  const { owner, entries } = parsed;
  if (owner === undefined) return `${path} has no owner`;
  if (!administrators.includes(owner)) {
    return `${path} belongs to ${nameOf(owner)}, wanted Administrators, SYSTEM or TrustedInstaller`;
  }
  if (entries === undefined) return `${path} has no access-control list, so everybody may change it`;
  return findGrant(path, entries, wanted);
}

function parse(descriptor: string): SecurityDescriptor | undefined {
  try {
    return parseSecurityDescriptor(descriptor);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function findGrant(path: string, entries: readonly AccessEntry[], wanted: Rights): string | undefined {
  /** What Windows has refused somebody before it comes to an entry that allows it. */
  const denied = new Map<string, number>();
  for (const { type, flags, mask, sid } of entries) {
    if (flags.includes('IO') || administrators.includes(sid) || placeholders.includes(sid)) continue;
    const before = denied.get(sid) ?? 0;
    if (type === 'D') denied.set(sid, before | mask);
    if (type === 'D' || type === 'OD') continue;
    const granted = wanted.find(([right]) => (mask & ~before & right) !== 0);
    if (granted !== undefined) return `${path} can be changed by ${nameOf(sid)} (${granted[1]})`;
  }
  return undefined;
}

function nameOf(sid: string): string {
  return names[sid] === undefined ? sid : `${names[sid]} (${sid})`;
}
