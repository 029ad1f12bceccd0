import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { tarXz, tarXzDevelopment } from '../../../build/packagers/tar-xz.ts';
import { run } from '../../../build/process.ts';
import type { Packager } from '../../../build/types.ts';
import { debDevelopment } from '../../../platform/linux/deb-development.ts';
import { rpmDevelopment } from '../../../platform/linux/rpm-development.ts';
import { linuxArm64, linuxX64 } from '../../../platform/linux/targets.ts';
import { developmentFixture } from '../../support/development-fixture.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fixtureEpoch, fixtureInfo, fixtureStage } from '../../support/stage-fixture.ts';

/** Packs the small development stage. */
async function packed(
  t: ExecutionContext,
  packager: Packager,
  target = linuxX64,
): Promise<{ readonly file: string; readonly dir: string }> {
  const dir = path.join(await temporaryFolder(t), 'with blanks');
  const stage = await developmentFixture(dir, target);
  const file = path.join(dir, packager.fileName(fixtureInfo, target));
  await packager.pack(stage, fixtureInfo, file);
  return { file, dir };
}

for (const [target, architecture] of [
  [linuxX64, 'amd64'],
  [linuxArm64, 'arm64'],
] as const) {
  test(`the .deb for ${architecture} needs the main package of its version`, async (t) => {
    const { file } = await packed(t, debDevelopment, target);
    const { stdout } = await run(['dpkg-deb', '--field', file]);
    t.is(path.basename(file), `tsopenssl-dev_1.2.3.3.5.7_${architecture}.deb`);
    t.is(
      stdout.replace(/^Installed-Size: [1-9]\d*$/m, 'Installed-Size: N'),
      `Package: tsopenssl-dev
Source: tsopenssl
Version: 1.2.3.3.5.7
Architecture: ${architecture}
Maintainer: The tsopenssl project <noreply@tsopenssl.invalid>
Installed-Size: N
Depends: tsopenssl (= 1.2.3.3.5.7)
Section: libdevel
Priority: optional
Homepage: https://www.example.org/tsopenssl
Description: Development files for the OpenSSL of tsopenssl
 Headers, static libraries, and files for pkg-config and CMake, to compile and
 link programs with the OpenSSL 3.5.7 of the package tsopenssl. They lie in a
 folder of their own, beside those of the system's OpenSSL.
`,
    );
  });
}

test('the .deb brings no file of the main package, and no licence but OpenSSL’s', async (t) => {
  const { file, dir } = await packed(t, debDevelopment);
  const tree = path.join(dir, 'tree');
  await run(['dpkg-deb', '--raw-extract', file, tree]);
  const { stdout } = await run(['find', '.', '!', '-type', 'd', '!', '-name', '*.h', '-printf', '%P\n'], {
    cwd: tree,
  });
  t.deepEqual(stdout.trimEnd().split('\n').sort(), [
    'DEBIAN/control',
    'DEBIAN/md5sums',
    'usr/lib/tsopenssl/lib/cmake/OpenSSL/OpenSSLConfig.cmake',
    'usr/lib/tsopenssl/lib/cmake/OpenSSL/OpenSSLConfigVersion.cmake',
    'usr/lib/tsopenssl/lib/libcrypto.a',
    'usr/lib/tsopenssl/lib/libcrypto.so',
    'usr/lib/tsopenssl/lib/libssl.a',
    'usr/lib/tsopenssl/lib/libssl.so',
    'usr/lib/tsopenssl/lib/pkgconfig/libcrypto.pc',
    'usr/lib/tsopenssl/lib/pkgconfig/libssl.pc',
    'usr/lib/tsopenssl/lib/pkgconfig/openssl.pc',
    'usr/share/doc/tsopenssl-dev/README.md',
    'usr/share/doc/tsopenssl-dev/changelog.gz',
    'usr/share/doc/tsopenssl-dev/copyright',
    'usr/share/doc/tsopenssl-dev/licences/openssl.txt',
  ]);
  const copyright = await readFile(path.join(tree, 'usr/share/doc/tsopenssl-dev/copyright'), 'utf8');
  t.deepEqual(copyright.match(/^(Files|License): .*$/gm), [
    'Files: *',
    'License: Apache-2.0',
    'License: Apache-2.0',
  ]);
  t.regex(copyright, /The OpenSSL Project Authors/);
  t.notRegex(copyright, /Mozilla|Zig/);
});

for (const [target, architecture, isa] of [
  [linuxX64, 'x86_64', 'x86-64'],
  [linuxArm64, 'aarch64', 'aarch-64'],
] as const) {
  test(`the .rpm for ${architecture} needs the main package of its release and owns only its own folders`, async (t) => {
    const { file } = await packed(t, rpmDevelopment, target);
    const query = async (...words: string[]) => (await run(['rpm', '-qp', ...words, file])).stdout.trimEnd();

    t.is(path.basename(file), `tsopenssl-devel-1.2.3.3.5.7-1.${architecture}.rpm`);
    t.is(
      await query('--queryformat', '%{ARCH} %{LICENSE} %{BUILDTIME}'),
      `${architecture} Apache-2.0 ${fixtureEpoch}`,
    );
    const requires = (await query('--requires')).split('\n').filter((line) => !line.startsWith('rpmlib('));
    t.deepEqual(requires, [`tsopenssl(${isa}) = 1.2.3.3.5.7-1`]);
    t.is(
      await query('--provides'),
      `tsopenssl-devel = 1.2.3.3.5.7-1\ntsopenssl-devel(${isa}) = 1.2.3.3.5.7-1`,
    );
    const lines = (await query('--queryformat', '[%{FILEMODES:perms} %{FILENAMES}\n]')).split('\n');
    t.deepEqual(
      lines.filter((line) => line.startsWith('d')).map((line) => line.split(' ')[1]),
      [
        '/usr/lib/tsopenssl/include',
        '/usr/lib/tsopenssl/include/openssl',
        '/usr/lib/tsopenssl/lib/cmake',
        '/usr/lib/tsopenssl/lib/cmake/OpenSSL',
        '/usr/lib/tsopenssl/lib/pkgconfig',
        '/usr/share/doc/tsopenssl-devel',
        '/usr/share/licenses/tsopenssl-devel',
      ],
    );
    t.is(await query('--scripts', '--triggers'), '');
    t.is(await query('--licensefiles'), '/usr/share/licenses/tsopenssl-devel/openssl.txt');
  });
}

test('the archive unpacks over the other one, into the same folder, and replaces nothing', async (t) => {
  const { file, dir } = await packed(t, tarXzDevelopment);
  const main = path.join(dir, tarXz.fileName(fixtureInfo, linuxX64));
  await tarXz.pack(await fixtureStage(dir), fixtureInfo, main);
  const files = async (archive: string) => {
    const { stdout } = await run(['tar', '-tJf', archive]);
    return stdout
      .trimEnd()
      .split('\n')
      .filter((name) => !name.endsWith('/'));
  };
  const [development, runtime] = [await files(file), await files(main)];

  t.is(path.basename(file), 'tsopenssl-1.2.3.3.5.7-linux-x64-dev.tar.xz');
  t.deepEqual(
    [...new Set([...development, ...runtime].map((name) => name.split('/')[0]))],
    ['tsopenssl-1.2.3.3.5.7-linux-x64'],
  );
  t.deepEqual(
    development.filter((name) => runtime.includes(name)),
    [],
  );
});
