// The addresses of a PE file: where in the file lies what the loader puts at an address.

import type { CheckedBytes } from './checked-bytes.ts';

/** Nothing that a PE file names is longer; a name without its end must not cost the time of the whole file. */
const maxNameBytes = 4096;

/** An entry of the table of data directories. */
export interface PeDirectory {
  /** RVA. */
  readonly address: number;
  readonly sizeBytes: number;
}

/** Reads by address; every access says what it was after, and one outside the file is a BuildError. */
export interface PeImage {
  readonly bytes: CheckedBytes;
  /** The sections' bytes in the file, and the addresses that they are loaded at. */
  readonly ranges: readonly PeRange[];
  /** The place in the file of `sizeBytes` bytes at an address, all in one section. */
  offsetOf(address: number, sizeBytes: number, what: string): number;
  u16(address: number, what: string): number;
  u32(address: number, what: string): number;
  /** Latin-1 text up to the next NUL. */
  text(address: number, what: string): string;
  /** Whether a section has the address, behind the headers. */
  has(address: number): boolean;
  /** Text up to the next NUL, or undefined where there is none of at most `maxBytes`. */
  textIfAny(address: number, maxBytes: number): string | undefined;
}

/** Bytes of the file that are loaded at an address. */
export interface PeRange {
  readonly address: number;
  readonly memorySizeBytes: number;
  readonly offset: number;
  readonly fileSizeBytes: number;
}

/**
 * Maps addresses.
 * @param sections - in any order; the first that has an address is taken
 * @param headerBytes - `SizeOfHeaders`: what the loader puts at address 0
 */
export function peImage(bytes: CheckedBytes, sections: readonly PeRange[], headerBytes: number): PeImage {
  const headers = {
    address: 0,
    offset: 0,
    memorySizeBytes: headerBytes,
    fileSizeBytes: Math.min(headerBytes, bytes.sizeBytes),
  };
  const ranges = [headers, ...sections];
  const rangeOf = (address: number) =>
    ranges.find(
      (it) => address >= it.address && address - it.address < Math.max(it.memorySizeBytes, it.fileSizeBytes),
    );
  /** The place in the file, and where the bytes of its section end. */
  function find(address: number, what: string): { readonly offset: number; readonly end: number } {
    const range = rangeOf(address);
    if (range === undefined) bytes.fail(`wanted ${what} in a section, got address 0x${address.toString(16)}`);
    return { offset: range.offset + address - range.address, end: range.offset + range.fileSizeBytes };
  }
  function offsetOf(address: number, sizeBytes: number, what: string): number {
    const { offset, end } = find(address, what);
    if (offset + sizeBytes <= end) return offset;
    bytes.fail(`wanted ${what} (${sizeBytes} bytes at 0x${address.toString(16)}) in one section's bytes`);
  }
  return {
    bytes,
    ranges: sections,
    offsetOf,
    u16: (address, what) => bytes.u16(offsetOf(address, 2, what), what),
    u32: (address, what) => bytes.u32(offsetOf(address, 4, what), what),
    text(address, what) {
      const { offset, end } = find(address, what);
      return bytes.text(offset, Math.min(end, offset + maxNameBytes), what);
    },
    has: (address) => address >= headerBytes && rangeOf(address) !== undefined,
    textIfAny(address, maxBytes) {
      const range = rangeOf(address);
      if (range === undefined) return undefined;
      const start = range.offset + address - range.address;
      const room = Math.min(range.offset + range.fileSizeBytes - start, maxBytes);
      const window = bytes.slice(start, Math.max(0, Math.min(room, bytes.sizeBytes - start)), 'text');
      const length = window.indexOf(0);
      return length < 0 ? undefined : window.toString('latin1', 0, length);
    },
  };
}
