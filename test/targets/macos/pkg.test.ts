// The installer package, made of a small stage and read by the tools that there are without a Mac.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cksum } from '../../../build/formats/cksum.ts';
import { run } from '../../../build/process.ts';
import type { MacTarget } from '../../../build/types.ts';
import { linuxX64 } from '../../../platform/linux/targets.ts';
import { pkg } from '../../../platform/macos/pkg.ts';
import { darwinArm64, darwinUniversal, darwinX64 } from '../../../platform/macos/targets.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { macStage } from '../../support/mac-stage.ts';
import { electronReaders } from '../../support/mac-tools.ts';
import { readBom } from '../../support/read-bom.ts';
import { readXar } from '../../support/read-xar.ts';
import { fixtureEpoch, fixtureInfo } from '../../support/stage-fixture.ts';

/** Packs the small stage. */
async function packed(t: ExecutionContext, target: MacTarget = darwinArm64, epochSeconds = fixtureEpoch) {
  const dir = await temporaryFolder(t);
  const stage = await macStage(path.join(dir, 'stage'), epochSeconds, target);
  await mkdir(path.join(dir, 'dist'));
  const file = path.join(dir, 'dist', pkg.fileName(fixtureInfo, target));
  await pkg.pack(stage, fixtureInfo, file);
  t.deepEqual(await readdir(path.join(dir, 'dist')), [path.basename(file)]);
  return { dir, stage, file, ...readXar(await readFile(file)) };
}

const members = [
  'Distribution',
  'Resources/LICENSE.txt',
  'tsopenssl-command.pkg/Bom',
  'tsopenssl-command.pkg/PackageInfo',
  'tsopenssl-command.pkg/Payload',
  'tsopenssl.pkg/Bom',
  'tsopenssl.pkg/PackageInfo',
  'tsopenssl.pkg/Payload',
];

test('holds two components, and is named after versions and target', async (t) => {
  const { file, files } = await packed(t);
  t.is(path.basename(file), 'tsopenssl-1.2.3.3.5.7-darwin-arm64.pkg');
  t.deepEqual([...files.keys()].sort(), members);
});

test('is listed and unpacked by 7z and bsdtar without a warning', async (t) => {
  const { dir, file, files } = await packed(t);
  const listed = await run(['7z', 'l', file]);
  t.is(listed.stderr, '');
  t.notRegex(listed.stdout, /warning|error/i);
  t.regex(listed.stdout, /9 files, 3 folders/); // 7z counts the table of contents
  const unpack = async (folder: string, ...argv: string[]) => {
    const place = path.join(dir, folder);
    await mkdir(place);
    const { stdout, stderr } = await run(argv, { cwd: place });
    t.is(stderr, '');
    t.notRegex(stdout, /warning|error/i);
    for (const name of members) t.deepEqual(await readFile(path.join(place, name)), files.get(name), name);
    return stdout;
  };
  t.regex(await unpack('7z', '7z', 'x', '-y', file), /Everything is Ok/);
  await unpack('bsdtar', 'bsdtar', '-xf', file);
  const lines = (await run(['bsdtar', '--numeric-owner', '-tvf', file])).stdout.trimEnd().split('\n');
  t.is(lines.length, 11);
  for (const line of lines) t.regex(line, /^(-rw-r--r--|drwxr-xr-x) +\d 0 +0 /);
  // the negative control: a byte of a payload
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 40) ^ 1, bytes.length - 40);
  const damaged = path.join(dir, 'damaged.pkg');
  await writeFile(damaged, bytes);
  const refused = await run(['7z', 't', damaged], { allowFailure: true });
  t.not(refused.exitCode, 0);
  t.regex(refused.stdout + refused.stderr, /ERROR/);
});

