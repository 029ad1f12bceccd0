// The validator of the Linux targets: every rule over every staged file, all problems at once.

import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../../build/errors.ts';
import { type ElfFile, readElf } from '../../build/formats/elf.ts';
import type { FileEntry, Stage } from '../../build/types.ts';
import { elfFileRules } from './validate/elf-file-rules.ts';
import { elfLibraryRules } from './validate/elf-library-rules.ts';
import { elfSymbolRules } from './validate/elf-symbol-rules.ts';
import { entryRules } from './validate/entry-rules.ts';
import { fileRules } from './validate/file-rules.ts';
import {
  type ElfRole,
  elfPaths,
  type Problem,
  type RuleContext,
  type StagedElf,
  type StagedFile,
  type ValidationContext,
} from './validate/rule.ts';

export type { Problem, ValidationContext } from './validate/rule.ts';

const elfRules = [...elfFileRules, ...elfLibraryRules, ...elfSymbolRules];

/** Every rule there is, in the order that problems are listed in. */
export const linuxRules: readonly { readonly id: string; readonly why: string }[] = [
  ...entryRules,
  ...fileRules,
  ...elfRules,
];

/**
 * Checks a finished stage against every rule. The directories that OpenSSL must have been built with are those of
 * `stage.target`.
 * @param context - what the stage does not say; a forbidden path `/` is passed over, since every file would hold it
 * @returns all problems, in the order of the rules; none when the stage may be packaged
 * @throws {TypeError} a forbidden path that is not absolute
 */
export async function validateLinux(stage: Stage, context: ValidationContext): Promise<readonly Problem[]> {
  const forbiddenPaths = context.forbiddenPaths.map(withoutSlash).filter((folder) => folder !== '');
  const files = await readFiles(stage);
  const elves = files.flatMap(asElf);
  const surroundings: RuleContext = {
    target: stage.target,
    forbiddenPaths: [...new Set(forbiddenPaths)],
    paths: new Set(stage.entries.map((entry) => entry.path)),
    libraries: ownLibraries(elves),
  };
  const problems: Problem[] = [];
  for (const rule of entryRules) {
    problems.push(...rule.check(stage).map((found) => ({ rule: rule.id, ...found })));
  }
  for (const rule of fileRules) {
    for (const file of files) problems.push(...problemsOf(rule.id, file, rule.check(file, surroundings)));
  }
  for (const rule of elfRules) {
    for (const file of elves.filter(({ role }) => rule.applies.includes(role))) {
      problems.push(...problemsOf(rule.id, file, rule.check(file, surroundings)));
    }
  }
  return problems;
}

/**
 * One error for all problems, one line each: `path: rule: wanted X, got Y`.
 * @param problems - at least one
 */
export function validationError(problems: readonly Problem[]): BuildError {
  const lines = problems.map(
    ({ rule, path: file, wanted, got }) => `${file}: ${rule}: wanted ${wanted}, got ${got}`,
  );
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new BuildError(
    'ERR_VALIDATION',
    `the stage has ${count}; nothing was packaged\n${lines.join('\n')}`,
  );
}

function withoutSlash(folder: string): string {
  if (!path.posix.isAbsolute(folder)) {
    throw new TypeError(`Expected an absolute path for forbiddenPaths, got ${JSON.stringify(folder)}`);
  }
  return folder.replace(/\/+$/, '');
}

function problemsOf(
  rule: string,
  { entry }: StagedFile,
  found: readonly Pick<Problem, 'wanted' | 'got'>[],
): readonly Problem[] {
  return found.map((deviation) => ({ rule, path: entry.path, ...deviation }));
}

async function readFiles(stage: Stage): Promise<readonly StagedFile[]> {
  const roles = new Map<string, ElfRole>();
  for (const [role, file] of Object.entries(elfPaths(stage.target))) roles.set(file, role as ElfRole);
  const files: StagedFile[] = [];
  for (const entry of stage.entries) {
    if (entry.type === 'file') files.push(await readStagedFile(entry, roles.get(entry.path)));
  }
  return files;
}

async function readStagedFile(entry: FileEntry, role: ElfRole | undefined): Promise<StagedFile> {
  const content = await readContent(entry.source);
  const noElf = { elf: undefined, elfProblem: undefined };
  const mayBeElf = role !== undefined && content.readProblem === undefined;
  return { entry, role, ...content, ...(mayBeElf ? parse(content.bytes, entry.path) : noElf) };
}

async function readContent(file: string): Promise<Pick<StagedFile, 'bytes' | 'readProblem'>> {
  try {
    const status = await lstat(file);
    if (status.isFile()) return { bytes: await readFile(file), readProblem: undefined };
    return { bytes: Buffer.alloc(0), readProblem: `${file}, which is not a regular file` };
  } catch (error) {
    return { bytes: Buffer.alloc(0), readProblem: error instanceof Error ? error.message : String(error) };
  }
}

function parse(bytes: Buffer, file: string): Pick<StagedFile, 'elf' | 'elfProblem'> {
  try {
    const elf = readElf(bytes, file);
    if (elf.dynamic !== undefined) return { elf, elfProblem: undefined };
    return { elf: undefined, elfProblem: 'no dynamic table, as in an object file or a static program' };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return { elf: undefined, elfProblem: error.message.replace(`${file}: `, '') };
  }
}

function asElf(file: StagedFile): readonly StagedElf[] {
  const { role, elf } = file;
  if (role === undefined || elf?.dynamic === undefined) return [];
  return [{ ...file, role, elf, dynamic: elf.dynamic }];
}

function ownLibraries(elves: readonly StagedElf[]): ReadonlyMap<string, ElfFile> {
  return new Map(
    elves
      .filter(({ role }) => role === 'libcrypto' || role === 'libssl')
      .map(({ entry, elf }) => [path.posix.basename(entry.path), elf]),
  );
}
