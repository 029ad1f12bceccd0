// What a rule of the validator is, and what it sees.

import type { ElfFile } from '../../../build/formats/elf.ts';
import type { ElfDynamic } from '../../../build/formats/elf-dynamic.ts';
import type { FileEntry, Stage, Target } from '../../../build/types.ts';

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

/** What an ELF file of the stage is for. */
export type ElfRole = 'command' | 'libcrypto' | 'libssl' | 'addon';

/** A file of the stage with its content. */
export interface StagedFile {
  readonly entry: FileEntry;
  /** Undefined for everything that may not be an ELF file. */
  readonly role: ElfRole | undefined;
  /** Empty when the file cannot be read. */
  readonly bytes: Buffer;
  readonly readProblem: string | undefined;
  /** Only of files with a role. */
  readonly elf: ElfFile | undefined;
  readonly elfProblem: string | undefined;
}

/** An ELF file of the stage. */
export interface StagedElf extends StagedFile {
  readonly role: ElfRole;
  readonly elf: ElfFile;
  readonly dynamic: ElfDynamic;
}

/** What surrounds a file. */
export interface RuleContext extends ValidationContext {
  readonly target: Target;
  /** All paths of the stage. */
  readonly paths: ReadonlySet<string>;
  /** The distribution's own libraries by file name, as far as they can be read. */
  readonly libraries: ReadonlyMap<string, ElfFile>;
}

interface RuleBase {
  /** Stable name, kebab-case: tests and documents use it. */
  readonly id: string;
  /** Why the rule exists: what would happen to a user without it. */
  readonly why: string;
}

/** A rule over the list of entries. */
export interface EntryRule extends RuleBase {
  check(stage: Stage): readonly Omit<Problem, 'rule'>[];
}

/** A rule over the content of every file. */
export interface FileRule extends RuleBase {
  check(file: StagedFile, context: RuleContext): readonly Deviation[];
}

/** A rule over the ELF files of some roles. */
export interface ElfRule extends RuleBase {
  readonly applies: readonly ElfRole[];
  check(file: StagedElf, context: RuleContext): readonly Deviation[];
}

export const everyRole: readonly ElfRole[] = ['command', 'libcrypto', 'libssl', 'addon'];

/** Where each ELF file of a target lies in the stage; there are no others. */
export function elfPaths(target: Target): Readonly<Record<ElfRole, string>> {
  return {
    command: 'bin/openssl',
    libcrypto: 'lib/libcrypto.so.3',
    libssl: 'lib/libssl.so.3',
    addon: `node_modules/${target.npm.packageName}/tsopenssl.node`,
  };
}

/** A list for a message: the first few, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = 5;
  if (names.length <= shown) return names.join(', ');
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
