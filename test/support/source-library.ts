// The library's modules one by one, as they are written, over the packaged binary: for tests of a module that the package does not
// export. They are a library of their own: a file of tests that uses them does not use the packaged one.

import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { checkout } from './builder.ts';
import { distribution } from './openssl.ts';

/** Copies the sources beside the binary; the copy goes when the process ends. @returns the folder of the modules */
export async function sourceLibrary(): Promise<string> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-library-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const { platformDir } = await distribution();
  for (const name of ['lib', 'package.json'])
    await cp(path.join(checkout, 'addon', name), path.join(root, name), { recursive: true });
  const scope = path.join(root, 'node_modules/@tsopenssl');
  await mkdir(scope, { recursive: true });
  await symlink(platformDir, path.join(scope, path.basename(platformDir)));
  return path.join(root, 'lib');
}
