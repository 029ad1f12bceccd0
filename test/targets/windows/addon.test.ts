// The addon for Windows under wine, in the Nodes for Windows, by the programs that linux-x64 is tested with.

import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import { checkout, releaseInfo } from '../../support/artifacts.ts';
import { useTogether } from '../../support/copies-together.ts';
import { type TestedNode, windowsNodes } from '../../support/nodes.ts';
import { ask, installedProject, type Project } from '../../support/npm-project.ts';
import { usePackage } from '../../support/use-package.ts';
import { type WineRoot, wineRoot } from '../../support/wine.ts';
import { wineNode } from '../../support/wine-node.ts';

/** Every node for Windows, ready to be started in a Windows of its own. */
async function nodesIn(root: WineRoot): Promise<readonly TestedNode[]> {
  const nodes: TestedNode[] = [];
  for (const node of await windowsNodes()) nodes.push(await wineNode(root, node));
  return nodes;
}

/** The same node under another name, as in Electron. */
async function renamed(root: WineRoot, { version, node }: TestedNode): Promise<TestedNode> {
  const folder = path.join(root.driveC, `another host ${version}`);
  await mkdir(folder);
  await copyFile(node, path.join(folder, 'host.exe'));
  return wineNode(root, { version, node: `C:\\another host ${version}\\host.exe` });
}

test('the addon, installed by npm, does under every node for Windows what it does on Linux', async (t) => {
  const project = await installedProject(t, win32X64);
  for (const node of await nodesIn(await wineRoot(t))) {
    const { addon } = await usePackage(t, project, node);
    t.true(addon.endsWith('\\node_modules\\@tsopenssl\\win32-x64\\tsopenssl.node'), addon);
  }
});

/** An addon as gcc makes it: it asks for node.exe by name, and Windows takes it out of memory when it is closed. */
const plainAddon = `
__declspec(dllimport) int napi_create_object(void *, void **);
__declspec(dllexport) void *napi_register_module_v1(void *env, void *exports) {
  void *made = 0;
  napi_create_object(env, &made);
  return made;
}
__declspec(dllexport) int node_api_module_get_api_version_v1(void) { return 8; }`;

async function makePlainAddon(dir: string): Promise<void> {
  const def = path.join(checkout, 'node_modules/node-api-headers/def/js_native_api.def');
  const gcc = 'x86_64-w64-mingw32-gcc';
  await writeFile(path.join(dir, 'plain.c'), plainAddon);
  await run(['x86_64-w64-mingw32-dlltool', '-D', 'node.exe', '-d', def, '-l', 'libplain.a'], { cwd: dir });
  await run([gcc, '-shared', '-o', 'plain.node', 'plain.c', 'libplain.a'], { cwd: dir });
}

test('the addon loads in a program that is not called node.exe, as an ordinary one does not', async (t) => {
  const root = await wineRoot(t);
  const project = await installedProject(t, win32X64);
  await makePlainAddon(project.dir);
  const load = ['-p', "typeof require('./plain.node')"];
  for (const node of await windowsNodes()) {
    const host = await renamed(root, node);
    const { stdout } = await project.run(host, ['-p', 'process.execPath']);
    t.regex(stdout, /\\host\.exe\n$/);
    await usePackage(t, project, host);

    const plain = await project.run(host, load);
    t.is(plain.exitCode, 1);
    t.regex(plain.stderr, /plain\.node/);
    t.is((await project.run(await wineNode(root, node), load)).stdout, 'object\n');
  }
});

/** Loads a file in a worker that ends, and says whether the process still has it. */
const leaveBehind = (file: string) => `
const { Worker } = require('node:worker_threads');
const worker = new Worker(${JSON.stringify(`require(${JSON.stringify(file)})`)}, { eval: true });
worker.on('exit', (exitCode) => {
  process.report.excludeNetwork = true;
  const loaded = process.report.getReport().sharedObjects.filter((name) => name.endsWith('.node'));
  console.log(JSON.stringify({ exitCode, loaded: loaded.map((name) => name.split('\\\\').at(-1)) }));
});`;

