import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../build/process.ts';
import { deb } from '../../platform/linux/deb.ts';
import { artifact, releaseInfo } from '../support/artifacts.ts';
import { changes, rootTest } from '../support/debian-root.ts';
import { temporaryFolder } from '../support/folder.ts';
import { addedFile, droppedFile, holdAddon, packNextRelease, useInstalled } from '../support/installed.ts';
import { toolTest } from '../support/tool-test.ts';

const install = ['apt-get', 'install', '--yes', '--no-install-recommends', '--allow-downgrades'];
const remove = ['apt-get', 'remove', '--yes', 'tsopenssl'];
const nothing = { added: [], removed: [] };

rootTest(
  'installs with apt, works with and without node, and leaves nothing when it is removed',
  async (t, root) => {
    const file = await root.put(artifact(deb));
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
    await useInstalled(t, root);
    t.is((await root.run(['dpkg', '--verify', 'tsopenssl'])).stdout, '');
    await appendFile(path.join(root.dir, 'usr/lib/tsopenssl/ssl/openssl.cnf'), '\n');
    t.regex(
      (await root.run(['dpkg', '--verify', 'tsopenssl'], { allowFailure: true })).stdout,
      /openssl\.cnf/,
    );

    await root.run(remove);

    t.deepEqual(changes(before.system, await root.snapshot()), nothing);
    t.deepEqual(await readFile(configuration), before.configuration);
    await writeFile(path.join(root.dir, 'usr/lib/left-behind'), '');
    t.deepEqual(changes(before.system, await root.snapshot()).added, ['usr/lib/left-behind f 644 0:0 0 ']);
  },
);

rootTest('upgrades, downgrades and goes while a process has the addon loaded', async (t, root) => {
  const older = await root.put(artifact(deb));
  const newer = await root.put(await packNextRelease(deb, await temporaryFolder(t)));
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
});

toolTest('lintian', 'lintian finds neither errors nor warnings', async (t) => {
  const lintian = async (file: string) => {
    const argv = ['lintian', '--allow-root', '--fail-on', 'error,warning', '--no-tag-display-limit', file];
    const { exitCode, stdout } = await run(argv, { allowFailure: true });
    return { exitCode, stdout };
  };

  t.deepEqual(await lintian(artifact(deb)), { exitCode: 0, stdout: '' });

  const folder = await temporaryFolder(t);
  const spoilt = path.join(folder, path.basename(artifact(deb)));
  const tree = path.join(folder, 'tree');
  await run(['dpkg-deb', '--raw-extract', artifact(deb), tree]);
  await run(['chmod', '0777', path.join(tree, 'usr/lib/tsopenssl/bin/tsopenssl')]);
  await run(['dpkg-deb', '--root-owner-group', '-Zxz', '-z1', '--build', tree, spoilt]);
  const { exitCode, stdout } = await lintian(spoilt);
  t.is(exitCode, 2);
  t.is(stdout, 'W: tsopenssl: non-standard-executable-perm 0777 != 0755 [usr/lib/tsopenssl/bin/tsopenssl]\n');
});
