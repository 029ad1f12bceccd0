// Packages for another processor: refused, and the system as it was.

import { readdir } from 'node:fs/promises';
import test from 'ava';
import { releaseInfo } from '../../support/artifacts.ts';
import { changes, rootTest } from '../../support/debian-root.ts';
import { emptyProject } from '../../support/npm-project.ts';
import { npm } from '../../support/package-managers.ts';
import { packFedora } from '../../support/rpm-installation.ts';
import { distFile } from '../../support/target-distribution.ts';

const nothing = { added: [], removed: [] };

rootTest('a .deb for arm64 is refused on x86-64', async (t, root) => {
  const file = await root.put(distFile('linux-arm64', 'deb'));
  const own = await root.put(distFile('linux-x64', 'deb'));
  const before = await root.snapshot();
  for (const [argv, message] of [
    [['dpkg', '--install', file], /package architecture \(arm64\) does not match system \(amd64\)/],
    [
      ['apt-get', 'install', '--yes', '--no-install-recommends', file],
      /tsopenssl:arm64 : Depends: libc6:arm64/,
    ],
  ] as const) {
    const { exitCode, stdout, stderr } = await root.run(argv, { allowFailure: true });
    t.not(exitCode, 0);
    t.regex(stdout + stderr, message);
    t.deepEqual(changes(before, await root.snapshot()), nothing);
    t.not((await root.run(['dpkg-query', '--show', 'tsopenssl'], { allowFailure: true })).exitCode, 0);
  }
  await root.run(['dpkg', '--install', own]);
  t.not(changes(before, await root.snapshot()).added.length, 0);
});

rootTest('an .rpm for aarch64 is refused on x86-64', async (t, root) => {
  const file = await root.put(distFile('linux-arm64', 'rpm'));
  const own = await root.put(distFile('linux-x64', 'rpm'));
  await root.run(['rpm', '--install', await root.put(await packFedora(t))]);
  const before = await root.snapshot();
  const { exitCode, stderr } = await root.run(['rpm', '--install', file], { allowFailure: true });
  t.not(exitCode, 0);
  t.regex(stderr, /tsopenssl-\S+\.aarch64 is intended for a different architecture/);
  t.deepEqual(changes(before, await root.snapshot()), nothing);
  t.is((await root.run(['rpm', '--query', 'tsopenssl'], { allowFailure: true })).exitCode, 1);
  await root.run(['rpm', '--install', own]);
  t.not(changes(before, await root.snapshot()).added.length, 0);
});

for (const id of ['linux-arm64', 'linuxmusl-x64'] as const) {
  test(`npm refuses the package for ${id}, and installs nothing`, async (t) => {
    const project = await emptyProject(t, npm);
    const { exitCode, stderr } = await project.manage(['install', '--offline', distFile(id, 'npm')]);
    t.not(exitCode, 0);
    t.regex(stderr, /EBADPLATFORM/);
    t.true(stderr.includes(`@tsopenssl/${id}@${releaseInfo.semver}`), stderr);
    t.false((await readdir(project.dir)).includes('node_modules'));
  });
}
