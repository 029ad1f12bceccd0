// What a rule of a validator is, and what it sees. The formats of binaries differ from platform to platform; what surrounds
// them does not.

import type { FileEntry, Stage, Target } from '../types.ts';

/** One breach of one rule. */
export interface Problem {
  /** `id` of the rule. */
  readonly rule: string;
  /** Path in the stage. */
  readonly path: string;
  readonly wanted: string;
  readonly got: string;
}

/** What a rule answers for each breach; the runner adds the rule and, where the rule sees one file, the path. */
export type Deviation = Pick<Problem, 'wanted' | 'got'>;

/** What the caller knows and the stage does not say. */
export interface ValidationContext {
  /** Absolute paths of the build machine that no file may contain: work and cache folders, the checkout, the home. */
  readonly forbiddenPaths: readonly string[];
}

/** What a binary of the stage is for. */
export type Role = 'command' | 'libcrypto' | 'libssl' | 'addon';

export const everyRole: readonly Role[] = ['command', 'libcrypto', 'libssl', 'addon'];

/** A file of the stage with its content. */
export interface StagedFile {
  readonly entry: FileEntry;
  /** Undefined for everything that may not be a binary. */
  readonly role: Role | undefined;
  /** Empty when the file cannot be read. */
  readonly bytes: Buffer;
  readonly readProblem: string | undefined;
  /** Why a file with a role is not a binary of the platform. */
  readonly formatProblem: string | undefined;
}

/** A binary of the stage, with what the reader of its format found in it. */
export type StagedBinary<Parsed> = StagedFile & Parsed & { readonly role: Role };

/** What surrounds a file. */
export interface RuleContext<Parsed, Platform extends Target> extends ValidationContext {
  readonly target: Platform;
  /** All paths of the stage. */
  readonly paths: ReadonlySet<string>;
  /** Every binary that can be read. */
  readonly binaries: readonly StagedBinary<Parsed>[];
}

/** A rule's name, and its reason. */
export interface RuleInfo {
  /** Stable name, kebab-case: tests and documents use it. */
  readonly id: string;
  /** Why the rule exists: what would happen to a user without it. */
  readonly why: string;
}

/** A rule over the list of entries. */
export interface EntryRule extends RuleInfo {
  check(stage: Stage): readonly Omit<Problem, 'rule'>[];
}

/** A rule over the content of every file. */
export interface FileRule extends RuleInfo {
  check(file: StagedFile, context: ValidationContext): readonly Deviation[];
}

/** A rule over the binaries of some roles. */
export interface BinaryRule<Parsed, Platform extends Target> extends RuleInfo {
  readonly applies: readonly Role[];
  check(file: StagedBinary<Parsed>, context: RuleContext<Parsed, Platform>): readonly Deviation[];
}

/** Where each binary of a target lies in the stage; there are no others. */
export function binaryPaths(target: Target): Readonly<Record<Role, string>> {
  return { ...target.binaries, addon: `node_modules/${target.npm.packageName}/tsopenssl.node` };
}

/** A list for a message: the first few, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = 5;
  if (names.length <= shown) return names.join(', ');
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
