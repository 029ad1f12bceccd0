// What the tests of the Debian packages do in a system of their own, whatever its processor.

import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { LinuxTarget } from '../../build/types.ts';
import { deb } from '../../platform/linux/deb.ts';
import { artifact, releaseInfo } from './artifacts.ts';
import { changes, type DebianRoot } from './debian-root.ts';
import { temporaryFolder } from './folder.ts';
import { addedFile, droppedFile, holdAddon, packNextRelease, useInstalled } from './installed.ts';

const install = ['apt-get', 'install', '--yes', '--no-install-recommends', '--allow-downgrades'];
const remove = ['apt-get', 'remove', '--yes', 'tsopenssl'];
const nothing = { added: [], removed: [] };

/** Installs with apt, uses everything, and looks for what is left when it has been removed. */
export async function installAndRemoveDeb(
  t: ExecutionContext,
  root: DebianRoot,
  target: LinuxTarget,
): Promise<void> {
  const file = await root.put(artifact(deb, target));
  const configuration = path.join(root.dir, 'etc/ssl/openssl.cnf');
  const before = { system: await root.snapshot(), configuration: await readFile(configuration) };

  await root.run([...install, file]);

  const { added, removed } = changes(before.system, await root.snapshot());
  t.deepEqual(removed, []);
  t.true(added.length > 40);
  t.deepEqual(
    added.filter(
      (line) => !/^usr\/(lib\/tsopenssl|bin\/tsopenssl|share\/(doc|man\/man1)\/tsopenssl)/.test(line),
    ),
    [],
  );
  await useInstalled(t, root, target);
  t.is((await root.run(['dpkg', '--verify', 'tsopenssl'])).stdout, '');
  await appendFile(path.join(root.dir, 'usr/lib/tsopenssl/ssl/openssl.cnf'), '\n');
  t.regex((await root.run(['dpkg', '--verify', 'tsopenssl'], { allowFailure: true })).stdout, /openssl\.cnf/);

  await root.run(remove);

  t.deepEqual(changes(before.system, await root.snapshot()), nothing);
  t.deepEqual(await readFile(configuration), before.configuration);
  await writeFile(path.join(root.dir, 'usr/lib/left-behind'), '');
  t.deepEqual(changes(before.system, await root.snapshot()).added, ['usr/lib/left-behind f 644 0:0 0 ']);
}

/** Upgrades, downgrades and removes while a process has the addon loaded. */
export async function replaceDebInUse(
  t: ExecutionContext,
  root: DebianRoot,
  target: LinuxTarget,
): Promise<void> {
  const older = await root.put(artifact(deb, target));
  const newer = await root.put(await packNextRelease(deb, await temporaryFolder(t), target));
  const there = (file: string) => existsSync(path.join(root.dir, file));
  const before = await root.snapshot();
  await root.run([...install, older]);
  const installed = await root.snapshot();
  t.deepEqual([there(addedFile), there(droppedFile)], [false, true]);
  const end = await holdAddon(t, root);

  await root.run([...install, newer]);
  t.deepEqual([there(addedFile), there(droppedFile)], [true, false]);
  t.is(
    (await root.run(['dpkg-query', '--show', 'tsopenssl'])).stdout,
    `tsopenssl\t${releaseInfo.distributionVersion}.1\n`,
  );

  await root.run([...install, older]);
  t.deepEqual(changes(installed, await root.snapshot()), nothing);

  await root.run(remove);
  t.deepEqual(changes(before, await root.snapshot()), nothing);

  const held = await end();
  t.true(held.before.startsWith(`${releaseInfo.opensslVersion} `), held.before);
  t.is(held.after, held.before);
  t.regex(held.binary, / \(deleted\)$/);
}
