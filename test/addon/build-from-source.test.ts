// The addon built by a user, from the package, against an OpenSSL of their own, with the commands of the documentation.

import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type RunResult, run } from '../../build/process.ts';
import { runProgram } from '../support/addon.ts';
import { checkout, compilerCache } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';
import { distribution } from '../support/openssl.ts';
import { stepResult } from '../support/step-result.ts';

const { packageDir } = await distribution();
const openssl = await stepResult('compile');

/** A project with tsopenssl, without the package of the platform, and with node-addon-api. */
async function project(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t);
  const modules = path.join(folder, 'node_modules');
  await cp(packageDir, path.join(modules, 'tsopenssl'), { recursive: true });
  const headers = path.join(modules, 'node-addon-api');
  await cp(path.join(checkout, 'node_modules/node-addon-api'), headers, { recursive: true });
  return folder;
}

test('is built by node-gyp in the folder src of the package, and is then the one that is loaded', async (t) => {
  const compilers = await run(['sh', '-c', 'command -v g++ make'], { allowFailure: true });
  if (compilers.exitCode !== 0) {
    t.log('skipped: wanted g++ and make');
    return t.pass();
  }
  const folder = await project(t);
  const nodeGyp = path.join(checkout, 'node_modules/node-gyp/bin/node-gyp.js');
  const nodedir = `--nodedir=${await stepResult('node-headers')}`; // without it node-gyp downloads the headers
  const rebuild = [process.execPath, nodeGyp, 'rebuild', '-C', 'node_modules/tsopenssl/src', nodedir];
  // node-gyp, binding.gyp, the link and what is loaded are at stake: neither how fast the code is nor who compiled it
  const env = { CXX: 'ccache g++', CXXFLAGS: '-O0', JOBS: 'max', CCACHE_DIR: compilerCache };
  await run([...rebuild, '--', `-Dopenssl_root=${openssl}`], { cwd: folder, env });
  const source = `
    const { info } = await import(process.env.MAIN);
    console.log(JSON.stringify([info().addon.path, info().addon.isolated, info().version.openssl.version]));`;
  const main = path.join(folder, 'node_modules/tsopenssl/lib/index.js');
  const { stdout, stderr } = await runProgram(source, { env: { MAIN: main, OPENSSL_CONF: '' } });
  t.is(stderr, '');
  const built = path.join(folder, 'node_modules/tsopenssl/src/build/Release/tsopenssl.node');
  t.deepEqual(JSON.parse(stdout), [built, true, '3.5.7']);
});

/** Asks what binding.gyp asks. */
function locate(folder: string, ...words: string[]): Promise<RunResult> {
  return run([process.execPath, 'locate.mjs', ...words], {
    cwd: path.join(folder, 'node_modules/tsopenssl/src'),
    env: { PKG_CONFIG_LIBDIR: path.join(folder, 'pkgconfig') },
    allowFailure: true,
  });
}

test('finds headers, library and version below openssl_root, or where they are said to be', async (t) => {
  const folder = await project(t);
  const root = `--root=${openssl}`;
  t.is((await locate(folder, root, 'include')).stdout, `${openssl}/include\n`);
  t.is((await locate(folder, root, 'version')).stdout, '3.5.7\n');
  t.is((await locate(folder, root, '--version=3.5.6', 'version')).stdout, '3.5.6\n');
  t.regex(
    (await locate(folder, root, 'libraries')).stdout,
    new RegExp(`^${openssl}/lib/libssl\\.a\n${openssl}/lib/libcrypto\\.a\n`),
  );
  t.is((await locate(folder, 'node-addon-api')).stdout, '../../node-addon-api\n');
  const elsewhere = path.join(folder, 'elsewhere');
  await mkdir(path.join(elsewhere, 'lib64/pkgconfig'), { recursive: true });
  for (const name of ['libssl.a', 'libcrypto.a']) await writeFile(path.join(elsewhere, 'lib64', name), '');
  await writeFile(path.join(elsewhere, 'lib64/pkgconfig/libcrypto.pc'), 'Libs.private: -lz -Wl,-x -L/z\n');
  t.is(
    (await locate(folder, `--root=${elsewhere}`, 'libraries')).stdout,
    `${elsewhere}/lib64/libssl.a\n${elsewhere}/lib64/libcrypto.a\n-lz\n-L/z\n`,
  );
});

test('says what is missing, with exit status 1', async (t) => {
  const folder = await project(t);
  const shared = path.join(folder, 'shared');
  await mkdir(path.join(shared, 'lib'), { recursive: true });
  await writeFile(path.join(shared, 'lib/libcrypto.so'), '');
  const old = path.join(folder, 'old/include/openssl');
  await mkdir(old, { recursive: true });
  await writeFile(path.join(old, 'opensslv.h'), '# define OPENSSL_VERSION_TEXT "OpenSSL 1.1.1w"\n');
  const debian = path.join(folder, 'debian/include/openssl');
  await mkdir(debian, { recursive: true });
  await writeFile(path.join(debian, 'opensslv.h'), '# define OPENSSL_VERSION_STR "3.0.19"\n');
  const half = path.join(folder, 'half');
  await mkdir(path.join(half, 'lib'), { recursive: true });
  await writeFile(path.join(half, 'lib/libssl.a'), '');
  await rm(path.join(folder, 'node_modules/node-addon-api'), { recursive: true });
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['--root=/nowhere', 'include'],
      /^tsopenssl: \/nowhere\/include\/openssl\/opensslv\.h is missing; give the folder/,
    ],
    [[`--root=${shared}`, 'libraries'], /libssl\.a is missing; the addon needs a static libssl/],
    [[`--root=${half}`, 'libraries'], /libcrypto\.a is missing; the addon needs a static libcrypto/],
    [[`--root=${folder}/old`, 'version'], /holds OpenSSL before 3\.0; the addon needs 3\.3 or later/],
    [[`--root=${folder}/debian`, 'version'], /holds OpenSSL 3\.0\.19; the addon needs 3\.3 or later/],
    [['include'], /^tsopenssl: pkg-config does not know libcrypto \(.*; give -- -Dopenssl_root=/],
    [['node-addon-api'], /^tsopenssl: the package node-addon-api is missing: npm install node-addon-api/],
  ];
  for (const [words, pattern] of table) {
    const { exitCode, stdout, stderr } = await locate(folder, ...words);
    t.deepEqual([exitCode, stdout], [1, ''], words.join(' '));
    t.regex(stderr, pattern);
  }
});
