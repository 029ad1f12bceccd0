// Reads the dynamic loader that an ELF program asks for (PT_INTERP), which tells glibc from musl. System V ABI, chapters 4
// and 5; 64 bits and little-endian, as every Linux that there is a package for.

import { closeSync, openSync, readSync } from 'node:fs';

const HEADER_SIZE_BYTES = 64;
/** Read at once: linkers put all that is looked for into the first page. */
const BEGINNING_SIZE_BYTES = 4096;
const PT_INTERP = 3;
const MAX_PATH_BYTES = 4096;

/** Path of the loader; undefined where the file cannot be read, is another format, or asks for none. */
export function readInterpreter(file: string): string | undefined {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return interpreterOf(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

function interpreterOf(descriptor: number): string | undefined {
  const page = Buffer.alloc(BEGINNING_SIZE_BYTES);
  const beginning = page.subarray(0, readSync(descriptor, page, 0, page.length, 0));
  // \x7fELF, ELFCLASS64, ELFDATA2LSB
  if (beginning.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') return undefined;
  const bytesAt = (position: number, sizeBytes: number): Buffer =>
    position + sizeBytes <= beginning.length
      ? beginning.subarray(position, position + sizeBytes)
      : readAt(descriptor, position, sizeBytes);
  const header = bytesAt(0, HEADER_SIZE_BYTES);
  const entrySize = header.readUInt16LE(54); // e_phentsize
  const table = bytesAt(Number(header.readBigUInt64LE(32)), entrySize * header.readUInt16LE(56));
  for (let start = 0; start < table.length; start += entrySize) {
    if (table.readUInt32LE(start) !== PT_INTERP) continue;
    const size = Number(table.readBigUInt64LE(start + 32)); // p_filesz, with a NUL at its end
    const path = bytesAt(Number(table.readBigUInt64LE(start + 8)), Math.min(size, MAX_PATH_BYTES));
    return path.toString('latin1').replace(/\0.*$/s, '');
  }
  return undefined;
}

/** Exactly that many bytes; a RangeError where the file is shorter. */
function readAt(descriptor: number, position: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  if (readSync(descriptor, bytes, 0, sizeBytes, position) !== sizeBytes) throw new RangeError('cut short');
  return bytes;
}
