// CVE-2019-1552: any user of Windows may make c:\openssl, and an openssl.cnf there that names a library to load. Nothing
// that is shipped without an installer may load it; nor may the addon with one, unless the folder is the administrator's.
//
// What wine cannot show: it keeps no access lists, and one user owns every folder, so by the rule no file is ever trusted
// there. Where a trusted file must load, the text of the descriptor is exchanged for a real one of Windows between the binary
// and the rule; the file, its handle, its bytes and all that follows are real. The rule itself is proved by a table:
// test/addon/configuration/trust-rule-windows.test.ts. That the installers make the folder with such a descriptor is in
// platform/windows/setup/folder.c, and what they refuse in installers.test.ts.

import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type RunResult, run } from '../../../build/process.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import { checkout } from '../../support/artifacts.ts';
import { windowsNodes } from '../../support/nodes.ts';
import { installedProject } from '../../support/npm-project.ts';
import { targetDistribution, unpacked } from '../../support/target-distribution.ts';
import { runWine, type WineRoot, wineRoot } from '../../support/wine.ts';

const trustedInstaller = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464';
const drive = `O:${trustedInstaller}D:PAI(A;;LC;;;AU)(A;OICIIO;SDGXGWGR;;;AU)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)`;
const protectedFolder = 'O:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)';
const userFolder =
  'O:S-1-5-21-1085031214-1563985344-725345543-1001D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1301bf;;;AU)';

const configuration = `
openssl_conf = init
[init]
providers = list
[list]
default = built-in
marker = marker
[built-in]
activate = 1
[marker]
module = C:/openssl/marker.dll
activate = 1
`;

/** A way to start what is shipped; it must succeed. */
interface Shipped {
  readonly argv: readonly string[];
  readonly cwd: string;
}

interface Planted {
  readonly root: WineRoot;
  /** Starts something, and says whether the marker library was loaded. */
  start(shipped: Shipped, env?: Readonly<Record<string, string>>): Promise<{ loaded: boolean } & RunResult>;
  /** Registers c:\openssl as the default folder, as an installer does. */
  register(): Promise<void>;
}

/** A Windows in which an ordinary user has made c:\openssl. */
async function planted(t: ExecutionContext): Promise<Planted> {
  const root = await wineRoot(t);
  const folder = path.join(root.driveC, 'openssl');
  const include = `-I${path.join(await unpacked('win32-x64', 'development'), 'include')}`;
  const source = path.join(import.meta.dirname, 'marker-provider.c');
  await mkdir(folder);
  await writeFile(path.join(folder, 'openssl.cnf'), configuration);
  await run(['x86_64-w64-mingw32-gcc', '-shared', include, '-o', path.join(folder, 'marker.dll'), source]);
  const marker = path.join(root.driveC, 'marker.txt');
  return {
    root,
    async start({ argv, cwd }, env = {}) {
      await rm(marker, { force: true });
      const result = await runWine(root, argv, { cwd, env });
      t.is(result.exitCode, 0, `${argv.join(' ')}\n${result.stderr}`);
      return { loaded: existsSync(marker), ...result };
    },
    async register() {
      const key = ['HKLM\\SOFTWARE\\WOW6432Node\\OpenSSL-3.5-tsopenssl', '/v', 'OPENSSLDIR'];
      t.is((await runWine(root, ['reg', 'add', ...key, '/d', 'c:\\openssl', '/f'])).exitCode, 0);
    },
  };
}

async function firstNode(): Promise<string> {
  const [node] = await windowsNodes();
  if (node === undefined) throw new Error('wanted a node for Windows, found none');
  return node.node;
}

