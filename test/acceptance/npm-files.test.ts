// The two npm packages in dist/, installed into an empty project by every package manager, without a network.

import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withoutNetwork } from '../support/network.ts';
import { nodes, type TestedNode } from '../support/nodes.ts';
import { emptyProject } from '../support/npm-project.ts';
import { distribution } from '../support/openssl.ts';
import { packageManagers, tarballs } from '../support/package-managers.ts';
import { startServer } from '../support/server.ts';
import { usePackage } from '../support/use-package.ts';

const isolation = await withoutNetwork();
const offline = isolation ?? [];

const reachesNobody = 'what runs offline here reaches nobody, not even a server on loopback';
if (isolation === undefined) {
  test.skip(`${reachesNobody} (skipped: this machine makes no network namespaces)`, () => undefined);
} else {
  test.serial(reachesNobody, async (t) => {
    const url = await startServer(t, (_request, response) => response.end('here'));
    const program = `fetch('${url}').then((answer) => answer.text()).then(console.log, () => process.exit(7))`;
    const ask = (before: readonly string[]) =>
      run([...before, process.execPath, '-e', program], { allowFailure: true });
    t.deepEqual(await ask([]), { exitCode: 0, stdout: 'here\n', stderr: '' });
    t.deepEqual(await ask(isolation), { exitCode: 7, stdout: '', stderr: '' });
  });
}

for (const manager of packageManagers) {
  test.serial(`${manager.name} installs both files, with and without install scripts, offline`, async (t) => {
    const [oldest, ...others] = (await nodes()) as [TestedNode, ...TestedNode[]];
    const [mainContents, platformContents] = await packedContents(await temporaryFolder(t));
    const install = async (...words: string[]) => {
      const project = await emptyProject(t, manager);
      const { exitCode, stdout, stderr } = await project.manage([...manager.installFiles, ...words], offline);
      t.is(exitCode, 0, stdout + stderr);
      const used = await usePackage(t, project, oldest);
      const packageDir = path.resolve(used.path, '../..');
      const platformDir = path.dirname(used.addon);
      t.deepEqual(differences(await contents(packageDir), mainContents), []);
      t.deepEqual(differences(await contents(platformDir), platformContents), []);
      return { project, packageDir, platformDir, bundle: used.path, counts: used.counts };
    };

    await install();
    const { project, packageDir, platformDir, bundle, counts } = await install(manager.withoutScripts);
    for (const node of others) await usePackage(t, project, node);
    const { openssl } = await distribution();
    const { stdout: version } = await run([openssl, 'version']);
    const executed = await project.manage([...manager.execute, 'tsopenssl', 'openssl', 'version'], offline);
    t.deepEqual(executed, { exitCode: 0, stdout: version, stderr: '' });
    const { stdout } = await run([openssl, 'storeutl', '-noout', '-certs', bundle]);
    t.is(stdout.trimEnd().split('\n').at(-1), `Total found: ${counts.any}`);

    await appendFile(path.join(packageDir, 'lib/index.cjs'), '\n');
    const [found, wanted] = differences(await contents(packageDir), mainContents);
    t.true(found?.startsWith('lib/index.cjs ') && wanted?.startsWith('lib/index.cjs '));
    await rm(platformDir, { recursive: true });
    const { exitCode, stderr } = await project.run(oldest, ['use.cjs']);
    t.is(exitCode, 1);
    t.true(stderr.includes('@tsopenssl/linux-x64/tsopenssl.node: the package is not installed\n'), stderr);
  });
}

/** The files of both tarballs. */
async function packedContents(dir: string): Promise<readonly string[][]> {
  const all: string[][] = [];
  for (const [index, file] of tarballs.entries()) {
    const folder = path.join(dir, String(index));
    await mkdir(folder);
    await run(['tar', '--strip-components=1', '-xzf', file, '-C', folder]);
    all.push(await contents(folder));
  }
  return all;
}

/** Path and SHA-256 of every file below a folder, less what package managers add for themselves. */
async function contents(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const own = files
    .map((file) => path.relative(dir, file))
    .filter((name) => !/^(node_modules\/\.bin\/|\.ready$)/.test(name));
  const lines = own.map(async (name) => {
    const bytes = await readFile(path.join(dir, name));
    return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
  });
  return (await Promise.all(lines)).sort();
}

/** The lines that only one of two lists has, those of the first one first. */
function differences(found: readonly string[] = [], wanted: readonly string[] = []): string[] {
  return [
    ...found.filter((line) => !wanted.includes(line)),
    ...wanted.filter((line) => !found.includes(line)),
  ];
}
