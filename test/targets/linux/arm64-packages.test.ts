// The packages of linux-arm64, installed in a Debian for arm64 that runs through qemu.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../build/process.ts';
import { linuxArm64 } from '../../../platform/linux/targets.ts';
import { checkout, releaseInfo } from '../../support/artifacts.ts';
import { installAndRemoveDeb, replaceDebInUse } from '../../support/deb-installation.ts';
import { arm64RootTest } from '../../support/debian-root.ts';
import { installAndEraseRpm, replaceRpmInUse } from '../../support/rpm-installation.ts';
import { distFile } from '../../support/target-distribution.ts';
import { toolTest } from '../../support/tool-test.ts';

arm64RootTest('the .deb installs, works with and without node, and leaves nothing', (t, root) =>
  installAndRemoveDeb(t, root, linuxArm64),
);

arm64RootTest(
  'the .deb is upgraded, downgraded and removed while a process has the addon loaded',
  (t, root) => replaceDebInUse(t, root, linuxArm64),
);

arm64RootTest('the .rpm installs, works with and without node, and leaves nothing', (t, root) =>
  installAndEraseRpm(t, root, linuxArm64),
);

arm64RootTest('the .rpm is upgraded, downgraded and erased while a process has the addon loaded', (t, root) =>
  replaceRpmInUse(t, root, linuxArm64),
);

arm64RootTest('the archive runs where it is unpacked, by its launcher', async (t, root) => {
  const folder = path.join(root.dir, 'opt/a folder');
  await mkdir(folder);
  await run(['tar', '-xJf', distFile('linux-arm64', 'tar.xz'), '-C', folder]);
  const launcher = `/opt/a folder/tsopenssl-${releaseInfo.distributionVersion}-linux-arm64/bin/tsopenssl`;
  const { stdout: version } = await root.run([launcher, 'openssl', 'version']);
  t.true(version.startsWith(`OpenSSL ${releaseInfo.opensslVersion} `), version);
  const { stdout } = await root.run([launcher, 'info', '--json'], { node: true });
  const { addon, version: versions } = JSON.parse(stdout);
  t.true(addon.isolated);
  t.is(versions.openssl.version, releaseInfo.opensslVersion);
  t.is((await root.run([launcher, 'none'], { node: true, allowFailure: true })).exitCode, 2);
});

for (const stage of ['runtime', 'development'] as const) {
  toolTest('lintian', `lintian finds neither errors nor warnings in the .deb for ${stage}`, async (t) => {
    const argv = [
      'lintian',
      '--allow-root',
      '--fail-on',
      'error,warning',
      distFile('linux-arm64', 'deb', stage),
    ];
    const { exitCode, stdout } = await run(argv, { allowFailure: true });
    t.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: '' });
  });

  toolTest('rpmlint', `rpmlint finds neither errors nor warnings in the .rpm for ${stage}`, async (t) => {
    const settings = (name: string) => path.join(checkout, 'platform/linux', name);
    const exceptions = settings(stage === 'runtime' ? 'rpmlintrc' : 'rpmlintrc-development');
    const words = ['--config', settings('rpmlint.toml'), '--rpmlintrc', exceptions];
    const rpmlint = async (...options: string[]) =>
      (await run(['rpmlint', ...options, distFile('linux-arm64', 'rpm', stage)], { allowFailure: true }))
        .stdout;
    const stdout = await rpmlint(...words);
    t.deepEqual(stdout.match(/^\S+: [EW]: .*$/gm), null);
    t.regex(stdout, /; 0 errors, 0 warnings,/);
    t.regex(await rpmlint(), /^tsopenssl\S*\.aarch64: E: /m);
  });
}
