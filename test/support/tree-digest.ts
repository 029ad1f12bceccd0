// One digest for a whole tree: names, modes, links and bytes.

import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** SHA-256 over everything below a folder, in the order of the names' bytes; times do not count. */
export async function treeDigest(dir: string): Promise<string> {
  const hash = createHash('sha256');
  // with types, readdir does not follow links to folders
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  for (const name of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const file = path.join(dir, name);
    const info = await lstat(file);
    hash.update(`${name}\0${info.mode.toString(8)}\0`);
    if (info.isSymbolicLink()) hash.update(await readlink(file));
    if (info.isFile()) hash.update(await readFile(file));
  }
  return hash.digest('hex');
}
