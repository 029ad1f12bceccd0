// What the loader binds when it loads a Mach-O file, in the two forms that there are.
//
//   LC_DYLD_INFO: streams of opcodes, upper four bits the opcode, lower four a small number
//     16 bind_off, 24 weak_bind_off, 32 lazy_bind_off: u32 each, and the size after each
//   LC_DYLD_CHAINED_FIXUPS: 8 imports_offset, 12 symbols_offset, 16 imports_count, 20 imports_format, 24 symbols_format
//     import: format 1 u32, 2 u32 and an addend i32: lib_ordinal 8 bits, weak 1, name_offset 23
//             format 3 u64 and an addend u64: lib_ordinal 16 bits, weak 1, unused 15, name_offset 32
//
// Source: <mach-o/loader.h>, BIND_OPCODE_*; <mach-o/fixup-chains.h>. Mirrors llvm-objdump --macho --bind --lazy-bind
// --weak-bind.

import type { CheckedBytes } from './checked-bytes.ts';
import { leb128Reader } from './leb128.ts';
import { type BytePlace, readPlace } from './macho-commands.ts';
import { ORDINAL } from './macho-constants.ts';

/** A symbol that the loader looks up; its name with C's leading underscore. */
export interface MachBinding {
  readonly name: string;
  /** `ORDINAL`, or the number of a library counted from 1. */
  readonly ordinal: number;
  /** May stay unresolved. */
  readonly optional: boolean;
}

const OPCODE = {
  DONE: 0x00,
  SET_DYLIB_ORDINAL_IMM: 0x10,
  SET_DYLIB_ORDINAL_ULEB: 0x20,
  SET_DYLIB_SPECIAL_IMM: 0x30,
  SET_SYMBOL: 0x40,
  SET_TYPE_IMM: 0x50,
  SET_ADDEND_SLEB: 0x60,
  SET_SEGMENT_AND_OFFSET_ULEB: 0x70,
  ADD_ADDR_ULEB: 0x80,
  DO_BIND: 0x90,
  DO_BIND_ADD_ADDR_ULEB: 0xa0,
  DO_BIND_ADD_ADDR_IMM_SCALED: 0xb0,
  DO_BIND_ULEB_TIMES_SKIPPING_ULEB: 0xc0,
} as const;

/** Numbers of variable length that follow an opcode and say nothing about the symbol. */
const skippedNumbers: Readonly<Record<number, number>> = {
  [OPCODE.SET_TYPE_IMM]: 0,
  [OPCODE.SET_ADDEND_SLEB]: 1,
  [OPCODE.SET_SEGMENT_AND_OFFSET_ULEB]: 1,
  [OPCODE.ADD_ADDR_ULEB]: 1,
};

/** Further numbers of the opcodes that bind. */
const numbersOfBinds: Readonly<Record<number, number>> = {
  [OPCODE.DO_BIND]: 0,
  [OPCODE.DO_BIND_ADD_ADDR_ULEB]: 1,
  [OPCODE.DO_BIND_ADD_ADDR_IMM_SCALED]: 0,
  [OPCODE.DO_BIND_ULEB_TIMES_SKIPPING_ULEB]: 2,
};

const weakImport = 0x1;

/**
 * The symbols that the opcodes of LC_DYLD_INFO bind, each once a stream.
 * @param command - place of the command
 * @throws {BuildError} ERR_VALIDATION
 */
export function readBindings(view: CheckedBytes, command: number): readonly MachBinding[] {
  const stream = (at: number, what: string) => readPlace(view, command + at, what);
  return [
    ...readStream(view, stream(16, 'the bind opcodes'), 'bind'),
    ...readStream(view, stream(24, 'the weak bind opcodes'), 'weak'),
    ...readStream(view, stream(32, 'the lazy bind opcodes'), 'lazy'),
  ];
}

