import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { run } from '../../../build/process.ts';
import type { LinuxTarget } from '../../../build/types.ts';
import { rpm } from '../../../platform/linux/rpm.ts';
import { linuxArm64, linuxMuslX64, linuxX64 } from '../../../platform/linux/targets.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fixtureInfo, fixtureStage } from '../../support/stage-fixture.ts';

/** Packs the small stage and answers a function that asks rpm about the package. */
async function packed(
  t: ExecutionContext,
  target: LinuxTarget = linuxX64,
): Promise<(...query: string[]) => Promise<string>> {
  const dir = path.join(await temporaryFolder(t), 'with blanks');
  const stage = { ...(await fixtureStage(dir)), target };
  const file = path.join(dir, rpm.fileName(fixtureInfo, stage.target));
  await rpm.pack(stage, fixtureInfo, file);
  return async (...query) => (await run(['rpm', '-qp', ...query, file])).stdout;
}

test('says what it is, with the release as its only clock and no name of the machine', async (t) => {
  const query = await packed(t);

  const tags = ['NAME', 'VERSION', 'RELEASE', 'ARCH', 'LICENSE', 'URL', 'SUMMARY', 'BUILDTIME', 'BUILDHOST'];
  const shown = await query(
    '--queryformat',
    `${tags.map((tag) => `%{${tag}}`).join('|')}|%{PAYLOADCOMPRESSOR}`,
  );

  t.is(
    shown,
    'tsopenssl|1.2.3.3.5.7|1|x86_64|Apache-2.0 AND MPL-2.0|https://www.example.org/tsopenssl|a summary|1795437296|reproducible|xz',
  );
  t.is(
    await query('--changelog'),
    `* Mon Nov 23 2026 The tsopenssl project <noreply@tsopenssl.invalid> - 1.2.3.3.5.7-1
- tsopenssl 1.2.3 with OpenSSL 3.5.7 and Mozilla's root module 2.74

`,
  );
  const times = await query('--queryformat', '[%{FILEMTIMES}\n]');
  t.deepEqual([...new Set(times.trimEnd().split('\n'))], ['1795437296']);
});

test('needs glibc and a shell, and offers the system no library', async (t) => {
  const query = await packed(t);
  const ownRequirements = (await query('--requires'))
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('rpmlib('));

  t.deepEqual(ownRequirements, ['/bin/sh', 'libc.so.6(GLIBC_2.17)(64bit)']);
  t.is(await query('--provides'), 'tsopenssl = 1.2.3.3.5.7-1\ntsopenssl(x86-64) = 1.2.3.3.5.7-1\n');
  t.is(await query('--recommends'), 'nodejs >= 1:20.19\nopenssl\n');
});

test('is made for another processor than that of this machine', async (t) => {
  const query = await packed(t, linuxArm64);

  t.is(await query('--queryformat', '%{ARCH} %{OS}'), 'aarch64 linux');
  t.is(await query('--provides'), 'tsopenssl = 1.2.3.3.5.7-1\ntsopenssl(aarch-64) = 1.2.3.3.5.7-1\n');
  t.is(rpm.fileName(fixtureInfo, linuxArm64), 'tsopenssl-1.2.3.3.5.7-1.aarch64.rpm');
  const error = t.throws(() => rpm.fileName(fixtureInfo, linuxMuslX64), { instanceOf: BuildError });
  t.is(error?.code, 'ERR_RECIPE');
  t.regex(
    error?.message ?? '',
    /^linuxmusl-x64: wanted a target with glibc and an architecture for a \.rpm, found none/,
  );
});

test('owns the folders that it brings and no other, and runs nothing', async (t) => {
  const query = await packed(t);
  const lines = (
    await query('--queryformat', '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]')
  )
    .trimEnd()
    .split('\n');

  const folders = lines.filter((line) => line.startsWith('d')).map((line) => line.split(' ')[2]);
  t.deepEqual(folders, [
    '/usr/lib/tsopenssl',
    '/usr/lib/tsopenssl/bin',
    '/usr/lib/tsopenssl/lib',
    '/usr/lib/tsopenssl/node_modules',
    '/usr/lib/tsopenssl/node_modules/@tsopenssl',
    '/usr/lib/tsopenssl/node_modules/@tsopenssl/linux-x64',
    '/usr/lib/tsopenssl/node_modules/tsopenssl',
    '/usr/lib/tsopenssl/node_modules/tsopenssl/ca-bundles',
    '/usr/lib/tsopenssl/node_modules/tsopenssl/lib',
    '/usr/lib/tsopenssl/node_modules/tsopenssl/src',
    '/usr/lib/tsopenssl/ssl',
    '/usr/share/doc/tsopenssl',
    '/usr/share/licenses/tsopenssl',
  ]);
  t.deepEqual(
    lines.filter((line) => !/^(?:drwxr-xr-x|-rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) root:root \/usr\//.test(line)),
    [],
  );
  t.true(lines.includes('-rwxr-xr-x root:root /usr/lib/tsopenssl/lib/libssl.so.3'));
  t.true(lines.includes('-rw-r--r-- root:root /usr/share/licenses/tsopenssl/openssl.txt'));
  t.is(await query('--scripts', '--triggers'), '');
  t.is((await query('--licensefiles')).trimEnd().split('\n').length, 5);
});
