// Installs what the steps of a build start and this machine lacks. Steps whose results are kept need nothing.

import { debianPackages } from './debian-packages.ts';
import { BuildError } from './errors.ts';
import { MissingOnMachine } from './npm-packages.mjs';
import type { Plan, Step } from './plan.ts';
import { installPackages, missingPackages } from './system-packages.mjs';

/** What every build starts, whatever its steps are: flock(1) holds its locks. */
const ofEveryBuild = ['flock'];

/** The Debian packages that steps need and that are missing, sorted. */
export function missingPackagesOf(steps: readonly Step[], plan: Plan): readonly string[] {
  const programs = [...ofEveryBuild, ...steps.flatMap((step) => step.programs?.(plan) ?? [])];
  return missingPackages(
    [...new Set(programs)].flatMap((program) => {
      const name = debianPackages[program];
      return name === undefined ? [] : [[program, name] as const];
    }),
  );
}

/**
 * Installs the missing packages of steps that are to run; the list is printed before.
 * @returns whether anything was installed
 * @throws {BuildError} ERR_PREREQUISITE it may not, or it failed; the message has the line to run
 */
export function ensurePackages(steps: readonly Step[], plan: Plan): boolean {
  const missing = missingPackagesOf(steps, plan);
  try {
    installPackages(missing);
  } catch (error) {
    if (error instanceof MissingOnMachine) throw new BuildError('ERR_PREREQUISITE', error.message);
    throw error;
  }
  return missing.length > 0;
}
