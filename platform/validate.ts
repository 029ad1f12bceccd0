// The validator of a target, whatever its platform.

import type { Stage } from '../build/types.ts';
import type { Problem, ValidationContext } from '../build/validation/rule.ts';
import { validateLinux } from './linux/validate.ts';

/** Checks the tree that users run. */
export async function validateRuntime(stage: Stage, context: ValidationContext): Promise<readonly Problem[]> {
  const { target } = stage;
  switch (target.os) {
    case 'linux':
      return validateLinux({ ...stage, target }, context);
    default:
      return [];
  }
}

/** Checks the tree that developers compile and link with. */
export async function validateDevelopment(
  _stage: Stage,
  _context: ValidationContext,
): Promise<readonly Problem[]> {
  return [];
}
