// The validator of the macOS targets.

import { readFile } from 'node:fs/promises';
import { readMachO } from '../../build/formats/macho.ts';
import { CPU_TYPE } from '../../build/formats/macho-constants.ts';
import { machOParts } from '../../build/formats/macho-universal.ts';
import { readTextStub, stubSymbols } from '../../build/formats/text-stub.ts';
import type { MacTarget, Stage } from '../../build/types.ts';
import type { Problem, ValidationContext } from '../../build/validation/rule.ts';
import { allRules, runRules } from '../../build/validation/run-rules.ts';
import { machoFileRules } from './validate/macho-file-rules.ts';
import { machoLibraryRules } from './validate/macho-library-rules.ts';
import { architectureName, type ParsedMach } from './validate/macho-rule.ts';
import { machoSymbolRules } from './validate/macho-symbol-rules.ts';

const machoRules = [...machoFileRules, ...machoLibraryRules, ...machoSymbolRules];

/** Every rule there is, in the order that problems are listed in. */
export const macRules = allRules({ rules: machoRules });

/** What the caller knows and the stage does not say. */
export interface MacValidationContext extends ValidationContext {
  /** Absolute path of the text stub of libSystem: `usr/lib/libSystem.tbd` of the SDK that was linked with. */
  readonly systemStub: string;
}

/**
 * Checks a finished stage against every rule, as {@link runRules} does.
 * @throws {BuildError} ERR_VALIDATION: the stub is none of libSystem for both architectures of macOS
 */
export async function validateMac(
  stage: Stage & { readonly target: MacTarget },
  context: MacValidationContext,
): Promise<readonly Problem[]> {
  const symbols = await systemSymbols(stage.target, context.systemStub);
  return runRules(stage, context, {
    parse: (bytes, path) => parse(bytes, path, symbols),
    rules: machoRules,
  });
}

type SymbolsByArchitecture = ReadonlyMap<string, ReadonlySet<string>>;

/** What the allowed libraries offer, by architecture: also of one that the target does not want, so that only this is said. */
async function systemSymbols(target: MacTarget, file: string): Promise<SymbolsByArchitecture> {
  const stub = readTextStub(await readFile(file, 'utf8'), file);
  return new Map(
    Object.keys(CPU_TYPE).map((architecture) => {
      const names = target.allowedLibraries.map((library) =>
        stubSymbols(stub, library, `${architecture}-macos`),
      );
      return [architecture, new Set(names.flatMap((set) => [...set]))];
    }),
  );
}

function parse(bytes: Buffer, path: string, symbols: SymbolsByArchitecture): ParsedMach {
  const parts = machOParts(bytes, path).map((part) => {
    const macho = readMachO(part, path);
    const architecture = architectureName(macho.cpuType);
    return {
      macho,
      bytes: part,
      architecture,
      systemSymbols: symbols.get(architecture) ?? new Set<string>(),
    };
  });
  return { parts };
}
