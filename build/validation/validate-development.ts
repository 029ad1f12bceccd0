// The validator of the development stage: every rule over every file, all problems at once.

import path from 'node:path';
import { developmentLinks } from '../development-files.ts';
import type { Entry, Stage } from '../types.ts';
import { developmentEntryRules, developmentFileRules } from './development-rules.ts';
import { entryRules } from './entry-rules.ts';
import { fileRules } from './file-rules.ts';
import type { Problem, RuleInfo, ValidationContext } from './rule.ts';
import { checkedForbiddenPaths, readContent } from './run-rules.ts';

/** Rules of the runtime stage that hold here as they are; the others speak of its binaries. */
const sharedEntryRules = entryRules.filter(({ id }) => id !== 'entry-required');
const sharedFileRules = fileRules.filter(({ id }) => id === 'file-content' || id === 'build-path');

/** Every rule there is, in the order that problems are listed in. */
export const developmentRules: readonly RuleInfo[] = [
  ...sharedEntryRules,
  ...developmentEntryRules,
  ...sharedFileRules,
  ...developmentFileRules,
];

/**
 * Checks a finished development stage against every rule.
 * @param context - what the stage does not say; a forbidden path `/` is passed over, since every file would hold it
 * @returns all problems, in the order of the rules; none when the stage may be packaged
 * @throws {TypeError} a forbidden path that is not absolute
 */
export async function validateDevelopment(
  stage: Stage,
  context: ValidationContext,
): Promise<readonly Problem[]> {
  const surroundings = {
    target: stage.target,
    forbiddenPaths: checkedForbiddenPaths(context),
    paths: new Set(stage.entries.map((entry) => entry.path)),
  };
  const problems: Problem[] = [];
  for (const rule of sharedEntryRules) {
    const seen = rule.id === 'entry-link' ? withRuntimeLibraries(stage) : stage;
    problems.push(...rule.check(seen).map((found) => ({ rule: rule.id, ...found })));
  }
  for (const rule of developmentEntryRules) {
    problems.push(...rule.check(stage).map((found) => ({ rule: rule.id, ...found })));
  }
  for (const entry of stage.entries) {
    if (entry.type !== 'file') continue;
    const file = { entry, role: undefined, formatProblem: undefined, ...(await readContent(entry.source)) };
    for (const rule of [...sharedFileRules, ...developmentFileRules]) {
      const found = rule.check(file, surroundings);
      problems.push(...found.map((deviation) => ({ rule: rule.id, path: entry.path, ...deviation })));
    }
  }
  const order = developmentRules.map(({ id }) => id);
  return problems.sort((left, right) => order.indexOf(left.rule) - order.indexOf(right.rule));
}

/** With what the links lead to: both stages are unpacked into one folder. */
function withRuntimeLibraries(stage: Stage): Stage {
  const libraries = [...developmentLinks(stage.target)].map(([link, linkTarget]): Entry => {
    const name = path.posix.join(path.posix.dirname(link), linkTarget);
    return { type: 'file', path: name, mode: 0o644, source: '', sizeBytes: 0, sha256: '' };
  });
  return { ...stage, entries: [...libraries, ...stage.entries] };
}