test('carries the stage byte for byte, with its modes and links, as root’s', async (t) => {
  const { dir, stage, files } = await packed(t);
  const payload = path.join(dir, 'payload');
  await writeFile(payload, files.get('tsopenssl.pkg/Payload') ?? '');
  const place = path.join(dir, 'unpacked');
  await mkdir(place);
  t.is((await run(['bsdtar', '-xpf', payload], { cwd: place })).stderr, '');
  const found = await run(['find', '.', '-mindepth', '1', '-printf', '%P %y %m %l %T@\n'], { cwd: place });
  const time = `${fixtureEpoch}.0000000000`;
  const wanted = stage.entries.map((entry) => {
    if (entry.type === 'symlink') return `${entry.path} l 777 ${entry.linkTarget} ${time}`;
    return `${entry.path} ${entry.type === 'file' ? 'f' : 'd'} ${entry.mode.toString(8)}  ${time}`;
  });
  t.deepEqual(found.stdout.trimEnd().split('\n').sort(), [...wanted].sort());
  for (const entry of stage.entries) {
    if (entry.type === 'file') {
      t.deepEqual(await readFile(path.join(place, entry.path)), await readFile(entry.source), entry.path);
    }
  }
  const { stdout } = await run(['bsdtar', '--numeric-owner', '-tvf', payload]);
  for (const line of stdout.trimEnd().split('\n')) t.regex(line, /^[-dl]\S{9} +[12] 0 +0 /);
  t.is(files.get('tsopenssl.pkg/Payload')?.readUInt32LE(4), 0, 'gzip has no time');
});

test('lists in its bill of materials what the payload holds', async (t) => {
  const { stage, files } = await packed(t);
  const lines = readBom(files.get('tsopenssl.pkg/Bom') ?? Buffer.alloc(0));
  const wanted = await Promise.all(
    stage.entries.map(async (entry) => {
      const types = { file: 0o100000, directory: 0o040000, symlink: 0o120000 };
      const link = entry.type === 'symlink' ? Buffer.from(entry.linkTarget) : Buffer.alloc(0);
      const content = entry.type === 'file' ? await readFile(entry.source) : link;
      return {
        path: `./${entry.path}`,
        mode: types[entry.type] | (entry.type === 'symlink' ? 0o755 : entry.mode),
        owner: '0/0',
        epochSeconds: fixtureEpoch,
        sizeBytes: content.length,
        checksum: entry.type === 'directory' ? 0 : cksum(content),
        linkTarget: entry.type === 'symlink' ? entry.linkTarget : undefined,
      };
    }),
  );
  const root = { ...wanted[0], path: '.', mode: 0o040755, sizeBytes: 0, checksum: 0 };
  const byPath = (left: { path?: string }, right: { path?: string }) =>
    (left.path ?? '') < (right.path ?? '') ? -1 : 1;
  t.deepEqual([...lines].sort(byPath), [root, ...wanted].sort(byPath) as typeof lines);
  const link = readBom(files.get('tsopenssl-command.pkg/Bom') ?? Buffer.alloc(0));
  t.deepEqual(
    link.map(({ path: name, mode, linkTarget }) => [name, mode.toString(8), linkTarget]),
    [
      ['.', '40755', undefined],
      ['./tsopenssl', '120755', '/opt/tsopenssl/bin/tsopenssl'],
    ],
  );
});

test('is read alike by readers that others have compared with Apple’s own tools', async (t) => {
  const { file, files } = await packed(t);
  const { readXar: theirXar, readBom: theirBom } = await electronReaders();
  const theirs = (await theirXar(file)).filter(({ data }) => data !== undefined);
  t.deepEqual(new Map(theirs.map(({ path: name, data }) => [name, data])), new Map(files));
  for (const name of ['tsopenssl.pkg/Bom', 'tsopenssl-command.pkg/Bom']) {
    const bytes = files.get(name) ?? Buffer.alloc(0);
    t.deepEqual(
      theirBom(bytes).paths.map(({ path: place, mode, uid, gid, size, checksum, linkTarget }) => ({
        path: place,
        mode,
        owner: `${uid}/${gid}`,
        sizeBytes: size,
        checksum,
        linkTarget,
      })),
      readBom(bytes).map(({ epochSeconds: _, ...line }) => line),
    );
  }
});

/** Attributes of the first element with a name. */
function attributes(xml: string, element: string): Record<string, string> {
  const text = new RegExp(`<${element}((?: [\\w-]+="[^"]*")*)/?>`).exec(xml)?.[1] ?? '';
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
}