/** The command line and the addon, from the zip and from npm's packages. */
async function everythingShipped(t: ExecutionContext): Promise<Record<'commands' | 'addons', Shipped[]>> {
  const { prefix, command } = await targetDistribution('win32-x64');
  const { dir } = await installedProject(t, win32X64);
  const node = await firstNode();
  const npmCommand = path.join(dir, 'node_modules/@tsopenssl/win32-x64/bin/openssl.exe');
  const list = ['list', '-providers'];
  const info = ['node_modules/tsopenssl/lib/cli.js', 'info', '--json'];
  return {
    commands: [
      { argv: [command, ...list], cwd: path.dirname(command) },
      { argv: [npmCommand, ...list], cwd: dir },
      { argv: [node, 'node_modules/tsopenssl/lib/cli.js', 'openssl', ...list], cwd: dir },
      { argv: [node, 'node_modules/tsopenssl/lib/cli.js', 'openssl', ...list], cwd: prefix },
    ],
    addons: [
      { argv: [node, ...info], cwd: prefix },
      { argv: [node, ...info], cwd: dir },
    ],
  };
}

const named = { OPENSSL_CONF: 'C:\\openssl\\openssl.cnf' };

test('nothing that came without an installer loads a planted file, though each can', async (t) => {
  const { start } = await planted(t);
  const { commands, addons } = await everythingShipped(t);
  for (const shipped of [...commands, ...addons]) {
    const { loaded, stdout } = await start(shipped);
    t.false(loaded, shipped.argv.join(' '));
    t.notRegex(stdout, /marker/);
    const control = await start(shipped, named);
    t.true(control.loaded, shipped.argv.join(' '));
    t.regex(control.stdout, /marker/);
  }
  for (const shipped of addons) {
    const { configuration, directories } = JSON.parse((await start(shipped)).stdout);
    t.like(configuration, { path: null, source: 'default', loaded: false, files: [] });
    t.is(configuration.reason, 'no default directory is registered on this machine, so nothing was loaded');
    for (const name of ['openssl', 'modules', 'engines', 'certificates', 'private']) {
      t.deepEqual(directories[name], { path: null, source: 'default' }, name);
    }
  }
});

test('the marker is not loaded by node itself', async (t) => {
  const { start, root } = await planted(t);
  const alone = { argv: [await firstNode(), '-p', '1'], cwd: root.driveC };
  t.false((await start(alone, named)).loaded);
});

test('the addon does not load a planted file from the folder that is registered, which the command line would', async (t) => {
  const { start, register } = await planted(t);
  await register();
  const { commands, addons } = await everythingShipped(t);
  for (const shipped of addons) {
    const { loaded, stdout } = await start(shipped);
    t.false(loaded);
    const info = JSON.parse(stdout);
    t.like(info.configuration, { path: 'c:\\openssl\\openssl.cnf', loaded: false, files: [] });
    t.is(
      info.configuration.reason,
      'c:\\openssl\\openssl.cnf is not trusted: c:\\ belongs to S-1-5-21-0-0-0-1000, wanted Administrators, SYSTEM or TrustedInstaller',
    );
    t.is(info.directories.openssl.path, 'c:\\openssl');
    t.true((await start(shipped, named)).loaded);
  }
  for (const shipped of commands) t.true((await start(shipped)).loaded, shipped.argv.join(' '));
});

/** Loads the default configuration with descriptors in the place of those that wine answers. */
const withDescriptors = `
import { createRequire } from 'node:module';
import { loadConfiguration } from './modules/configuration/load-configuration.js';
const native = createRequire(import.meta.url)('@tsopenssl/win32-x64/tsopenssl.node');
const descriptors = JSON.parse(process.env.DESCRIPTORS);
const asked = [];
const inspectPath = (file, maxSizeBytes) => {
  asked.push(file);
  const descriptor = descriptors[file.slice(4).toLowerCase()] ?? '';
  return { ...native.inspectPath(file, maxSizeBytes), descriptor };
};
const { loaded, reason } = loadConfiguration({ ...native, inspectPath }, {});
// libssl looks for a configuration of its own when it makes its first context
native.sslContextNew(false, 0, 0);
console.log(JSON.stringify({ loaded, reason, asked }));`;

