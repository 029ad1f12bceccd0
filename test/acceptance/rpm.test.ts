import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { rpm } from '../../platform/linux/rpm.ts';
import { artifact, checkout, releaseInfo } from '../support/artifacts.ts';
import { changes, rootTest } from '../support/debian-root.ts';
import { temporaryFolder } from '../support/folder.ts';
import { addedFile, droppedFile, holdAddon, packNextRelease, useInstalled } from '../support/installed.ts';
import { toolTest } from '../support/tool-test.ts';

const fullName = `tsopenssl-${releaseInfo.distributionVersion}-1.x86_64`;
const nothing = { added: [], removed: [] };

/**
 * A package that offers what Fedora's glibc and bash offer. The root is a Debian: its files are there, but rpm does not know
 * of them. With this package rpm resolves dependencies as it would on Fedora, and nothing has to be forced.
 */
async function packFedora(t: ExecutionContext): Promise<string> {
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

rootTest(
  'installs with rpm, works with and without node, and leaves nothing when it is erased',
  async (t, root) => {
    const file = await root.put(artifact(rpm));
    const fedora = await root.put(await packFedora(t));
    const configuration = path.join(root.dir, 'etc/ssl/openssl.cnf');
    const unmet = await root.run(['rpm', '--install', file], { allowFailure: true });
    t.deepEqual(unmet.stderr.match(/^\t.* is needed by .*$/gm), [
      `\t/bin/sh is needed by ${fullName}`,
      `\tlibc.so.6(GLIBC_2.17)(64bit) is needed by ${fullName}`,
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
    await useInstalled(t, root);
    t.is((await root.run(['rpm', '--verify', 'tsopenssl'])).stdout, '');
    await appendFile(path.join(root.dir, 'usr/lib/tsopenssl/ssl/openssl.cnf'), '\n');
    t.regex(
      (await root.run(['rpm', '--verify', 'tsopenssl'], { allowFailure: true })).stdout,
      /openssl\.cnf/,
    );

    await root.run(['rpm', '--erase', 'tsopenssl']);

    t.deepEqual(withoutLicences(changes(before.system, await root.snapshot())), nothing);
    t.deepEqual(await readFile(configuration), before.configuration);
    await writeFile(path.join(root.dir, 'usr/lib/left-behind'), '');
    t.deepEqual(withoutLicences(changes(before.system, await root.snapshot())).added, [
      'usr/lib/left-behind f 644 0:0 0 ',
    ]);
  },
);

/** /usr/share/licenses belongs to Fedora's `filesystem`; in a Debian root rpm makes it and nobody owns it. */
function withoutLicences(found: { added: string[]; removed: string[] }): {
  added: string[];
  removed: string[];
} {
  return { ...found, added: found.added.filter((line) => line !== 'usr/share/licenses d 755 0:0') };
}

rootTest('upgrades, downgrades and goes while a process has the addon loaded', async (t, root) => {
  const older = await root.put(artifact(rpm));
  const newer = await root.put(await packNextRelease(rpm, await temporaryFolder(t)));
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
    `tsopenssl-${releaseInfo.distributionVersion}.1-1.x86_64\n`,
  );

  await root.run(['rpm', '--upgrade', '--oldpackage', older]);
  t.deepEqual(changes(installed, await root.snapshot()), nothing);

  await root.run(['rpm', '--erase', 'tsopenssl']);
  t.deepEqual(withoutLicences(changes(before, await root.snapshot())), nothing);

  const held = await end();
  t.true(held.before.startsWith(`${releaseInfo.opensslVersion} `), held.before);
  t.is(held.after, held.before);
  t.regex(held.binary, / \(deleted\)$/);
});

toolTest('rpmlint', 'rpmlint finds neither errors nor warnings', async (t) => {
  const linux = path.join(checkout, 'platform/linux');
  const rpmlint = (...options: string[]) =>
    run(['rpmlint', ...options, artifact(rpm)], { allowFailure: true });

  const { stdout } = await rpmlint(
    '--config',
    path.join(linux, 'rpmlint.toml'),
    '--rpmlintrc',
    path.join(linux, 'rpmlintrc'),
  );

  t.deepEqual(stdout.match(/^\S+: [EW]: .*$/gm), null);
  t.regex(stdout, /; 0 errors, 0 warnings,/);
  t.regex(
    (await rpmlint()).stdout,
    /library-without-ldconfig-postin \/usr\/lib\/tsopenssl\/lib\/libssl\.so\.3/,
  );
});
