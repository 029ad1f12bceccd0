// What users install on Windows, by both installers, from dist/: the command line and the addon in their installed place, by
// the programs that Linux is tested with.

import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import { checkout, releaseInfo } from '../../support/artifacts.ts';
import { computeAsElsewhere, useCommandLine } from '../../support/command-line.ts';
import { type CommandLine, shakeHands } from '../../support/handshake.ts';
import { type TestedNode, windowsNodes } from '../../support/nodes.ts';
import { ask, type Project } from '../../support/npm-project.ts';
import { distribution } from '../../support/openssl.ts';
import { distFile, targetDistribution } from '../../support/target-distribution.ts';
import { usePackage } from '../../support/use-package.ts';
import { installers, snapshot } from '../../support/windows-installers.ts';
import { runWine, type WineRoot, wineRoot } from '../../support/wine.ts';
import { wineCommand } from '../../support/wine-command.ts';
import { wineNode } from '../../support/wine-node.ts';

const prefix = 'C:\\Program Files\\tsopenssl';

/** A folder in the installed one, where programs find the installed package as any other below it. */
async function programsIn(root: WineRoot): Promise<Project> {
  const dir = path.join(root.driveC, 'Program Files/tsopenssl/programs');
  await cp(path.join(checkout, 'test/acceptance/programs'), dir, { recursive: true });
  return {
    dir,
    manage: () => Promise.reject(new Error('nothing is installed here by npm')),
    run: ({ node }, words) => run([node, ...words], { cwd: dir, allowFailure: true }),
  };
}

async function nodesIn(root: WineRoot): Promise<readonly TestedNode[]> {
  const found: TestedNode[] = [];
  for (const node of await windowsNodes()) found.push(await wineNode(root, node));
  return found;
}

for (const kind of ['exe', 'msi'] as const) {
  test.serial(
    `what the .${kind} installs runs: the command line, the addon under every node, and nothing stays`,
    async (t) => {
      const file = distFile('win32-x64', kind);
      const root = await wineRoot(t);
      const before = await snapshot(root);
      const installed = await installers[kind].install(root, file);
      t.is(installed.exitCode, 0, installed.stderr);

      const command = await wineCommand(root, `${prefix}\\bin\\openssl.exe`);
      await useCommandLine(t, command, win32X64);
      const x64: CommandLine = [(await distribution()).openssl];
      for (const [server, client] of [
        [command, command],
        [command, x64],
        [x64, command],
      ] as const) {
        t.regex(await shakeHands(t, server, client), /^Negotiated TLS1\.3 group: X25519MLKEM768$/m);
      }

      const project = await programsIn(root);
      for (const node of await nodesIn(root)) {
        const used = await usePackage(t, project, node);
        t.is(used.addon, `${prefix}\\node_modules\\@tsopenssl\\win32-x64\\tsopenssl.node`);
        t.is(used.path, `${prefix}\\node_modules\\tsopenssl\\ca-bundles\\ca-bundle.crt`);
        const { distinct } = await ask<{ distinct: readonly object[] }>(t, project, node, ['threads.mjs']);
        t.like(distinct, [{ openssl: releaseInfo.opensslVersion, isolated: true, roots: used.counts.any }]);
      }

      t.is((await installers[kind].uninstall(root, file)).exitCode, 0);
      const after = await snapshot(root);
      const left = [...after.keys()].filter((name) => !before.has(name) && !name.startsWith('HKLM\\'));
      const ours = left.filter((name) => /openssl/i.test(name) && !name.includes('tsopenssl/programs'));
      t.deepEqual(ours.sort(), ['Program Files/tsopenssl', 'openssl', 'openssl/openssl.cnf']);
    },
  );
}

test('the installed command line reads c:\\openssl\\openssl.cnf, and that from the .zip reads none', async (t) => {
  const root = await wineRoot(t);
  const archive = await wineCommand(root, await unpackedInto(root));
  const directories = async (command: CommandLine) =>
    (await run([...command, 'version', '-d', '-m', '-e'])).stdout;
  t.notRegex(await directories(archive), /c:\\|C:\\/);
  t.is((await installers.exe.install(root, distFile('win32-x64', 'exe'))).exitCode, 0);
  const installed = await wineCommand(root, `${prefix}\\bin\\openssl.exe`);
  t.true((await directories(installed)).startsWith('OPENSSLDIR: "c:\\openssl"\n'));

  const configuration = path.join(root.driveC, 'openssl/openssl.cnf');
  t.is(
    await readFile(configuration, 'utf8'),
    await readFile((await targetDistribution('win32-x64')).cnf, 'utf8'),
  );
  await writeFile(
    configuration,
    '[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = from the default file\n',
  );
  const certificate = path.join(root.dir, 'certificate.pem');
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-noenc',
    '-keyout',
    `${certificate}.key`,
  ];
  const request = (command: CommandLine) =>
    run([...command, 'req', '-x509', ...key, '-out', certificate], { allowFailure: true });
  const made = await request(installed);
  t.is(made.exitCode, 0, made.stderr);
  const { openssl } = await distribution();
  const { stdout } = await run([openssl, 'x509', '-in', certificate, '-noout', '-subject']);
  t.regex(stdout, /^subject=CN ?= ?from the default file$/m);

  // an installed copy's key in the registry is nothing to one that has no such key
  t.is((await installers.exe.uninstall(root, '')).exitCode, 0);
  const without = await request(archive);
  t.not(without.exitCode, 0);
  t.regex(without.stderr, /No objects specified in config file/);
});

test('the command line computes what it computes on Linux', async (t) => {
  const root = await wineRoot(t);
  await computeAsElsewhere(t, await wineCommand(root, await unpackedInto(root)));
});

test('the launcher of the installation runs the command line without node, and everything with it', async (t) => {
  const root = await wineRoot(t);
  t.is((await installers.exe.install(root, distFile('win32-x64', 'exe'))).exitCode, 0);
  const type = async (words: string, env: Record<string, string> = {}) => {
    await writeFile(path.join(root.driveC, 'typed.cmd'), `@"${prefix}\\bin\\tsopenssl.cmd" ${words}\r\n`);
    return runWine(root, ['cmd', '/c', 'C:\\typed.cmd'], { env });
  };
  const version = await type('openssl version');
  t.true(version.stdout.startsWith(`OpenSSL ${releaseInfo.opensslVersion} `), version.stderr);
  const bundle = await type('ca-bundle path');
  t.is(bundle.stdout, `${prefix}\\node_modules\\tsopenssl\\ca-bundles\\ca-bundle.crt\r\n`);
  t.is((await type('info')).exitCode, 1);

  const [oldest] = await windowsNodes();
  const folder = `Z:${path.dirname(oldest?.node ?? '').replaceAll('/', '\\')}`;
  const described = await type('info --json', { WINEPATH: folder });
  t.is(described.exitCode, 0, described.stderr);
  const { version: versions, addon } = JSON.parse(described.stdout);
  t.is(versions.openssl.version, releaseInfo.opensslVersion);
  t.is(addon.path, `${prefix}\\node_modules\\@tsopenssl\\win32-x64\\tsopenssl.node`);
});

/** The .zip in a folder of its own. @returns the command line in it, in Windows' notation */
async function unpackedInto(root: WineRoot): Promise<string> {
  await run(['bsdtar', '-xf', distFile('win32-x64', 'zip'), '-C', root.driveC]);
  return `C:\\tsopenssl-${releaseInfo.distributionVersion}-win32-x64\\bin\\openssl.exe`;
}
