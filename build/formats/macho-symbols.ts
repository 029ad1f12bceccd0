// The symbol table of a Mach-O file, LC_SYMTAB.
//
//   symtab_command          nlist_64, 16 bytes
//    8 symoff  u32           0 n_strx  u32: place of the name in the string table
//   12 nsyms   u32           4 n_type  u8: N_STAB debugging | N_PEXT hidden | N_TYPE kind | N_EXT external
//   16 stroff  u32           5 n_sect  u8
//   20 strsize u32           6 n_desc  u16: upper byte the ordinal of the library, of undefined symbols
//                            8 n_value u64
//
// Source: <mach-o/nlist.h> of the macOS SDK. Mirrors llvm-nm --format=darwin.

import type { CheckedBytes } from './checked-bytes.ts';
import type { LoadCommand } from './macho.ts';
import { N, ORDINAL } from './macho-constants.ts';

/** A symbol. Names have C's leading underscore. */
export interface MachSymbol {
  readonly name: string;
  /** One of the stabs: an entry for debuggers. */
  readonly debugging: boolean;
  /** Seen outside this file. */
  readonly external: boolean;
  /** False: this file wants it from elsewhere. */
  readonly defined: boolean;
  /** `ORDINAL`, or the number of a library counted from 1; of undefined symbols. */
  readonly ordinal: number;
}

const entrySize = 16;

/** Ordinals of the symbol table that mean no library: one byte, where bindings have negative numbers. */
const specialOrdinals: Readonly<Record<number, number>> = {
  254: ORDINAL.FLAT_LOOKUP,
  255: ORDINAL.MAIN_EXECUTABLE,
};

/** Reads all symbols; none without a table. @throws {BuildError} ERR_VALIDATION */
export function readSymbolTable(view: CheckedBytes, command: LoadCommand | undefined): readonly MachSymbol[] {
  if (command === undefined) return [];
  const [start, count, names, namesSize] = [8, 12, 16, 20].map((at) =>
    view.u32(command.offset + at, 'LC_SYMTAB'),
  ) as [number, number, number, number];
  view.expectRange(start, count * entrySize, 'the symbol table');
  view.expectRange(names, namesSize, 'the string table');
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * entrySize;
    const type = view.u8(at + 4, 'n_type');
    const ordinal = view.u16(at + 6, 'n_desc') >> 8;
    const place = view.u32(at, 'n_strx');
    return {
      name: view.text(names + place, names + namesSize, `the name of symbol ${index}`),
      debugging: (type & N.STAB) !== 0,
      external: (type & N.EXT) !== 0 && (type & N.PEXT) === 0,
      defined: (type & N.TYPE) !== N.UNDF,
      ordinal: specialOrdinals[ordinal] ?? ordinal,
    };
  });
}

/** Symbols that the file wants from elsewhere. */
export function undefinedSymbols(symbols: readonly MachSymbol[]): readonly MachSymbol[] {
  return symbols.filter(({ debugging, defined }) => !debugging && !defined);
}
