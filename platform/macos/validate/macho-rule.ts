// What the rules over Mach-O files see: each architecture of a file by itself, with what macOS offers to it.

import type { MachO } from '../../../build/formats/macho.ts';
import { CPU_TYPE, ORDINAL } from '../../../build/formats/macho-constants.ts';
import { undefinedSymbols } from '../../../build/formats/macho-symbols.ts';
import type { MacTarget } from '../../../build/types.ts';
import type { BinaryRule, Deviation, RuleContext, StagedBinary } from '../../../build/validation/rule.ts';

/** One architecture of a file. */
export interface MachPart {
  readonly macho: MachO;
  readonly bytes: Buffer;
  /** Apple's name, or the number of one that is not known here. */
  readonly architecture: string;
  /** Symbols of libSystem for it, with C's leading underscore. */
  readonly systemSymbols: ReadonlySet<string>;
}

/** A Mach-O file or a universal one. */
export interface ParsedMach {
  /** At least one. */
  readonly parts: readonly MachPart[];
}

export type StagedMach = StagedBinary<ParsedMach>;
export type MachRule = BinaryRule<ParsedMach, MacTarget>;
export type MachContext = RuleContext<ParsedMach, MacTarget>;

/** Apple's name of a processor. */
export function architectureName(cpuType: number): string {
  const known = Object.entries(CPU_TYPE).find(([, value]) => value === cpuType);
  return known?.[0] ?? `cputype 0x${cpuType.toString(16)}`;
}

/** Checks each architecture by itself; in a universal file, what is found begins with its name. */
export function eachPart(
  check: (part: MachPart, file: StagedMach, context: MachContext) => readonly Deviation[],
): MachRule['check'] {
  return (file, context) =>
    file.parts.flatMap((part) =>
      check(part, file, context).map(({ wanted, got }) => ({
        wanted,
        got: file.parts.length === 1 ? got : `${part.architecture}: ${got}`,
      })),
    );
}

/** A symbol that a file takes from elsewhere. */
export interface MachImport {
  readonly name: string;
  /** `ORDINAL`, or the number of a library counted from 1. */
  readonly ordinal: number;
}

/**
 * What a file takes from elsewhere: what the loader binds and what the symbol table leaves undefined, each once. Weak
 * lookups, which may find the file's own definition, are not among them.
 */
export function importsOf({ bindings, symbols }: MachO): readonly MachImport[] {
  const all = [...bindings, ...undefinedSymbols(symbols)]
    .filter(({ ordinal }) => ordinal !== ORDINAL.WEAK_LOOKUP)
    .map(({ name, ordinal }) => [`${ordinal} ${name}`, { name, ordinal }] as const);
  return [...new Map(all).values()];
}

/** The name as C has it. */
export function cName(name: string): string {
  return name.replace(/^_/, '');
}
