// Compression by the programs xz and gzip. Both are told everything that would change their output: xz writes other bytes
// for another number of threads, and gzip records a name and a time unless told not to. Node's own zlib is no choice here:
// its output differs with the processor that it runs on.

import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../process.ts';

/**
 * Compresses `file` to `file.xz` and removes it.
 * Level 5: its 8 MiB of dictionary reach from the addon back to libcrypto, which holds the same code; with the 4 MiB of level
 * 4 the stage becomes a third larger, with level 6 half a percent smaller and a third slower.
 */
export async function xz(file: string): Promise<string> {
  await run(['xz', '--format=xz', '--check=crc64', '--threads=1', '-5', file]);
  return `${file}.xz`;
}

/** Compresses `file` to `file.gz` and removes it. */
export async function gzip(file: string): Promise<string> {
  await run(['gzip', '-9', '--no-name', file]);
  return `${file}.gz`;
}

/**
 * Compresses bytes as `gzip` does a file.
 * @param dir - folder for the file on the way
 */
export async function gzipped(content: string | Uint8Array, dir: string): Promise<Uint8Array> {
  const plain = path.join(dir, 'plain');
  await writeFile(plain, content);
  const compressed = await gzip(plain);
  const bytes = await readFile(compressed);
  await rm(compressed);
  return bytes;
}
