// The validator of the Windows targets.

import { readPe } from '../../build/formats/pe.ts';
import type { Stage, WindowsTarget } from '../../build/types.ts';
import type { Problem, ValidationContext } from '../../build/validation/rule.ts';
import { allRules, type BinaryFormat, runRules } from '../../build/validation/run-rules.ts';
import { peFileRules } from './validate/pe-file-rules.ts';
import type { ParsedPe } from './validate/pe-rule.ts';
import { peSymbolRules } from './validate/pe-symbol-rules.ts';

const peFormat: BinaryFormat<ParsedPe, WindowsTarget> = {
  parse: (bytes, path) => ({ pe: readPe(bytes, path) }),
  rules: [...peFileRules, ...peSymbolRules],
};

/** Every rule there is, in the order that problems are listed in. */
export const windowsRules = allRules(peFormat);

/** Checks a finished stage against every rule, as {@link runRules} does. */
export function validateWindows(
  stage: Stage & { readonly target: WindowsTarget },
  context: ValidationContext,
): Promise<readonly Problem[]> {
  return runRules(stage, context, peFormat);
}
