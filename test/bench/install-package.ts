// The two npm packages of dist/, installed in an empty folder.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { npmMain, npmPlatform } from '../../build/packagers/npm.ts';
import { run } from '../../build/process.ts';
import { artifact } from '../support/artifacts.ts';

export async function installPackage(dir: string): Promise<void> {
  await writeFile(
    path.join(dir, 'package.json'),
    '{ "name": "bench", "version": "1.0.0", "private": true }\n',
  );
  const files = [artifact(npmMain), artifact(npmPlatform)];
  await run(['npm', 'install', '--offline', '--no-audit', '--no-fund', ...files], { cwd: dir });
}
