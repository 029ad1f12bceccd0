// Numbers of variable length (LEB128) and texts, one after the other: seven bits a byte, the lowest first, the highest bit
// set in all but the last. Source: the DWARF standard, section 7.6.

import type { CheckedBytes } from './checked-bytes.ts';

/** Reads from a place onwards. */
export interface Leb128Reader {
  /** Where the next thing stands. */
  offset: number;
  /** A number: exact below 2^53, above that rounded. Negative ones are written as 64 bits, in 10 bytes. */
  unsigned(what: string): number;
  /** Latin-1 text up to the next NUL. */
  text(what: string): string;
  byte(what: string): number;
}

/**
 * Reads from `offset`, and nothing from `end` on.
 * @throws {BuildError} ERR_VALIDATION: something ends after `end`, or a number has more than 10 bytes
 */
export function leb128Reader(view: CheckedBytes, offset: number, end: number): Leb128Reader {
  const reader: Leb128Reader = {
    offset,
    byte(what) {
      if (reader.offset >= end) view.fail(`wanted ${what} to end before ${end}, got ${reader.offset}`);
      reader.offset += 1;
      return view.u8(reader.offset - 1, what);
    },
    unsigned(what) {
      let value = 0;
      for (let index = 0; index < 10; index += 1) {
        const byte = reader.byte(what);
        value += (byte & 0x7f) * 2 ** (7 * index);
        if (byte < 0x80) return value;
      }
      return view.fail(`wanted ${what} in at most 10 bytes, got more`);
    },
    text(what) {
      if (reader.offset >= end) view.fail(`wanted ${what} to begin before ${end}, got ${reader.offset}`);
      const text = view.text(reader.offset, end, what);
      reader.offset += text.length + 1;
      return text;
    },
  };
  return reader;
}
