import path from 'node:path';
import { run } from '../../build/process.ts';
import { rpm } from '../../platform/linux/rpm.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { artifact, checkout } from '../support/artifacts.ts';
import { rootTest } from '../support/debian-root.ts';
import { installAndEraseRpm, replaceRpmInUse } from '../support/rpm-installation.ts';
import { toolTest } from '../support/tool-test.ts';

rootTest('installs with rpm, works with and without node, and leaves nothing when it is erased', (t, root) =>
  installAndEraseRpm(t, root, linuxX64),
);

rootTest('upgrades, downgrades and goes while a process has the addon loaded', (t, root) =>
  replaceRpmInUse(t, root, linuxX64),
);

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