test('the addon comes and goes with worker threads, because it stays in memory', async (t) => {
  const root = await wineRoot(t);
  const project = await installedProject(t, win32X64);
  await makePlainAddon(project.dir);
  await writeFile(path.join(project.dir, 'ours.cjs'), leaveBehind('tsopenssl'));
  await writeFile(path.join(project.dir, 'plain.cjs'), leaveBehind('./plain.node'));
  for (const node of await nodesIn(root)) {
    const { counts, authority } = await usePackage(t, project, node);
    const common = { exitCode: 0, openssl: releaseInfo.opensslVersion, isolated: true };
    const found = { ...common, roots: counts.any, authority };
    t.deepEqual(await ask(t, project, node, ['threads.mjs']), { workers: 40, distinct: [found] });
    t.deepEqual(await ask(t, project, node, ['ours.cjs']), { exitCode: 0, loaded: ['tsopenssl.node'] });
    t.deepEqual(await ask(t, project, node, ['plain.cjs']), { exitCode: 0, loaded: [] });
  }
});

test('the addon lives in one process with other copies of itself, while node itself shakes hands', async (t) => {
  await useTogether(t, win32X64, await nodesIn(await wineRoot(t)));
});

/** The package below a folder whose name no code page of Windows holds. */
async function movedProject(t: ExecutionContext): Promise<Project> {
  const project = await installedProject(t, win32X64);
  const dir = path.join(project.dir, 'Größe 日本 𝔘');
  await mkdir(dir);
  await cp(path.join(project.dir, 'node_modules'), path.join(dir, 'node_modules'), { recursive: true });
  return {
    ...project,
    dir,
    run: (node, words) => run([node.node, ...words], { cwd: dir, allowFailure: true }),
  };
}

test('the addon finds itself and a configuration in a folder of any name', async (t) => {
  const root = await wineRoot(t);
  const project = await movedProject(t);
  await writeFile(
    path.join(project.dir, 'ö.cnf'),
    '.include "sub 日本/more.cnf"\nopenssl_conf = init\n[init]\n',
  );
  await mkdir(path.join(project.dir, 'sub 日本'));
  await writeFile(path.join(project.dir, 'sub 日本/more.cnf'), '[more]\n');
  const program = `
    process.env.OPENSSL_CONF = require('node:path').resolve('ö.cnf');
    const { info } = require('tsopenssl');
    console.log(JSON.stringify([info().addon.path, info().configuration]));`;
  for (const node of await nodesIn(root)) {
    const [addon, configuration] = await ask<[string, { loaded: boolean; files: string[] }]>(
      t,
      project,
      node,
      ['-e', program],
    );
    t.regex(addon, /\\Größe 日本 𝔘\\node_modules\\/);
    t.true(configuration.loaded);
    t.deepEqual(
      configuration.files.map((file) => file.split(/[\\/]/).at(-1)),
      ['ö.cnf', 'more.cnf'],
    );
  }
});

test('says what to do about a file that Windows cannot load, and about a package for another system', async (t) => {
  const [node] = await nodesIn(await wineRoot(t));
  if (node === undefined) throw new Error('wanted a node for Windows, found none');
  const project = await installedProject(t, win32X64);
  const modules = path.join(project.dir, 'node_modules/@tsopenssl');
  const addon = path.join(modules, 'win32-x64/tsopenssl.node');
  const bytes = await readFile(addon);
  await writeFile(addon, 'no program');
  const damaged = await project.run(node, ['-e', "require('tsopenssl')"]);
  t.is(damaged.exitCode, 1);
  t.regex(damaged.stderr, /no binary of tsopenssl could be loaded on win32-x64; tried\r\n/);
  // wine's words for "is not a valid Win32 application"
  t.regex(damaged.stderr, /\n {2}- .*\\win32-x64\\tsopenssl\.node: Bad EXE format for .*\r\nWhat to do:\r\n/);
  t.regex(damaged.stderr, /\n {2}- the binary is for another platform; install again on this one/);

  await cp(path.join(modules, 'win32-x64'), path.join(modules, 'linux-x64'), { recursive: true });
  await run(['rm', '-r', path.join(modules, 'win32-x64')]);
  const strange = await project.run(node, ['-e', "require('tsopenssl')"]);
  t.regex(strange.stderr, /installed is @tsopenssl\/linux-x64, and this node is win32-x64/);

  await cp(path.join(modules, 'linux-x64'), path.join(modules, 'win32-x64'), { recursive: true });
  await writeFile(path.join(modules, 'win32-x64/tsopenssl.node'), bytes);
  t.is((await project.run(node, ['-e', "require('tsopenssl')"])).exitCode, 0);
});
