// What a rule over ELF files sees.

import type { ElfFile } from '../../../build/formats/elf.ts';
import type { ElfDynamic } from '../../../build/formats/elf-dynamic.ts';
import type { LinuxTarget } from '../../../build/types.ts';
import type { BinaryRule, RuleContext, StagedBinary } from '../../../build/validation/rule.ts';

/** A dynamically linked ELF file. */
export interface ParsedElf {
  readonly elf: ElfFile;
  readonly dynamic: ElfDynamic;
}

export type StagedElf = StagedBinary<ParsedElf>;
export type ElfRule = BinaryRule<ParsedElf, LinuxTarget>;
export type ElfContext = RuleContext<ParsedElf, LinuxTarget>;
