// Hashes an archive in the cache once more before it is unpacked: between its download and its use somebody may have changed it.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BuildError } from '../errors.ts';

/** The digest that a recipe pins: of a source in hex, of an npm package as `sha512-<base64>`. */
export type PinnedDigest = { readonly sha256: string } | { readonly integrity: string };

/**
 * Requires that a file is the one that a recipe pins.
 * @throws {BuildError} ERR_INTEGRITY it is another one
 */
export async function requireDigest(file: string, pinned: PinnedDigest): Promise<void> {
  const hash = createHash('sha256' in pinned ? 'sha256' : 'sha512');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  const wanted = 'sha256' in pinned ? `sha256 ${pinned.sha256}` : pinned.integrity;
  const got = 'sha256' in pinned ? `sha256 ${hash.digest('hex')}` : `sha512-${hash.digest('base64')}`;
  if (got === wanted) return;
  const remedy = 'run `npm run dist -- cache verify`, and then the command again';
  const text = `${path.basename(file)} in the cache: expected ${wanted}, found ${got}; ${remedy}`;
  throw new BuildError('ERR_INTEGRITY', text);
}