function readStream(
  view: CheckedBytes,
  { offset, sizeBytes }: BytePlace,
  kind: 'bind' | 'weak' | 'lazy',
): readonly MachBinding[] {
  const end = offset + sizeBytes;
  const reader = leb128Reader(view, offset, end);
  const found = new Map<string, MachBinding>();
  let ordinal: number = kind === 'weak' ? ORDINAL.WEAK_LOOKUP : ORDINAL.SELF;
  let symbol: { readonly name: string; readonly optional: boolean } | undefined;
  while (reader.offset < end) {
    const byte = reader.byte('a bind opcode');
    const [opcode, small] = [byte & 0xf0, byte & 0x0f];
    // in the lazy stream it ends one symbol, in the others everything
    if (opcode === OPCODE.DONE && kind !== 'lazy') break;
    if (opcode === OPCODE.SET_DYLIB_ORDINAL_IMM) ordinal = small;
    else if (opcode === OPCODE.SET_DYLIB_ORDINAL_ULEB) ordinal = reader.unsigned('the ordinal of a library');
    else if (opcode === OPCODE.SET_DYLIB_SPECIAL_IMM) ordinal = small === 0 ? 0 : small - 16;
    else if (opcode === OPCODE.SET_SYMBOL) {
      symbol = { name: reader.text('the name of a bound symbol'), optional: (small & weakImport) !== 0 };
    } else if (opcode !== OPCODE.DONE) {
      const binds = numbersOfBinds[opcode];
      const numbers = binds ?? skippedNumbers[opcode];
      if (numbers === undefined) view.fail(`wanted a known bind opcode, got 0x${byte.toString(16)}`);
      for (let index = 0; index < numbers; index += 1) reader.unsigned('a number of a bind opcode');
      if (binds === undefined) continue;
      if (symbol === undefined) view.fail('wanted the name of a symbol before it is bound, got none');
      found.set(`${ordinal} ${symbol.name}`, { ...symbol, ordinal });
    }
  }
  return [...found.values()];
}

/** Bytes of an import by its format. */
const importSizes: Readonly<Record<number, number>> = { 1: 4, 2: 8, 3: 16 };

/** The imports of LC_DYLD_CHAINED_FIXUPS. @throws {BuildError} ERR_VALIDATION */
export function readChainedImports(view: CheckedBytes, place: BytePlace): readonly MachBinding[] {
  if (place.sizeBytes < 28) view.fail(`wanted chained fixups of 28 bytes or more, got ${place.sizeBytes}`);
  const end = place.offset + place.sizeBytes;
  const [imports, names, count, format, namesFormat] = [8, 12, 16, 20, 24].map((at) =>
    view.u32(place.offset + at, 'the header of the chained fixups'),
  ) as [number, number, number, number, number];
  const size = importSizes[format];
  if (size === undefined) view.fail(`wanted imports_format 1, 2 or 3, got ${format}`);
  if (namesFormat !== 0) view.fail(`wanted symbols_format 0, names as they are, got ${namesFormat}`);
  if (imports + count * size > place.sizeBytes) {
    view.fail(`wanted ${count} chained imports inside ${place.sizeBytes} bytes, got more`);
  }
  return Array.from({ length: count }, (_, index) => {
    const entry = readImport(view, place.offset + imports + index * size, format);
    const name = view.text(place.offset + names + entry.nameOffset, end, 'the name of a chained import');
    return { name, ordinal: entry.ordinal, optional: entry.optional };
  });
}

function readImport(
  view: CheckedBytes,
  at: number,
  format: number,
): { readonly ordinal: number; readonly optional: boolean; readonly nameOffset: number } {
  const low = view.u32(at, 'a chained import');
  if (format === 3) {
    const ordinal = low & 0xffff;
    return {
      ordinal: ordinal > 0xfff0 ? ordinal - 0x1_0000 : ordinal,
      optional: (low & 0x1_0000) !== 0,
      nameOffset: view.u32(at + 4, 'a chained import'),
    };
  }
  const ordinal = low & 0xff;
  return {
    ordinal: ordinal > 0xf0 ? ordinal - 0x100 : ordinal,
    optional: (low & 0x100) !== 0,
    nameOffset: low >>> 9,
  };
}
