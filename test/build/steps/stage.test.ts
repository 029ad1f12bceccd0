import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import { assembleStage, readStage } from '../../../build/steps/stage.ts';
import { linuxX64 } from '../../../platform/linux/targets.ts';
import { partiesOf } from '../../../recipes/licences.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fixtureInputs, fixtureStage } from '../../support/stage-fixture.ts';

const platform = 'node_modules/@tsopenssl/linux-x64';
const main = 'node_modules/tsopenssl';

test('lays out the documented tree, sorted by the bytes of the paths', async (t) => {
  const stage = await fixtureStage(await temporaryFolder(t));

  const seen = stage.entries.map((entry) =>
    entry.type === 'symlink'
      ? `${entry.path} -> ${entry.linkTarget}`
      : `${entry.mode.toString(8)} ${entry.path}`,
  );

  t.deepEqual(seen, [
    '755 bin',
    '755 bin/openssl',
    '755 bin/tsopenssl',
    '755 lib',
    '644 lib/libcrypto.so.3',
    '644 lib/libssl.so.3',
    '755 node_modules',
    '755 node_modules/@tsopenssl',
    `755 ${platform}`,
    `644 ${platform}/LICENSE`,
    `644 ${platform}/README.md`,
    `644 ${platform}/package.json`,
    `644 ${platform}/tsopenssl.node`,
    `755 ${main}`,
    `644 ${main}/LICENSE`,
    `644 ${main}/README.md`,
    `755 ${main}/ca-bundles`,
    `644 ${main}/ca-bundles/ca-bundle-codesigning.crt`,
    `644 ${main}/ca-bundles/ca-bundle-email.crt`,
    `644 ${main}/ca-bundles/ca-bundle-server.crt`,
    `644 ${main}/ca-bundles/ca-bundle.crt`,
    `644 ${main}/ca-bundles/ca-bundle.json`,
    `755 ${main}/lib`,
    `755 ${main}/lib/cli.js`,
    `644 ${main}/lib/index.d.ts`,
    `644 ${main}/lib/index.js`,
    `644 ${main}/openssl.cnf`,
    `644 ${main}/package.json`,
    `755 ${main}/src`,
    `644 ${main}/src/binding.gyp`,
    '755 share',
    '755 share/doc',
    '644 share/doc/README.md',
    '755 share/doc/licences',
    '644 share/doc/licences/llvm.txt',
    '644 share/doc/licences/mozilla.txt',
    '644 share/doc/licences/node-addon-api.txt',
    '644 share/doc/licences/openssl.txt',
    '644 share/doc/licences/zig.txt',
    '755 ssl',
    `ssl/ca-bundle-codesigning.crt -> ../${main}/ca-bundles/ca-bundle-codesigning.crt`,
    `ssl/ca-bundle-email.crt -> ../${main}/ca-bundles/ca-bundle-email.crt`,
    `ssl/ca-bundle-server.crt -> ../${main}/ca-bundles/ca-bundle-server.crt`,
    `ssl/ca-bundle.crt -> ../${main}/ca-bundles/ca-bundle.crt`,
    `ssl/ca-bundle.json -> ../${main}/ca-bundles/ca-bundle.json`,
    `ssl/openssl.cnf -> ../${main}/openssl.cnf`,
  ]);
});

test('fails on an input that is missing and names it', async (t) => {
  const dir = await temporaryFolder(t);
  const inputs = await fixtureInputs(path.join(dir, 'inputs'));
  await rm(inputs.addonBinary);

  await t.throwsAsync(assembleStage(inputs, path.join(dir, 'stage')), {
    code: 'ENOENT',
    message: /tsopenssl\.node/,
  });
});

