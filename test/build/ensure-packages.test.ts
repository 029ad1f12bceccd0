// The builder on a machine that lacks what a target needs, and may not install it.

import { symlink } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

test('a target whose compilers are missing ends with exit 2 and the packages to install; list needs none', async (t) => {
  const dir = await temporaryFolder(t);
  // the check only looks whether they are there, and there is no apt-get
  for (const name of ['make', 'perl', 'python3', 'xz', 'gzip', 'flock', 'sh'])
    await symlink(name === 'sh' ? '/bin/sh' : '/bin/true', path.join(dir, name));
  const builder = (...words: string[]) =>
    run(
      [
        'env',
        `PATH=${dir}`,
        process.execPath,
        '--import',
        'tsx',
        'build/cli.ts',
        '--target',
        'win32-x64',
        ...words,
      ],
      {
        cwd: checkout,
        env: { CI: 'true' },
        allowFailure: true,
      },
    );

  const missing = await builder('--cache', path.join(dir, 'cache'));
  t.is(missing.exitCode, 2, missing.stderr);
  t.regex(
    missing.stderr,
    /ERR_PREREQUISITE: These are missing: faketime, g\+\+-mingw-w64-x86-64-posix, msitools, nsis, wixl \(Debian's names\)/,
  );
  t.is((await builder('list')).exitCode, 0);
});
