import path from 'node:path';
import { run } from '../../build/process.ts';
import { deb } from '../../platform/linux/deb.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { artifact } from '../support/artifacts.ts';
import { installAndRemoveDeb, replaceDebInUse } from '../support/deb-installation.ts';
import { rootTest } from '../support/debian-root.ts';
import { temporaryFolder } from '../support/folder.ts';
import { toolTest } from '../support/tool-test.ts';

rootTest('installs with apt, works with and without node, and leaves nothing when it is removed', (t, root) =>
  installAndRemoveDeb(t, root, linuxX64),
);

rootTest('upgrades, downgrades and goes while a process has the addon loaded', (t, root) =>
  replaceDebInUse(t, root, linuxX64),
);

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
