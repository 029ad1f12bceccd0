// A small stage for Windows, laid out as a real one is, for tests of the installers: its program does nothing.

import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../build/process.ts';
import { readStage } from '../../build/steps/stage.ts';
import type { WindowsStage } from '../../platform/windows/installation.ts';
import { win32X64 } from '../../platform/windows/targets.ts';
import { checkout } from './artifacts.ts';
import { fixtureEpoch } from './stage-fixture.ts';

/** Given a name, makes a file and ends when it is gone; else ends at once. */
const program = `#include <windows.h>
#include <stdio.h>
int main(int count, char **words) {
  if (count < 2) return 0;
  fclose(fopen(words[1], "w"));
  while (GetFileAttributesA(words[1]) != INVALID_FILE_ATTRIBUTES) Sleep(50);
  return 0;
}`;

/** Makes the stage below `dir`. @param more - further files, by their path in the stage */
export async function windowsFixtureStage(
  dir: string,
  more: Readonly<Record<string, string>> = {},
): Promise<WindowsStage> {
  const tree = path.join(dir, 'stage');
  const { command, libcrypto, libssl } = win32X64.binaries;
  const texts: Readonly<Record<string, string>> = {
    [libcrypto]: 'libcrypto\n',
    [libssl]: 'libssl\n',
    'ssl/openssl.cnf': '# shipped\n',
    'ssl/ca-bundle.crt': 'bundle\n',
    'node_modules/tsopenssl/package.json': '{}\n',
    'node_modules/tsopenssl/LICENSE': 'Licence\n',
    'node_modules/tsopenssl/lib/cli.js': '// cli\n',
    'node_modules/@tsopenssl/win32-x64/package.json': '{}\n',
    'node_modules/@tsopenssl/win32-x64/tsopenssl.node': 'addon\n',
    'share/doc/README.md': '# tsopenssl\n',
    ...more,
  };
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
    await writeFile(path.join(tree, name), text);
  }
  const source = path.join(dir, 'program.c');
  await writeFile(source, program);
  const flags = ['-Os', '-s', '-Wl,--no-insert-timestamp'];
  await run(['x86_64-w64-mingw32-gcc', ...flags, '-o', path.join(tree, command), source]);
  await copyFile(path.join(checkout, 'platform/windows/tsopenssl.cmd'), path.join(tree, 'bin/tsopenssl.cmd'));
  for (const name of [command, libcrypto, libssl, 'bin/tsopenssl.cmd'])
    await chmod(path.join(tree, name), 0o755);
  return { ...(await readStage(tree, win32X64, fixtureEpoch)), target: win32X64 };
}
