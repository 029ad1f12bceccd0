import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { run } from '../../../build/process.ts';
import { deb } from '../../../platform/linux/deb.ts';
import { linuxArm64, linuxMuslX64 } from '../../../platform/linux/targets.ts';
import { darwinArm64 } from '../../../platform/macos/targets.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fixtureInfo, fixtureStage } from '../../support/stage-fixture.ts';
import { toolTest } from '../../support/tool-test.ts';

const doc = 'usr/share/doc/tsopenssl';

/** Packs the small stage. */
async function packed(t: ExecutionContext): Promise<{ readonly file: string; readonly dir: string }> {
  const dir = path.join(await temporaryFolder(t), 'with blanks');
  const stage = await fixtureStage(dir);
  const file = path.join(dir, deb.fileName(fixtureInfo, stage.target));
  await deb.pack(stage, fixtureInfo, file);
  return { file, dir };
}

test('says in its control file what it is and what it needs', async (t) => {
  const { file } = await packed(t);

  const { stdout } = await run(['dpkg-deb', '--field', file]);

  t.is(path.basename(file), 'tsopenssl_1.2.3.3.5.7_amd64.deb');
  t.is(
    stdout.replace(/^Installed-Size: [1-9]\d*$/m, 'Installed-Size: N'),
    `Package: tsopenssl
Version: 1.2.3.3.5.7
Architecture: amd64
Maintainer: The tsopenssl project <noreply@tsopenssl.invalid>
Installed-Size: N
Depends: libc6 (>= 2.17)
Recommends: nodejs (>= 20.19), openssl
Section: utils
Priority: optional
Homepage: https://www.example.org/tsopenssl
Description: a summary
 A description that is long enough to be broken into two lines, since eighty
 characters hold no more.
`,
  );
});

test('names the architecture of its target, and refuses a target that has no such package', (t) => {
  t.is(deb.fileName(fixtureInfo, linuxArm64), 'tsopenssl_1.2.3.3.5.7_arm64.deb');
  for (const target of [linuxMuslX64, darwinArm64]) {
    const error = t.throws(() => deb.fileName(fixtureInfo, target), { instanceOf: BuildError });
    t.is(error?.code, 'ERR_RECIPE');
    t.is(
      error?.message,
      `${target.id}: wanted a target with glibc and an architecture for a .deb, found none; leave that format out`,
    );
  }
});

test('installs below /usr alone, owned by root, and runs nothing', async (t) => {
  const { file, dir } = await packed(t);

  const { stdout } = await run(['dpkg-deb', '--contents', file]);
  const lines = stdout.trimEnd().split('\n');
  const paths = lines.map((line) => /\s(\.\/.*?)(?: -> .*)?$/.exec(line)?.[1]);

  t.deepEqual(
    lines.filter((line) => !/^(?:drwxr-xr-x|-rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) root\/root /.test(line)),
    [],
  );
  t.deepEqual(
    paths.filter((name) => name !== './' && !name?.startsWith('./usr/')),
    [],
  );
  for (const wanted of [
    './usr/lib/tsopenssl/bin/openssl',
    './usr/lib/tsopenssl/node_modules/tsopenssl/package.json',
    './usr/bin/tsopenssl',
    `./${doc}/README.md`,
    `./${doc}/changelog.gz`,
    './usr/share/man/man1/tsopenssl.1.gz',
  ]) {
    t.true(paths.includes(wanted), wanted);
  }
  t.regex(stdout, /\.\/usr\/bin\/tsopenssl -> \.\.\/lib\/tsopenssl\/bin\/tsopenssl\n/);
  await mkdir(path.join(dir, 'control'));
  await run(['dpkg-deb', '--control', file, path.join(dir, 'control')]);
  t.is((await run(['ls', '-A', path.join(dir, 'control')])).stdout, 'control\nmd5sums\n');
});

test('carries sums that its files keep, and an installed size as dpkg counts it', async (t) => {
  const { file, dir } = await packed(t);
  const tree = path.join(dir, 'tree');
  await run(['dpkg-deb', '--raw-extract', file, tree]);
  const check = () =>
    run(['md5sum', '--quiet', '--check', 'DEBIAN/md5sums'], { cwd: tree, allowFailure: true });

  t.is((await check()).exitCode, 0);
  const listed = (await readFile(path.join(tree, 'DEBIAN/md5sums'), 'utf8')).trimEnd().split('\n').length;
  const files = (await run(['find', 'usr', '-type', 'f'], { cwd: tree })).stdout.trimEnd().split('\n').length;
  t.is(listed, files);
  await run(['sh', '-c', `echo >> ${doc}/README.md`], { cwd: tree });
  t.is((await check()).exitCode, 1);

  const sizes = await run(['find', 'usr', '-printf', '%y %s\n'], { cwd: tree });
  const kibibytes = sizes.stdout
    .trimEnd()
    .split('\n')
    .map((line) => (line.startsWith('f') ? Math.ceil(Number(line.slice(2)) / 1024) : 1))
    .reduce((sum, size) => sum + size, 0);
  const { stdout } = await run(['dpkg-deb', '--field', file, 'Installed-Size']);
  t.is(Number(stdout), kibibytes);
});

test('tells every holder and every licence in its copyright file', async (t) => {
  const { file, dir } = await packed(t);
  await run(['dpkg-deb', '--extract', file, path.join(dir, 'tree')]);
  const text = await readFile(path.join(dir, 'tree', doc, 'copyright'), 'utf8');

  const paragraphs = text.split('\n\n');
  const named = new Set(
    paragraphs
      .filter((paragraph) => paragraph.startsWith('Files: '))
      .flatMap((paragraph) => /^License: (.*)$/m.exec(paragraph)?.[1]?.split(' and ') ?? []),
  );
  const explained = paragraphs
    .filter((paragraph) => paragraph.startsWith('License: '))
    .map((paragraph) => /^License: (.*)$/m.exec(paragraph)?.[1] ?? '');
  t.deepEqual([...named].sort(), [...explained].sort());
  t.deepEqual(explained.sort(), ['Apache-2.0', 'Apache-2.0-with-LLVM-exception', 'Expat', 'MPL-2.0']);
  for (const holder of ['The OpenSSL Project Authors', 'Mozilla Contributors', 'Zig contributors']) {
    t.true(text.includes(holder), holder);
  }
  t.regex(text, /LLVM Exceptions to the Apache 2\.0 License/);
  t.notRegex(text, /TERMS AND CONDITIONS FOR USE, REPRODUCTION/);
});

toolTest('groff', 'has a manual page that groff finds nothing wrong with', async (t) => {
  const { file, dir } = await packed(t);
  const tree = path.join(dir, 'tree');
  await run(['dpkg-deb', '--extract', file, tree]);
  const { stdout: page } = await run(['zcat', path.join(tree, 'usr/share/man/man1/tsopenssl.1.gz')]);
  const warnings = async (input: string) =>
    (await run(['groff', '-man', '-ww', '-z', '-Tutf8'], { input })).stderr;

  t.is(await warnings(page), '');
  t.not(await warnings(page.replace('.SH FILES', '.XX FILES')), '');
  t.regex(page, /^\.TH TSOPENSSL 1 "2026-11-23" "tsopenssl 1\.2\.3\.3\.5\.7"/);
});
