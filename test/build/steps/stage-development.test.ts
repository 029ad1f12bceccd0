import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { relocatableCMake, relocatablePkgConfig } from '../../../build/steps/relocatable.ts';
import { readStage } from '../../../build/steps/stage.ts';
import { assembleDevelopmentStage } from '../../../build/steps/stage-development.ts';
import { linuxX64 } from '../../../platform/linux/targets.ts';
import { darwinArm64 } from '../../../platform/macos/targets.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import {
  cmakeText,
  developmentFixture,
  developmentInputs,
  pkgConfigText,
} from '../../support/development-fixture.ts';
import { temporaryFolder } from '../../support/folder.ts';

for (const [target, wanted] of [
  [
    linuxX64,
    ['lib/libcrypto.a', 'lib/libcrypto.so -> libcrypto.so.3', 'lib/libssl.a', 'lib/libssl.so -> libssl.so.3'],
  ],
  [
    darwinArm64,
    [
      'lib/libcrypto.a',
      'lib/libcrypto.dylib -> libcrypto.3.dylib',
      'lib/libssl.a',
      'lib/libssl.dylib -> libssl.3.dylib',
    ],
  ],
  [win32X64, ['lib/libcrypto.a', 'lib/libcrypto.dll.a', 'lib/libssl.a', 'lib/libssl.dll.a']],
] as const) {
  test(`lays out libraries, links and documents as ${target.os} has them`, async (t) => {
    const { entries } = await developmentFixture(await temporaryFolder(t), target);
    const names = entries.map((entry) =>
      entry.type === 'symlink' ? `${entry.path} -> ${entry.linkTarget}` : entry.path,
    );
    t.deepEqual(
      names.filter((name) => name.startsWith('lib/lib')),
      [...wanted],
    );
    t.deepEqual(
      names.filter((name) => !name.startsWith('lib/lib') && !name.startsWith('include/openssl/')),
      [
        ...['include', 'include/openssl', 'lib', 'lib/cmake', 'lib/cmake/OpenSSL'],
        ...[
          'lib/cmake/OpenSSL/OpenSSLConfig.cmake',
          'lib/cmake/OpenSSL/OpenSSLConfigVersion.cmake',
          'lib/pkgconfig',
        ],
        ...['lib/pkgconfig/libcrypto.pc', 'lib/pkgconfig/libssl.pc', 'lib/pkgconfig/openssl.pc'],
        ...['share', 'share/doc', 'share/doc/development', 'share/doc/development/README.md'],
        ...['share/doc/development/licences', 'share/doc/development/licences/openssl.txt'],
      ],
    );
    t.deepEqual([...new Set(entries.filter(({ type }) => type === 'file').map(({ mode }) => mode))], [0o644]);
    const readme = entries.find(({ path: name }) => name.endsWith('development/README.md'));
    const text = await readFile(readme?.type === 'file' ? readme.source : '', 'utf8');
    t.true(text.includes(target.prefix));
    t.notRegex(text, /undefined|\$\{/);
  });
}

test('takes no execute bit over from the build', async (t) => {
  const dir = await temporaryFolder(t);
  const inputs = await developmentInputs(dir);
  await chmod(path.join(inputs.opensslDir, 'lib/libssl.a'), 0o755);
  const tree = path.join(dir, 'tree');
  await assembleDevelopmentStage(inputs, tree);
  const { entries } = await readStage(tree, linuxX64, 0);
  t.is(entries.find(({ path: name }) => name === 'lib/libssl.a')?.mode, 0o644);
});

test('makes the prefix of pkg-config the place of the file, and names the folders that are compiled in', (t) => {
  const text = relocatablePkgConfig(pkgConfigText.replace('/usr/lib/', '/'), win32X64, 'x.pc');
  t.regex(text, /^prefix=\$\{pcfiledir\}\/\.\.\/\.\.$/m);
  t.regex(text, /^modulesdir=C:\/Program Files\/tsopenssl\/lib\/ossl-modules$/m);
  t.regex(text, /^enginesdir=C:\/Program Files\/tsopenssl\/lib\/engines-3$/m);
  t.is(text.split('\n').length, pkgConfigText.split('\n').length);
});

test('makes CMake name the folders that are compiled in', (t) => {
  const text = relocatableCMake(cmakeText, win32X64, 'OpenSSLConfig.cmake');
  t.regex(text, /^set\(OPENSSL_MODULES_DIR "C:\/Program Files\/tsopenssl\/lib\/ossl-modules"\)$/m);
  t.regex(text, /^set\(OPENSSL_ENGINES_DIR "C:\/Program Files\/tsopenssl\/lib\/engines-3"\)$/m);
  t.regex(text, /^set\(OPENSSL_LIBRARY_DIR "\$\{_ossl_prefix\}\/lib"\)$/m);
  t.is(relocatableCMake('x', win32X64, 'OpenSSLConfigVersion.cmake'), 'x');
});

test('refuses files of another form instead of shipping them as they are', async (t) => {
  const dir = await temporaryFolder(t);
  const inputs = await developmentInputs(dir);
  await writeFile(path.join(inputs.opensslDir, 'lib/pkgconfig/libssl.pc'), 'Name: x\n');
  const error = await t.throwsAsync(assembleDevelopmentStage(inputs, path.join(dir, 'tree')), {
    instanceOf: BuildError,
  });
  t.is((error as BuildError).code, 'ERR_RECIPE');
  t.regex(error.message, /^lib\/pkgconfig\/libssl\.pc: wanted a line \^prefix=\.\*\$, found none/);
  t.throws(() => relocatableCMake('', linuxX64, 'OpenSSLConfig.cmake'), {
    message: /^OpenSSLConfig\.cmake: wanted a line .*OPENSSL_ENGINES_DIR/,
  });
});
