// An addon for Windows whose calls of OpenSSL reach another library does not load: the address of such a function is that of
// a stub in the addon, so it is not the address alone that tells.

import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { compileAddonDirectly } from '../../../build/steps/addon-direct.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import { directAddonInput, rememberingCompiler } from '../../support/direct-addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { windowsNodes } from '../../support/nodes.ts';
import { targetDistribution } from '../../support/target-distribution.ts';
import { runWine, wineRoot } from '../../support/wine.ts';

const load = `
try {
  const native = require('./tsopenssl.node');
  console.log(JSON.stringify({ version: native.libraryVersion(6), bases: native.isolation().functions.length }));
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message }));
}`;

interface Loaded {
  readonly version?: string;
  readonly code?: string;
  readonly message?: string;
}

/** Loads what lies in a folder as tsopenssl.node. */
async function loadFrom(t: ExecutionContext, dir: string, node: string): Promise<Loaded> {
  await writeFile(path.join(dir, 'load.cjs'), load);
  const { stdout, stderr } = await runWine(await wineRoot(t), [node, 'load.cjs'], { cwd: dir });
  t.is(stderr, '');
  return JSON.parse(stdout) as Loaded;
}

const shared = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-isolation-'));
test.after.always(() => rm(shared, { recursive: true, force: true }));

/** Links the addon with other libraries in the place of the static ones, which `libraries` puts into a folder. */
async function linkWith(t: ExecutionContext, libraries: (dir: string) => Promise<void>): Promise<string> {
  const input = await directAddonInput(win32X64);
  const opensslDir = path.join(shared, 'openssl');
  const lib = path.join(opensslDir, 'lib');
  await rm(opensslDir, { recursive: true, force: true });
  await mkdir(lib, { recursive: true });
  await symlink(path.join(input.opensslDir, 'include'), path.join(opensslDir, 'include'));
  await libraries(lib);
  const compiler = path.join(input.pathFirst[0] ?? '', 'x86_64-w64-mingw32-g++');
  const pathFirst = [await rememberingCompiler(t, compiler), ...input.pathFirst];
  const dir = await temporaryFolder(t);
  const log = path.join(dir, 'log');
  await compileAddonDirectly({ ...input, opensslDir, pathFirst, log }, path.join(dir, 'tsopenssl.node'));
  return dir;
}

const openSslDlls = [win32X64.binaries.libcrypto, win32X64.binaries.libssl];

async function firstNode(): Promise<string> {
  const [node] = await windowsNodes();
  if (node === undefined) throw new Error('wanted a node for Windows, found none');
  return node.node;
}

test.serial("refuses to load when it is linked to OpenSSL's DLLs", async (t) => {
  const { opensslDir } = await directAddonInput(win32X64);
  const dir = await linkWith(t, async (lib) => {
    for (const name of ['libcrypto', 'libssl'])
      await copyFile(path.join(opensslDir, 'lib', `${name}.dll.a`), path.join(lib, `${name}.a`));
  });
  for (const dll of openSslDlls)
    await copyFile(path.join(opensslDir, dll), path.join(dir, path.basename(dll)));
  const { code, message = '' } = await loadFrom(t, dir, await firstNode());
  t.is(code, 'ERR_TSOPENSSL_NOT_ISOLATED');
  t.regex(message, /^ {2}EVP_MD_fetch at 0x[0-9a-f]+ in .*\\libcrypto-3-x64\.dll$/m);

  await copyFile((await targetDistribution('win32-x64')).addon, path.join(dir, 'tsopenssl.node'));
  t.is((await loadFrom(t, dir, await firstNode())).version, '3.5.7');
});

/** Names of OpenSSL that a program or a DLL exports. */
async function exportedNames(file: string): Promise<readonly string[]> {
  const { stdout } = await run(['x86_64-w64-mingw32-objdump', '-p', file]);
  return [...stdout.matchAll(/^\t\[ *\d+\] ((?:[A-Z]|d2i_|i2d_)\w+)$/gm)].map(([, name = '']) => name);
}

/**
 * Libraries that ask node.exe for its OpenSSL, as the node.lib of node's headers does: all in libcrypto.a, and libssl.a is
 * empty. What that older OpenSSL lacks are empty functions: without them nothing could be linked.
 */
async function importNode(node: string, cwd: string): Promise<void> {
  const names = await exportedNames(node);
  await writeFile(path.join(cwd, 'node.def'), `EXPORTS\n${names.join('\n')}\n`);
  const dlltool = ['x86_64-w64-mingw32-dlltool', '-m', 'i386:x86-64', '-D', 'node.exe'];
  await run([...dlltool, '-d', 'node.def', '-y', 'libcrypto.a'], { cwd });
  const { opensslDir } = await directAddonInput(win32X64);
  const newer = await Promise.all(openSslDlls.map((dll) => exportedNames(path.join(opensslDir, dll))));
  const missing = newer.flat().filter((name) => !names.includes(name));
  await writeFile(path.join(cwd, 'missing.c'), missing.map((name) => `void ${name}(void) {}\n`).join(''));
  await run(['x86_64-w64-mingw32-gcc', '-fno-builtin', '-c', 'missing.c'], { cwd });
  await run(['x86_64-w64-mingw32-ar', 'r', 'libcrypto.a', 'missing.o'], { cwd });
  await run(['x86_64-w64-mingw32-ar', 'rc', 'libssl.a'], { cwd });
}

test.serial("refuses to load when it is linked to node's own OpenSSL", async (t) => {
  const node = await firstNode();
  const dir = await linkWith(t, (lib) => importNode(node, lib));
  const { code, message = '' } = await loadFrom(t, dir, node);
  t.is(code, 'ERR_TSOPENSSL_NOT_ISOLATED');
  t.regex(message, /^ {2}EVP_MD_fetch at 0x0 in no known file$/m);
});
