import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { tarXz, tarXzDevelopment } from '../../build/packagers/tar-xz.ts';
import { run } from '../../build/process.ts';
import { deb } from '../../platform/linux/deb.ts';
import { debDevelopment } from '../../platform/linux/deb-development.ts';
import { rpmDevelopment } from '../../platform/linux/rpm-development.ts';
import { artifact, checkout, releaseInfo } from '../support/artifacts.ts';
import {
  compileStatic,
  compileWithCMake,
  compileWithPkgConfig,
  hostCompiler,
  neededOpenSSL,
  pkgConfigEnvironment,
  programFolder,
  wantedOutput,
} from '../support/c-program.ts';
import { changes, rootTest } from '../support/debian-root.ts';
import { temporaryFolder } from '../support/folder.ts';
import { toolTest } from '../support/tool-test.ts';

const shared = ['libcrypto.so.3', 'libssl.so.3'];

/** Unpacks both archives over each other, into a folder whose name has blanks (pkg-config drops quotes from names). */
async function unpacked(t: ExecutionContext): Promise<{ readonly prefix: string; readonly dir: string }> {
  const dir = await temporaryFolder(t);
  const folder = path.join(dir, 'a folder é');
  await mkdir(folder);
  for (const packager of [tarXz, tarXzDevelopment]) {
    await run(['tar', '-xJf', artifact(packager), '-C', folder]);
  }
  const [name = '', ...others] = await readdir(folder);
  t.deepEqual(others, []);
  return { prefix: path.join(folder, name), dir };
}

/** Runs a program in an empty environment. */
async function outputOf(program: string): Promise<string> {
  const { stdout } = await run(['env', '-i', program], { allowFailure: true });
  return stdout;
}

toolTest(
  'pkg-config',
  'compiles and links with pkg-config, wherever the archives are unpacked',
  async (t) => {
    const { prefix, dir } = await unpacked(t);
    const query = async (...words: string[]) =>
      (await run(['pkg-config', ...words], { env: pkgConfigEnvironment(prefix) })).stdout.trimEnd();
    t.is(await query('--modversion', 'openssl'), releaseInfo.opensslVersion);
    t.is(await query('--variable=modulesdir', 'libcrypto'), '/usr/lib/tsopenssl/lib/ossl-modules');

    const runPath = `-Wl,-rpath,${prefix}/lib`;
    const program = await compileWithPkgConfig(prefix, await programFolder(dir, 'shared'), hostCompiler, [
      runPath,
    ]);
    t.is(await outputOf(program), wantedOutput);
    t.deepEqual(await neededOpenSSL(program), shared);

    const withoutRunPath = await compileWithPkgConfig(
      prefix,
      await programFolder(dir, 'without'),
      hostCompiler,
    );
    t.not(await outputOf(withoutRunPath), wantedOutput);

    const linked = await compileStatic(prefix, await programFolder(dir, 'static'), hostCompiler);
    t.is(await outputOf(linked), wantedOutput);
    t.deepEqual(await neededOpenSSL(linked), []);
  },
);

toolTest('cmake', 'compiles and links with CMake, by our files and by its own', async (t) => {
  const { prefix, dir } = await unpacked(t);
  for (const config of [true, false]) {
    for (const isStatic of [true, false]) {
      const name = `${config ? 'config' : 'module'}-${isStatic ? 'static' : 'shared'}`;
      const options = { config, static: isStatic };
      const program = await compileWithCMake(prefix, await programFolder(dir, name), hostCompiler, options);
      t.is(await outputOf(program), wantedOutput, name);
      t.deepEqual(await neededOpenSSL(program), isStatic ? [] : shared, name);
    }
  }
});

