import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Header } from 'tar';
import { BuildError } from '../../../build/errors.ts';
import { run } from '../../../build/process.ts';
import { extractArchive } from '../../../build/steps/extract.ts';
import { temporaryFolder } from '../../support/folder.ts';

interface Member {
  readonly path: string;
  readonly type?: string;
  readonly linkpath?: string;
  readonly text?: string;
  readonly mode?: number;
}

/** Writes a tar with exactly these members; a real tar would refuse to make most of them. */
async function writeArchive(file: string, members: readonly Member[]): Promise<void> {
  const blocks = members.flatMap(({ text = '', type = 'File', mode = 0o644, ...member }) => {
    const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    body.write(text);
    const header = new Header({
      ...member,
      type: type as 'File',
      mode,
      size: text.length,
      mtime: new Date(0),
    });
    header.encode();
    return [header.block as Buffer, body];
  });
  await writeFile(file, Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

async function rejected(t: ExecutionContext, members: readonly Member[], message: RegExp): Promise<void> {
  const root = await temporaryFolder(t);
  const archive = path.join(root, 'bad.tar');
  await writeArchive(archive, [{ path: 'top/good', text: 'good' }, ...members]);
  const error = await t.throwsAsync(extractArchive(archive, path.join(root, 'out')), {
    instanceOf: BuildError,
    message,
  });
  t.is(error?.code, 'ERR_ARCHIVE');
  t.false(
    (await readdir(root)).some((name) => name.startsWith('escaped')),
    'nothing lies outside the folder',
  );
}

for (const [what, members, message] of [
  [
    'climbs out of the folder',
    [{ path: '../escaped', text: 'x' }],
    /wanted entries inside the folder, found \.\.\/escaped/,
  ],
  [
    'has an absolute path',
    [{ path: '/tmp/escaped', text: 'x' }],
    /wanted entries inside the folder, found \/tmp\/escaped/,
  ],
  [
    'climbs out in the middle',
    [{ path: 'top/../../escaped', text: 'x' }],
    /inside the folder, found top\/\.\.\/\.\.\/escaped/,
  ],
  [
    'links out of the folder',
    [{ path: 'top/l', type: 'SymbolicLink', linkpath: '../../x' }],
    /links inside the folder/,
  ],
  [
    'links to an absolute path',
    [{ path: 'top/l', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
    /found top\/l → \/etc\/passwd/,
  ],
  [
    'is a hard link out of the folder',
    [{ path: 'top/l', type: 'Link', linkpath: '../x' }],
    /links inside the folder/,
  ],
  [
    'is a character device',
    [{ path: 'top/null', type: 'CharacterDevice' }],
    /found top\/null, a CharacterDevice/,
  ],
  ['is a block device', [{ path: 'top/disk', type: 'BlockDevice' }], /found top\/disk, a BlockDevice/],
  ['is a pipe', [{ path: 'top/pipe', type: 'FIFO' }], /found top\/pipe, a FIFO/],
] as const) {
  test(`rejects an archive with an entry that ${what}`, (t) => rejected(t, members, message));
}

test('extracts files, folders and links inside the folder, with a leading component dropped', async (t) => {
  const root = await temporaryFolder(t);
  await mkdir(path.join(root, 'top/sub'), { recursive: true });
  await writeFile(path.join(root, 'top/sub/file'), 'text');
  await symlink('sub/file', path.join(root, 'top/link'));
  await run(['tar', '-cJf', 'good.tar.xz', 'top'], { cwd: root });
  const out = path.join(root, 'out');
  await extractArchive(path.join(root, 'good.tar.xz'), out, {
    strip: 1,
    keep: (name) => !name.includes('other'),
  });
  t.is(await readFile(path.join(out, 'link'), 'utf8'), 'text');
  t.deepEqual((await readdir(root)).sort(), ['good.tar.xz', 'out', 'top']);
});

for (const suffix of ['.tar.gz', '.tar.xz', '.tar']) {
  test(`rejects a truncated ${suffix}`, async (t) => {
    const root = await temporaryFolder(t);
    await writeFile(
      path.join(root, 'file'),
      Buffer.from(execFileSync('head', ['-c', '400000', '/dev/urandom'])),
    );
    const archive = path.join(root, `cut${suffix}`);
    await run(['tar', '--auto-compress', '-cf', archive, 'file'], { cwd: root });
    await t.notThrowsAsync(extractArchive(archive, path.join(root, 'whole')));
    await truncate(archive, 200_000);
    const cut = extractArchive(archive, path.join(root, 'out'));
    const error = await t.throwsAsync(cut, {
      instanceOf: BuildError,
      message: /wanted a whole archive, but reading it failed/,
    });
    t.is(error?.code, 'ERR_ARCHIVE');
  });
}

test('an archive sets no mode but executable or not', async (t) => {
  const root = await temporaryFolder(t);
  const archive = path.join(root, 'modes.tar');
  const modes: Readonly<Record<string, number>> = {
    plain: 0o664,
    program: 0o775,
    'for everybody': 0o777,
    'as its owner': 0o4755,
    'as its group': 0o2755,
    'closed to its owner': 0,
  };
  const files = Object.entries(modes).map(([name, mode]) => ({ path: name, text: name, mode }));
  await writeArchive(archive, [
    ...files,
    { path: 'shared', type: 'Directory', mode: 0o3777 },
    { path: 'closed', type: 'Directory', mode: 0 },
  ]);
  const out = path.join(root, 'out');
  const before = process.umask(0);
  try {
    await extractArchive(archive, out);
  } finally {
    process.umask(before);
  }
  const modeIn = async (name: string) => ((await stat(path.join(out, name))).mode & 0o7777).toString(8);
  const names = [...Object.keys(modes), 'shared', 'closed'];
  const found = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await modeIn(name)])));
  t.deepEqual(found, {
    plain: '644',
    program: '755',
    'for everybody': '755',
    'as its owner': '755',
    'as its group': '755',
    'closed to its owner': '644',
    shared: '755',
    closed: '755',
  });
  // the control: the archive does hold these modes, and tar takes them
  const control = path.join(root, 'control');
  await mkdir(control);
  await run(['tar', '--extract', '--preserve-permissions', '--file', archive, '-C', control]);
  t.is((await stat(path.join(control, 'as its owner'))).mode & 0o7777, 0o4755);
  t.is((await stat(path.join(control, 'shared'))).mode & 0o7777, 0o3777);
});
