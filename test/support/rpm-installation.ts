// What the tests of the packages for Fedora do in a system of their own, whatever its processor.

import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import type { LinuxTarget } from '../../build/types.ts';
import { rpm } from '../../platform/linux/rpm.ts';
import { artifact, releaseInfo } from './artifacts.ts';
import { changes, type DebianRoot } from './debian-root.ts';
import { temporaryFolder } from './folder.ts';
import { addedFile, droppedFile, holdAddon, packNextRelease, useInstalled } from './installed.ts';

const nothing = { added: [], removed: [] };

function fullName({ rpmArchitecture }: LinuxTarget): string {
  return `tsopenssl-${releaseInfo.distributionVersion}-1.${rpmArchitecture}`;
}

/**
 * A package that offers what Fedora's glibc and bash offer. The root is a Debian: its files are there, but rpm does not know
 * of them. With this package rpm resolves dependencies as it would on Fedora, and nothing has to be forced.
 */
export async function packFedora(t: ExecutionContext): Promise<string> {
  const dir = await temporaryFolder(t);
  const spec = path.join(dir, 'fedora.spec');
  await mkdir(path.join(dir, 'tmp'));
  await writeFile(
    spec,
    `Name: fedora
Version: 1
Release: 1
Summary: What glibc and bash provide on Fedora
License: MIT
BuildArch: noarch
Provides: libc.so.6(GLIBC_2.17)(64bit)
Provides: /bin/sh
%description
%files
`,
  );
  const macros = {
    _topdir: dir,
    _rpmdir: dir,
    _tmppath: path.join(dir, 'tmp'),
    _dbpath: path.join(dir, 'db'),
  };
  const defines = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  await run(['rpmbuild', '-bb', ...defines, spec], { cwd: dir });
  return path.join(dir, 'noarch/fedora-1-1.noarch.rpm');
}

/** Installs with rpm, uses everything, and looks for what is left when it has been erased. */
export async function installAndEraseRpm(
  t: ExecutionContext,
  root: DebianRoot,
  target: LinuxTarget,
): Promise<void> {
  const file = await root.put(artifact(rpm, target));
  const fedora = await root.put(await packFedora(t));
  const configuration = path.join(root.dir, 'etc/ssl/openssl.cnf');
  const unmet = await root.run(['rpm', '--install', file], { allowFailure: true });
  t.deepEqual(unmet.stderr.match(/^\t.* is needed by .*$/gm), [
    `\t/bin/sh is needed by ${fullName(target)}`,
    `\tlibc.so.6(GLIBC_2.17)(64bit) is needed by ${fullName(target)}`,
  ]);
  await root.run(['rpm', '--install', fedora]);
  const before = { system: await root.snapshot(), configuration: await readFile(configuration) };

  await root.run(['rpm', '--install', file]);

  const { added, removed } = changes(before.system, await root.snapshot());
  t.deepEqual(removed, []);
  t.true(added.length > 40);
  t.deepEqual(
    added.filter(
      (line) =>
        !/^usr\/(lib\/tsopenssl|bin\/tsopenssl|share\/((doc|man\/man1|licenses)\/tsopenssl|licenses d))/.test(
          line,
        ),
    ),
    [],
  );
  t.is(
    (
      await root.run(['rpm', '--query', '--whatprovides', 'libcrypto.so.3()(64bit)'], {
        allowFailure: true,
      })
    ).exitCode,
    1,
  );
  await useInstalled(t, root, target);
  t.is((await root.run(['rpm', '--verify', 'tsopenssl'])).stdout, '');
  await appendFile(path.join(root.dir, 'usr/lib/tsopenssl/ssl/openssl.cnf'), '\n');
  t.regex((await root.run(['rpm', '--verify', 'tsopenssl'], { allowFailure: true })).stdout, /openssl\.cnf/);

  await root.run(['rpm', '--erase', 'tsopenssl']);

  t.deepEqual(withoutLicences(changes(before.system, await root.snapshot())), nothing);
  t.deepEqual(await readFile(configuration), before.configuration);
  await writeFile(path.join(root.dir, 'usr/lib/left-behind'), '');
  t.deepEqual(withoutLicences(changes(before.system, await root.snapshot())).added, [
    'usr/lib/left-behind f 644 0:0 0 ',
  ]);
}

/** /usr/share/licenses belongs to Fedora's `filesystem`; in a Debian root rpm makes it and nobody owns it. */
function withoutLicences(found: { added: string[]; removed: string[] }): {
  added: string[];
  removed: string[];
} {
  return { ...found, added: found.added.filter((line) => line !== 'usr/share/licenses d 755 0:0') };
}

/** Upgrades, downgrades and erases while a process has the addon loaded. */
export async function replaceRpmInUse(
  t: ExecutionContext,
  root: DebianRoot,
  target: LinuxTarget,
): Promise<void> {
  const older = await root.put(artifact(rpm, target));
  const newer = await root.put(await packNextRelease(rpm, await temporaryFolder(t), target));
  const there = (file: string) => existsSync(path.join(root.dir, file));
  await root.run(['rpm', '--install', await root.put(await packFedora(t))]);
  const before = await root.snapshot();
  await root.run(['rpm', '--install', older]);
  const installed = await root.snapshot();
  t.deepEqual([there(addedFile), there(droppedFile)], [false, true]);
  const end = await holdAddon(t, root);

  await root.run(['rpm', '--upgrade', newer]);
  t.deepEqual([there(addedFile), there(droppedFile)], [true, false]);
  t.is(
    (await root.run(['rpm', '--query', 'tsopenssl'])).stdout,
    `tsopenssl-${releaseInfo.distributionVersion}.1-1.${target.rpmArchitecture}\n`,
  );

  await root.run(['rpm', '--upgrade', '--oldpackage', older]);
  t.deepEqual(changes(installed, await root.snapshot()), nothing);

  await root.run(['rpm', '--erase', 'tsopenssl']);
  t.deepEqual(withoutLicences(changes(before, await root.snapshot())), nothing);

  const held = await end();
  t.true(held.before.startsWith(`${releaseInfo.opensslVersion} `), held.before);
  t.is(held.after, held.before);
  t.regex(held.binary, / \(deleted\)$/);
}
