// `version` and `info()` against the packaged command line and the recipes.

import test from 'ava';
import type { Info } from '../../addon/lib/index.ts';
import { makePlan } from '../../build/make-plan.ts';
import { run } from '../../build/process.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { binary, runProgram } from '../support/addon.ts';
import { checkout } from '../support/builder.ts';
import { nodes } from '../support/nodes.ts';
import { distribution } from '../support/openssl.ts';

const { openssl } = await distribution();
const quiet = { OPENSSL_CONF: '/dev/null' };

async function describe(env: Readonly<Record<string, string>> = {}, node?: string): Promise<Info> {
  const source = 'const { info } = await import(entry); console.log(JSON.stringify(info()));';
  const { stdout, stderr } = await runProgram(source, {
    env: { ...quiet, ...env },
    ...(node === undefined ? {} : { node }),
  });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as Info;
}

async function opensslVersion(letter: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await run([openssl, 'version', `-${letter}`], { env: { ...quiet, ...env } });
  return stdout.trim();
}

test('version has the numbers of the release, of the OpenSSL inside and of the node outside, in every node', async (t) => {
  const { info } = await makePlan(checkout, {});
  for (const { node, version: nodeVersion } of await nodes()) {
    const { version } = await describe({}, node);
    const { stdout: theirs } = await run([node, '-p', 'process.versions.openssl']);
    const { apiVersion, opensslVersion: wanted, distributionVersion, certdataVersion, semver } = info;
    t.like(version, { apiVersion, opensslVersion: wanted, distributionVersion, certdataVersion, semver });
    t.like(version.openssl, {
      version: wanted,
      hex: '0x30500070',
      number: 0x30500070,
      major: 3,
      minor: 5,
      patch: 7,
      preRelease: '',
      buildMetadata: '',
    });
    t.is(version.openssl.text, version.openssl.headers);
    t.is(version.openssl.text, (await opensslVersion('v')).replace(/ \(Library: .*/, ''));
    t.like(version.node, { version: nodeVersion, openssl: theirs.trim() });
    t.not(version.node.openssl, wanted);
  }
});

test('version cannot be changed', async (t) => {
  const source = `
    const { version } = await import(entry);
    version.apiVersion = '9';
    version.openssl.major = 9;`;
  const { stderr } = await runProgram(source, { env: quiet });
  t.regex(stderr, /TypeError: Cannot assign to read only property 'apiVersion'/);
  const deeper = await runProgram(source.replace(/version\.apiVersion.*\n/, ''), { env: quiet });
  t.regex(deeper.stderr, /TypeError: Cannot assign to read only property 'major'/);
});

test('the default directories are those of the target, and the command line has the same', async (t) => {
  const { directories } = await describe();
  const { openssldir, modulesdir, enginesdir } = linuxX64.directories;
  t.deepEqual(directories, {
    openssl: { path: openssldir, source: 'default' },
    modules: { path: modulesdir, source: 'default' },
    engines: { path: enginesdir, source: 'default' },
    certificates: { path: `${openssldir}/certs`, source: 'default' },
    certificateFile: { path: `${openssldir}/cert.pem`, source: 'default' },
    private: { path: `${openssldir}/private`, source: 'default' },
  });
  t.is(await opensslVersion('d'), `OPENSSLDIR: "${openssldir}"`);
  t.is(await opensslVersion('m'), `MODULESDIR: "${modulesdir}"`);
  t.is(await opensslVersion('e'), `ENGINESDIR: "${enginesdir}"`);
});

test('variables change the directories, and are named as their source', async (t) => {
  const { directories } = await describe({
    SSL_CERT_DIR: '/a',
    SSL_CERT_FILE: '/b',
    OPENSSL_MODULES: '/c',
    OPENSSL_ENGINES: '/d',
  });
  t.like(directories, {
    certificates: { path: '/a', source: 'SSL_CERT_DIR' },
    certificateFile: { path: '/b', source: 'SSL_CERT_FILE' },
    modules: { path: '/c', source: 'OPENSSL_MODULES' },
    engines: { path: '/d', source: 'OPENSSL_ENGINES' },
  });
});

test('tells how OpenSSL was built, as the command line does, and where the binary lies', async (t) => {
  const { build, addon, providers } = await describe();
  t.is(`compiler: ${build.compiler}`, await opensslVersion('f'));
  t.is(`built on: ${build.date}`, await opensslVersion('b'));
  t.is(`platform: ${build.platform}`, await opensslVersion('p'));
  t.is(build.platform, linuxX64.configure);
  t.regex(build.cpu, /^OPENSSL_ia32cap=/);
  t.is(addon.path, binary);
  t.regex(addon.base, /^0x[0-9a-f]+$/);
  t.true(addon.isolated);
  t.true(addon.checked.includes('EVP_MD_fetch'));
  t.deepEqual(providers, [
    { name: 'default', version: '3.5.7', buildInfo: '3.5.7', status: 'running', active: true },
  ]);
});

test('info is plain data that survives JSON', async (t) => {
  const source = `
    import { isDeepStrictEqual } from 'node:util';
    const { info } = await import(entry);
    console.log(isDeepStrictEqual(JSON.parse(JSON.stringify(info())), structuredClone(info())));`;
  t.is((await runProgram(source, { env: quiet })).stdout, 'true\n');
});

test('what the environment says is looked up anew at each call', async (t) => {
  const source = `
    const { info } = await import(entry);
    const before = info().directories.certificateFile.path;
    process.env.SSL_CERT_FILE = '/changed';
    console.log(before, info().directories.certificateFile.path);`;
  t.is((await runProgram(source, { env: quiet })).stdout, '/etc/ssl/cert.pem /changed\n');
});

const kinds = {
  VERSION: 'v',
  CFLAGS: 'f',
  BUILT_ON: 'b',
  PLATFORM: 'p',
  DIR: 'd',
  ENGINES_DIR: 'e',
  MODULES_DIR: 'm',
  CPU_INFO: 'c',
} as const;

test("version answers OpenSSL's own words by pyOpenSSL's names, as the command line prints them", async (t) => {
  const source = `
    const { version } = await import(entry);
    const names = Object.getOwnPropertyNames(version).filter((name) => /^(OPENSSL|SSLEAY)_(?!VERSION_NUMBER)/.test(name));
    const said = names.map((name) => [name, version.openSSLVersion(version[name])]);
    console.log(JSON.stringify([version.OPENSSL_VERSION_NUMBER, Object.fromEntries(said)]));`;
  const { stdout, stderr } = await runProgram(source, { env: quiet });
  const [number, said] = JSON.parse(stdout || '[]') as [number, Record<string, string>];
  t.is(number, 0x30500070, stderr);
  t.is(Object.keys(said).length, 16);
  for (const [kind, letter] of Object.entries(kinds)) {
    const theirs = (await opensslVersion(letter)).replace(/ \(Library: .*/, '');
    t.is(said[`OPENSSL_${kind}`]?.replace(/^CPUINFO: /, ''), theirs.replace(/^CPUINFO: /, ''), kind);
  }
  for (const kind of ['VERSION', 'CFLAGS', 'BUILT_ON', 'PLATFORM', 'DIR'])
    t.is(said[`SSLEAY_${kind}`], said[`OPENSSL_${kind}`]);
  t.is(said.OPENSSL_VERSION_STRING, '3.5.7');
  t.is(said.OPENSSL_FULL_VERSION_STRING, '3.5.7');
});

test('version refuses a kind that there is not, and shows none of its constants', async (t) => {
  const source = `
    import { inspect } from 'node:util';
    const { version } = await import(entry);
    for (const kind of [11, -1, 0.5, NaN, '0', undefined]) {
      try { console.log(version.openSSLVersion(kind)); } catch (error) { console.log(error.name + ': ' + error.message); }
    }
    console.log(/SSLEAY|openSSLVersion/.test(inspect(version) + JSON.stringify(version) + Object.keys(structuredClone(version))));
    version.OPENSSL_DIR = 9;`;
  const { stdout, stderr } = await runProgram(source, { env: quiet });
  t.is(
    stdout,
    [
      ...['11', '-1', '0.5', 'NaN'].map(
        (kind) => `RangeError: Expected an integer from 0 to 10 for kind, got ${kind}`,
      ),
      'TypeError: Expected an integer from 0 to 10 for kind, got a string',
      'TypeError: Expected an integer from 0 to 10 for kind, got undefined',
      'false\n',
    ].join('\n'),
  );
  t.regex(stderr, /TypeError: Cannot assign to read only property 'OPENSSL_DIR'/);
});
