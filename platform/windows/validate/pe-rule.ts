// What a rule over PE files sees.

import type { PeFile } from '../../../build/formats/pe.ts';
import type { WindowsTarget } from '../../../build/types.ts';
import type { BinaryRule, RuleContext, StagedBinary } from '../../../build/validation/rule.ts';

/** A program or library for 64-bit Windows. */
export interface ParsedPe {
  readonly pe: PeFile;
}

export type StagedPe = StagedBinary<ParsedPe>;
export type PeRule = BinaryRule<ParsedPe, WindowsTarget>;
export type PeContext = RuleContext<ParsedPe, WindowsTarget>;
