// Checked access to the bytes of a file that nobody vouches for.

import { BuildError } from '../errors.ts';

/** No name in a binary is longer: a table without terminators must not cost time that grows with its square. */
const maxNameBytes = 32_768;

/** The bytes of one file; every access says what it was after, and one outside the file is a BuildError. */
export interface CheckedBytes {
  readonly sizeBytes: number;
  u8(offset: number, what: string): number;
  u16(offset: number, what: string): number;
  u32(offset: number, what: string): number;
  /** Exact below 2^53; above that rounded, which every bounds check still refuses. */
  u64(offset: number, what: string): number;
  /** Latin-1 text from `offset` to the next NUL, which must come before `end`. */
  text(offset: number, end: number, what: string): string;
  /** The bytes themselves, not a copy. */
  slice(offset: number, sizeBytes: number, what: string): Buffer;
  /** Throws unless `sizeBytes` bytes from `offset` lie in the file. */
  expectRange(offset: number, sizeBytes: number, what: string): void;
  /** @throws {BuildError} ERR_VALIDATION with the file and `message` */
  fail(message: string): never;
}

/**
 * Wraps the bytes of a file.
 * @param file - the name that errors begin with
 * @param order - of the bytes in a number
 */
export function checkedBytes(
  bytes: Buffer,
  file: string,
  order: 'little endian' | 'big endian' = 'little endian',
): CheckedBytes {
  const isLittle = order === 'little endian';
  function fail(message: string): never {
    throw new BuildError('ERR_VALIDATION', `${file}: ${message}`);
  }
  function expectRange(offset: number, sizeBytes: number, what: string): void {
    if (offset < 0 || sizeBytes < 0 || offset + sizeBytes > bytes.length) {
      fail(`wanted ${what} (${sizeBytes} bytes at ${offset}) inside the file, got a file of ${bytes.length}`);
    }
  }
  const u32 = (offset: number) => (isLittle ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset));
  return {
    sizeBytes: bytes.length,
    fail,
    expectRange,
    u8(offset, what) {
      expectRange(offset, 1, what);
      return bytes.readUInt8(offset);
    },
    u16(offset, what) {
      expectRange(offset, 2, what);
      return isLittle ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);
    },
    u32(offset, what) {
      expectRange(offset, 4, what);
      return u32(offset);
    },
    u64(offset, what) {
      expectRange(offset, 8, what);
      const [low, high] = isLittle ? [offset, offset + 4] : [offset + 4, offset];
      return u32(low) + u32(high) * 2 ** 32;
    },
    slice(offset, sizeBytes, what) {
      expectRange(offset, sizeBytes, what);
      return bytes.subarray(offset, offset + sizeBytes);
    },
    text(offset, end, what) {
      expectRange(offset, Math.max(0, end - offset), what);
      const window = bytes.subarray(offset, Math.min(end, offset + maxNameBytes));
      const length = window.indexOf(0);
      if (length < 0) fail(`wanted ${what} at ${offset} to end with NUL before ${offset + window.length}`);
      return window.toString('latin1', 0, length);
    },
  };
}
