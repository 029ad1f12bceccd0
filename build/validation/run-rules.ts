// Runs every rule over every staged file and collects all problems. A platform brings the reader of its binaries' format
// and the rules over them.

import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import type { FileEntry, Stage, Target } from '../types.ts';
import { entryRules } from './entry-rules.ts';
import { fileRules } from './file-rules.ts';
import {
  type BinaryRule,
  binaryPaths,
  type Deviation,
  type Problem,
  type Role,
  type RuleContext,
  type RuleInfo,
  type StagedBinary,
  type StagedFile,
  type ValidationContext,
} from './rule.ts';

/** How a platform's binaries are read and judged. */
export interface BinaryFormat<Parsed extends object, Platform extends Target> {
  /**
   * Reads a binary.
   * @throws {BuildError} it is damaged or of another kind; the message begins with the path
   */
  parse(bytes: Buffer, path: string): Parsed;
  readonly rules: readonly BinaryRule<Parsed, Platform>[];
}

/** Every rule of a platform, in the order that problems are listed in. */
export function allRules(format: { readonly rules: readonly RuleInfo[] }): readonly RuleInfo[] {
  return [...entryRules, ...fileRules, ...format.rules];
}

/**
 * Checks a finished stage against every rule. The directories that OpenSSL must have been built with are those of
 * `stage.target`.
 * @param context - what the stage does not say; a forbidden path `/` is passed over, since every file would hold it
 * @returns all problems, in the order of the rules; none when the stage may be packaged
 * @throws {TypeError} a forbidden path that is not absolute
 */
export async function runRules<Parsed extends object, Platform extends Target>(
  stage: Stage & { readonly target: Platform },
  context: ValidationContext,
  format: BinaryFormat<Parsed, Platform>,
): Promise<readonly Problem[]> {
  const read = await readFiles(stage, format);
  const files = read.map(({ file }) => file);
  const binaries = read.flatMap(({ binary }) => (binary === undefined ? [] : [binary]));
  const surroundings: RuleContext<Parsed, Platform> = {
    target: stage.target,
    forbiddenPaths: checkedForbiddenPaths(context),
    paths: new Set(stage.entries.map((entry) => entry.path)),
    binaries,
  };
  const problems: Problem[] = [];
  for (const rule of entryRules) {
    problems.push(...rule.check(stage).map((found) => ({ rule: rule.id, ...found })));
  }
  for (const rule of fileRules) {
    for (const file of files) problems.push(...problemsOf(rule, file, rule.check(file, surroundings)));
  }
  for (const rule of format.rules) {
    for (const file of binaries.filter(({ role }) => rule.applies.includes(role))) {
      problems.push(...problemsOf(rule, file, rule.check(file, surroundings)));
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

/**
 * The context's forbidden paths, each once and without a slash at its end; none for `/`.
 * @throws {TypeError} one that is not absolute
 */
export function checkedForbiddenPaths(context: ValidationContext): readonly string[] {
  const paths = context.forbiddenPaths.map(withoutSlash);
  return [...new Set(paths.filter((folder) => folder !== ''))];
}

function withoutSlash(folder: string): string {
  if (!path.posix.isAbsolute(folder)) {
    throw new TypeError(`Expected an absolute path for forbiddenPaths, got ${JSON.stringify(folder)}`);
  }
  return folder.replace(/\/+$/, '');
}

function problemsOf({ id }: RuleInfo, { entry }: StagedFile, found: readonly Deviation[]): Problem[] {
  return found.map((deviation) => ({ rule: id, path: entry.path, ...deviation }));
}

interface ReadFile<Parsed> {
  readonly file: StagedFile;
  readonly binary: StagedBinary<Parsed> | undefined;
}

async function readFiles<Parsed extends object>(
  stage: Stage,
  { parse }: Pick<BinaryFormat<Parsed, never>, 'parse'>,
): Promise<readonly ReadFile<Parsed>[]> {
  const roles = new Map<string, Role>();
  for (const [role, file] of Object.entries(binaryPaths(stage.target))) roles.set(file, role as Role);
  const files: ReadFile<Parsed>[] = [];
  for (const entry of stage.entries) {
    if (entry.type === 'file') files.push(await readStagedFile(entry, roles.get(entry.path), parse));
  }
  return files;
}

async function readStagedFile<Parsed extends object>(
  entry: FileEntry,
  role: Role | undefined,
  parse: (bytes: Buffer, path: string) => Parsed,
): Promise<ReadFile<Parsed>> {
  const file = { entry, role, ...(await readContent(entry.source)), formatProblem: undefined };
  if (role === undefined || file.readProblem !== undefined) return { file, binary: undefined };
  try {
    return { file, binary: { ...file, role, ...parse(file.bytes, entry.path) } };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const formatProblem = error.message.replace(`${entry.path}: `, '');
    return { file: { ...file, formatProblem }, binary: undefined };
  }
}

/** The bytes of a staged file, or why there are none. */
export async function readContent(file: string): Promise<Pick<StagedFile, 'bytes' | 'readProblem'>> {
  try {
    const status = await lstat(file);
    if (status.isFile()) return { bytes: await readFile(file), readProblem: undefined };
    return { bytes: Buffer.alloc(0), readProblem: `${file}, which is not a regular file` };
  } catch (error) {
    return { bytes: Buffer.alloc(0), readProblem: error instanceof Error ? error.message : String(error) };
  }
}