test('tells Installer for which processors and systems it is, and lets nothing be chosen', async (t) => {
  for (const [target, architectures] of [
    [darwinArm64, 'arm64'],
    [darwinX64, 'x86_64'],
    [darwinUniversal, 'x86_64,arm64'],
  ] as const) {
    const { files } = await packed(t, target);
    const xml = files.get('Distribution')?.toString('utf8') ?? '';
    t.deepEqual(attributes(xml, 'options'), {
      customize: 'never',
      'require-scripts': 'false',
      rootVolumeOnly: 'true',
      hostArchitectures: architectures,
    });
    t.deepEqual(attributes(xml, 'os-version'), { min: '11.0' });
    t.deepEqual(attributes(xml, 'domains'), {
      enable_anywhere: 'false',
      enable_currentUserHome: 'false',
      enable_localSystem: 'true',
    });
    t.regex(xml, /<title>tsopenssl 1\.2\.3 with OpenSSL 3\.5\.7<\/title>/);
    t.deepEqual(attributes(xml, 'license'), { file: 'LICENSE.txt', 'mime-type': 'text/plain' });
    t.deepEqual(attributes(xml, 'product'), { id: 'tsopenssl', version: '1.2.3.3.5.7' });
    // every component is in the choice, and has a folder
    const references = [
      ...xml.matchAll(/<pkg-ref id="([^"]+)" version="1\.2\.3\.3\.5\.7" .*>#(.*)<\/pkg-ref>/g),
    ];
    t.deepEqual(
      references.map(([, id, folder]) => [id, folder]),
      [
        ['tsopenssl', 'tsopenssl.pkg'],
        ['tsopenssl.command', 'tsopenssl-command.pkg'],
      ],
    );
    for (const [, id, folder] of references) {
      t.true(xml.includes(`<pkg-ref id="${id}"/>`));
      const info = files.get(`${folder}/PackageInfo`)?.toString('utf8') ?? '';
      t.like(attributes(info, 'pkg-info'), { identifier: id, version: '1.2.3.3.5.7', auth: 'root' });
      const lines = readBom(files.get(`${folder}/Bom`) ?? Buffer.alloc(0));
      t.is(attributes(info, 'payload').numberOfFiles, String(lines.length - 1));
    }
  }
});

test('takes /opt/tsopenssl for root, and leaves /usr/local/bin to whoever has it', async (t) => {
  const { files } = await packed(t);
  const info = (folder: string) =>
    attributes(files.get(`${folder}/PackageInfo`)?.toString('utf8') ?? '', 'pkg-info');
  t.like(info('tsopenssl.pkg'), { 'install-location': '/opt/tsopenssl', 'overwrite-permissions': 'true' });
  t.like(info('tsopenssl-command.pkg'), {
    'install-location': '/usr/local/bin',
    'overwrite-permissions': 'false',
  });
  t.false([...files.keys()].some((name) => /Scripts/.test(name)));
});

test('shows the licences of the binaries and of the CA bundles', async (t) => {
  const { files } = await packed(t);
  const text = files.get('Resources/LICENSE.txt')?.toString('utf8') ?? '';
  t.regex(
    text,
    /^node_modules\/@tsopenssl\/darwin-arm64\/LICENSE\n\n=+\nThe CA bundles\n=+\n\nshare\/doc\/licences\/mozilla\.txt\n$/,
  );
});

test('has XML that a parser accepts', async (t) => {
  const { dir, files, table } = await packed(t);
  const parse = 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])';
  const check = async (text: string) => {
    const file = path.join(dir, 'x.xml');
    await writeFile(file, text);
    return (await run(['python3', '-c', parse, file], { allowFailure: true })).exitCode;
  };
  const documents = [...files]
    .filter(([name]) => /Distribution|PackageInfo/.test(name))
    .map(([, bytes]) => bytes.toString('utf8'));
  t.is(documents.length, 3);
  for (const text of [table, ...documents]) t.is(await check(text), 0);
  t.not(await check(table.replace('</toc>', '')), 0);
});

test('is the same twice, and another at another time', async (t) => {
  const [first, second, later] = await Promise.all([
    packed(t),
    packed(t),
    packed(t, darwinArm64, fixtureEpoch + 1),
  ]);
  t.true((await readFile(first.file)).equals(await readFile(second.file)));
  t.false((await readFile(first.file)).equals(await readFile(later.file)));
});

test('refuses a stage for another system, and one without licences', async (t) => {
  const { stage, dir } = await packed(t);
  const file = path.join(dir, 'x.pkg');
  await t.throwsAsync(pkg.pack({ ...stage, target: linuxX64 }, fixtureInfo, file), {
    code: 'ERR_USAGE',
    message: '.pkg: wanted a target with os darwin, got linux-x64',
  });
  const entries = stage.entries.filter(({ path: name }) => !name.endsWith('mozilla.txt'));
  await t.throwsAsync(pkg.pack({ ...stage, entries }, fixtureInfo, file), {
    code: 'ERR_VALIDATION',
    message: 'the stage of darwin-arm64: wanted the file share/doc/licences/mozilla.txt, got none',
  });
  t.deepEqual((await readdir(dir)).sort(), ['dist', 'stage']);
});
