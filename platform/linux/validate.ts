// The validator of the Linux targets.

import { BuildError } from '../../build/errors.ts';
import { readElf } from '../../build/formats/elf.ts';
import type { LinuxTarget, Stage } from '../../build/types.ts';
import type { Problem, ValidationContext } from '../../build/validation/rule.ts';
import { allRules, type BinaryFormat, runRules } from '../../build/validation/run-rules.ts';
import { elfFileRules } from './validate/elf-file-rules.ts';
import { elfLibraryRules } from './validate/elf-library-rules.ts';
import type { ParsedElf } from './validate/elf-rule.ts';
import { elfSymbolRules } from './validate/elf-symbol-rules.ts';

const elfFormat: BinaryFormat<ParsedElf, LinuxTarget> = {
  parse(bytes, path) {
    const elf = readElf(bytes, path);
    if (elf.dynamic !== undefined) return { elf, dynamic: elf.dynamic };
    throw new BuildError(
      'ERR_VALIDATION',
      `${path}: no dynamic table, as in an object file or a static program`,
    );
  },
  rules: [...elfFileRules, ...elfLibraryRules, ...elfSymbolRules],
};

/** Every rule there is, in the order that problems are listed in. */
export const linuxRules = allRules(elfFormat);

/** Checks a finished stage against every rule, as {@link runRules} does. */
export function validateLinux(
  stage: Stage & { readonly target: LinuxTarget },
  context: ValidationContext,
): Promise<readonly Problem[]> {
  return runRules(stage, context, elfFormat);
}