/** The modules of the library, one file each: in the package they are joined, and what is inside cannot be asked. */
async function emitModules(dir: string): Promise<void> {
  const tsc = path.join(checkout, 'node_modules/typescript/bin/tsc');
  await run([process.execPath, tsc, '-p', path.join(checkout, 'addon/tsconfig.json'), '--outDir', dir]);
  await writeFile(path.join(dir, 'package.json'), '{ "type": "module" }');
}

test('the addon loads a file that is the administrator’s, and not one that a user made or changed', async (t) => {
  const { start, register, root } = await planted(t);
  await register();
  const { dir } = await installedProject(t, win32X64);
  await writeFile(path.join(dir, 'descriptors.mjs'), withDescriptors);
  await emitModules(path.join(dir, 'modules'));
  const shipped = { argv: [await firstNode(), 'descriptors.mjs'], cwd: dir };
  const load = async (folder: string, file: string) => {
    const descriptors = { 'c:\\': drive, 'c:\\openssl': folder, 'c:\\openssl\\openssl.cnf': file };
    const { loaded, stdout } = await start(shipped, { DESCRIPTORS: JSON.stringify(descriptors) });
    return { marker: loaded, ...JSON.parse(stdout) };
  };
  t.deepEqual(await load(protectedFolder, protectedFolder), {
    marker: true,
    loaded: true,
    reason: 'c:\\openssl\\openssl.cnf was loaded',
    asked: ['\\\\?\\c:\\', '\\\\?\\c:\\openssl', '\\\\?\\c:\\openssl\\openssl.cnf'],
  });
  t.like(await load(userFolder, protectedFolder), { marker: false, loaded: false });
  t.like(await load(protectedFolder, userFolder), { marker: false, loaded: false });

  await writeFile(path.join(root.driveC, 'openssl/openssl.cnf'), `.include more.cnf\n${configuration}`);
  t.like(await load(protectedFolder, protectedFolder), { marker: true, loaded: true });
  await writeFile(path.join(dir, 'more.cnf'), '');
  const included = await load(protectedFolder, protectedFolder);
  t.like(included, { marker: false, loaded: false });
  t.regex(included.reason, /^c:\\openssl\\openssl\.cnf:1: \.include more\.cnf is not trusted: Z:\\ /);
});

/** Loads a configuration that names the marker library without a folder, and says what came of it. */
const withoutFolder = `
process.env.OPENSSL_CONF = 'C:\\\\openssl\\\\relative.cnf';
if (process.env.FOLDER !== undefined) process.env.OPENSSL_MODULES = process.env.FOLDER;
let answer = 'loaded';
try { require('tsopenssl'); } catch (error) { answer = error.message; }
console.log(JSON.stringify(answer));`;

test('looks for a provider in the folder that the program names, and in no other', async (t) => {
  const { start, root } = await planted(t);
  const { dir } = await installedProject(t, win32X64);
  const folder = path.join(root.driveC, 'openssl');
  const relative = configuration.replace('C:/openssl/marker.dll', 'marker.dll');
  await writeFile(path.join(folder, 'relative.cnf'), relative);
  await writeFile(path.join(dir, 'relative.cjs'), withoutFolder);
  // where Windows looks for a library without a folder
  await copyFile(path.join(folder, 'marker.dll'), path.join(dir, 'marker.dll'));
  const shipped = { argv: [await firstNode(), 'relative.cjs'], cwd: dir };
  const load = async (env: Readonly<Record<string, string>>) => {
    const { loaded, stdout } = await start(shipped, { WINEPATH: 'C:\\openssl', ...env });
    return { loaded, answer: JSON.parse(stdout) as string };
  };
  t.deepEqual(await load({ FOLDER: 'C:\\openssl' }), { loaded: true, answer: 'loaded' });
  const elsewhere = await load({ FOLDER: 'C:\\windows' });
  t.false(elsewhere.loaded);
  t.regex(elsewhere.answer, /provider marker is not available \(C:\\windows\\marker\.dll: /);
  const nowhere = await load({});
  t.false(nowhere.loaded);
  t.regex(nowhere.answer, /wanted an absolute path for the library of provider marker, got marker\.dll/);
});
