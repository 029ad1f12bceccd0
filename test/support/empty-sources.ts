// The addon's sources by name, with nothing in them: they compile in a moment.

import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Empties the sources in a folder.
 * @param addonModule - what addon.cc becomes
 */
export async function writeEmptySources(dir: string, addonModule: string): Promise<void> {
  for (const name of (await readdir(dir)).filter((each) => each.endsWith('.cc'))) {
    await writeFile(path.join(dir, name), name === 'addon.cc' ? addonModule : '');
  }
}