test('has headers that compile alone, in C and in C++', async (t) => {
  const { prefix } = await unpacked(t);
  const headers = (await readdir(path.join(prefix, 'include/openssl'))).filter((name) => name.endsWith('.h'));
  t.true(headers.length > 130);
  for (const [compiler, language] of [
    ['gcc', 'c'],
    ['g++', 'c++'],
  ] as const) {
    const compile = (includes: string) =>
      run([compiler, '-fsyntax-only', '-Wall', '-Werror', `-I${prefix}/include`, '-x', language, '-'], {
        input: includes,
        allowFailure: true,
      });
    const one = headers.map((name) => `#include <openssl/${name}>\n`).join('');
    t.is((await compile(one)).stderr, '');
    t.regex((await compile('#include <openssl/none.h>\n')).stderr, /none\.h: No such file/);
  }
});

rootTest('installs beside the main package of its version alone, and leaves nothing', async (t, root) => {
  const [main, development] = [await root.put(artifact(deb)), await root.put(artifact(debDevelopment))];
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends'];
  const before = await root.snapshot();
  const alone = await root.run([...install, development], { allowFailure: true });
  t.not(alone.exitCode, 0);
  t.regex(alone.stdout + alone.stderr, /tsopenssl-dev : Depends: tsopenssl \(= /);
  t.deepEqual(changes(before, await root.snapshot()), { added: [], removed: [] });

  await root.run([...install, main]);
  const withMain = await root.snapshot();
  await root.run([...install, development]);
  const { added, removed } = changes(withMain, await root.snapshot());
  t.deepEqual(removed, []);
  t.deepEqual(
    added.filter((line) => !/^usr\/(lib\/tsopenssl\/(include|lib)|share\/doc\/tsopenssl-dev)/.test(line)),
    [],
  );

  // the compiler is this machine's: the minimal system has none
  const prefix = path.join(root.dir, 'usr/lib/tsopenssl');
  const folder = await programFolder(await temporaryFolder(t), 'installed');
  const runPath = '-Wl,-rpath,/usr/lib/tsopenssl/lib';
  const program = await compileWithPkgConfig(prefix, folder, hostCompiler, [runPath]);
  await copyFile(program, path.join(root.dir, 'opt/in/program'));
  t.is((await root.run(['/opt/in/program'])).stdout, wantedOutput);

  await root.run(['apt-get', 'remove', '--yes', 'tsopenssl-dev']);
  t.deepEqual(changes(withMain, await root.snapshot()), { added: [], removed: [] });
  t.true(existsSync(path.join(prefix, 'bin/openssl')));
});

toolTest('lintian', 'lintian finds neither errors nor warnings', async (t) => {
  const argv = ['lintian', '--allow-root', '--fail-on', 'error,warning', '--no-tag-display-limit'];
  const lintian = async (file: string) => {
    const { exitCode, stdout } = await run([...argv, file], { allowFailure: true });
    return { exitCode, stdout };
  };
  t.deepEqual(await lintian(artifact(debDevelopment)), { exitCode: 0, stdout: '' });

  const folder = await temporaryFolder(t);
  const tree = path.join(folder, 'tree');
  const spoilt = path.join(folder, path.basename(artifact(debDevelopment)));
  await run(['dpkg-deb', '--raw-extract', artifact(debDevelopment), tree]);
  await run(['chmod', '0666', path.join(tree, 'usr/lib/tsopenssl/include/openssl/ssl.h')]);
  await run(['dpkg-deb', '--root-owner-group', '-Zxz', '-z1', '--build', tree, spoilt]);
  t.is((await lintian(spoilt)).exitCode, 2);
});

toolTest('rpmlint', 'rpmlint finds neither errors nor warnings', async (t) => {
  const file = (name: string) => path.join(checkout, 'platform/linux', name);
  const rpmlint = async (...options: string[]) =>
    (await run(['rpmlint', ...options, artifact(rpmDevelopment)], { allowFailure: true })).stdout;
  const stdout = await rpmlint(
    ...['--config', file('rpmlint.toml'), '--rpmlintrc', file('rpmlintrc-development')],
  );
  t.deepEqual(stdout.match(/^\S+: [EW]: .*$/gm), null);
  t.regex(stdout, /; 0 errors, 0 warnings,/);
  t.regex(await rpmlint('--config', file('rpmlint.toml')), /static-library-without-debuginfo/);
});
