// The validator of a target, whatever its platform.

import type { Stage } from '../build/types.ts';
import type { Problem, ValidationContext } from '../build/validation/rule.ts';
import { validateLinux } from './linux/validate.ts';
import { validateMac } from './macos/validate.ts';
import { validateWindows } from './windows/validate.ts';

/** What the caller knows and the stage does not say. */
export interface RuntimeContext extends ValidationContext {
  /** Absolute path of zig's text stub of libSystem, which the macOS targets are linked with; others do without. */
  readonly systemStub: string | undefined;
}

/**
 * Checks the tree that users run.
 * @returns all problems; none when the stage may be packaged
 */
export async function validateRuntime(stage: Stage, context: RuntimeContext): Promise<readonly Problem[]> {
  const { target } = stage;
  const { systemStub } = context;
  if (target.os === 'linux') return validateLinux({ ...stage, target }, context);
  if (target.os === 'win32') return validateWindows({ ...stage, target }, context);
  if (systemStub === undefined) throw new TypeError('Expected a path for systemStub, got undefined');
  return validateMac({ ...stage, target }, { ...context, systemStub });
}