test('writes package.json files that npm joins by name, version, os, cpu and libc', async (t) => {
  const dir = await temporaryFolder(t);
  await fixtureStage(dir);
  const read = async (name: string) => JSON.parse(await readFile(path.join(dir, 'stage', name), 'utf8'));

  const versions = {
    apiVersion: '1.2.3',
    opensslVersion: '3.5.7',
    distributionVersion: '1.2.3.3.5.7',
    certdataVersion: '2.74',
  };
  t.deepEqual(await read(`${main}/package.json`), {
    name: 'tsopenssl',
    engines: { node: '>=20.19' },
    bin: { tsopenssl: 'lib/cli.js' },
    version: '1.2.4',
    license: 'Apache-2.0 AND MPL-2.0',
    author: 'The tsopenssl project <noreply@tsopenssl.invalid>',
    homepage: 'https://www.example.org/tsopenssl',
    optionalDependencies: {
      '@tsopenssl/linux-x64': '1.2.4',
      '@tsopenssl/linux-arm64': '1.2.4',
      '@tsopenssl/linuxmusl-x64': '1.2.4',
      '@tsopenssl/darwin-arm64': '1.2.4',
      '@tsopenssl/darwin-x64': '1.2.4',
      '@tsopenssl/win32-x64': '1.2.4',
    },
    tsopenssl: versions,
  });
  t.like(await read(`${platform}/package.json`), {
    name: '@tsopenssl/linux-x64',
    version: '1.2.4',
    license: 'Apache-2.0 AND Apache-2.0 WITH LLVM-exception AND MIT',
    engines: { node: '>=20.19' },
    os: ['linux'],
    cpu: ['x64'],
    libc: ['glibc'],
    preferUnplugged: true,
    tsopenssl: versions,
  });
});

test('ships every licence whole: a file each, and in the LICENSE of the package that holds the work', async (t) => {
  const dir = await temporaryFolder(t);
  const inputs = await fixtureInputs(path.join(dir, 'inputs'));
  await assembleStage(inputs, path.join(dir, 'stage'));
  const read = (name: string) => readFile(path.join(dir, 'stage', name), 'utf8');
  const licences = { main: await read(`${main}/LICENSE`), platform: await read(`${platform}/LICENSE`) };

  for (const party of partiesOf('linux')) {
    const file =
      party.file === undefined
        ? inputs.opensslLicence
        : path.join(inputs.root, 'recipes/licences', party.file);
    const text = await readFile(file, 'utf8');
    t.is(await read(`share/doc/licences/${party.shippedAs}`), text);
    t.true(licences[party.npm].includes(text.trimEnd()), party.component);
    t.false(licences[party.npm === 'main' ? 'platform' : 'main'].includes(text.trimEnd()), party.component);
  }
  t.true(licences.main.startsWith('addon/LICENSE\n') && licences.platform.startsWith('addon/LICENSE\n'));
});

test('reads size, digest and a mode that does not depend on the umask', async (t) => {
  const dir = await temporaryFolder(t);
  for (const [name, mode] of [
    ['plain', 0o600],
    ['program', 0o700],
    ['shared', 0o666],
  ] as const) {
    await writeFile(path.join(dir, name), name);
    await chmod(path.join(dir, name), mode);
  }
  await mkdir(path.join(dir, 'folder'), { mode: 0o700 });

  const { entries } = await readStage(dir, linuxX64, 0);

  const sha256 = createHash('sha256').update('plain').digest('hex');
  const source = path.join(dir, 'plain');
  t.deepEqual(entries[1], { type: 'file', path: 'plain', mode: 0o644, source, sizeBytes: 5, sha256 });
  t.deepEqual(
    entries.map((entry) => [entry.path, entry.mode]),
    [
      ['folder', 0o755],
      ['plain', 0o644],
      ['program', 0o755],
      ['shared', 0o644],
    ],
  );
});

test('refuses links that leave the tree, and what is neither file, folder nor link', async (t) => {
  const dir = await temporaryFolder(t);
  await mkdir(path.join(dir, 'a'));
  await writeFile(path.join(dir, 'file'), '');
  const link = path.join(dir, 'a/link');

  await symlink('../file', link);
  await t.notThrowsAsync(readStage(dir, linuxX64, 0));

  for (const target of ['../../file', '/etc/passwd', '..//../file', '../..']) {
    await rm(link);
    await symlink(target, link);
    await t.throwsAsync(readStage(dir, linuxX64, 0), {
      code: 'ERR_VALIDATION',
      message: `a/link: wanted a relative link inside the stage, got one to ${target}`,
    });
  }
  await rm(link);
  await run(['mkfifo', link]);
  await t.throwsAsync(readStage(dir, linuxX64, 0), {
    code: 'ERR_VALIDATION',
    message: `${link}: wanted a file, a folder or a link in the stage`,
  });
});
