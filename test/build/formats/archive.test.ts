import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { readArchive } from '../../../build/formats/archive.ts';
import { run } from '../../../build/process.ts';
import { temporaryFolder } from '../../support/folder.ts';

const longName = 'a_name_that_no_header_has_room_for.o';

test('reads what ar wrote: names of any length, times, owners, and the index apart', async (t) => {
  const dir = await temporaryFolder(t);
  await writeFile(path.join(dir, 'x.c'), 'int x;\n');
  await run(['gcc', '-c', 'x.c', '-o', 'x.o'], { cwd: dir });
  await run(['cp', 'x.o', longName], { cwd: dir });
  await run(['touch', '-d', '@86400', 'x.o', longName], { cwd: dir });
  const archived = async (flags: string) => {
    const file = path.join(dir, `${flags}.a`);
    await run(['ar', flags, file, 'x.o', longName], { cwd: dir });
    return readArchive(await readFile(file), file);
  };

  const members = await archived('rcsD');
  const object = await readFile(path.join(dir, 'x.o'));
  t.deepEqual(
    members.map(({ name, kind }) => [name, kind]),
    [
      ['/', 'symbols'],
      ['//', 'names'],
      ['x.o', 'object'],
      [longName, 'object'],
    ],
  );
  for (const member of members.slice(2)) {
    t.like(member, { epochSeconds: 0, owner: 0, group: 0 });
    t.deepEqual(member.content, object);
  }
  const listed = (await run(['ar', 't', path.join(dir, 'rcsD.a')])).stdout;
  t.is(listed, `x.o\n${longName}\n`);

  const dated = await archived('rcsU');
  t.deepEqual([...new Set(dated.slice(2).map(({ epochSeconds }) => epochSeconds))], [86_400]);
});

test('reads the names that BSD writes before the content', (t) => {
  const member = (name: string, content: string) => {
    const text = `${name.padEnd(16)}${'7'.padEnd(12)}${'501'.padEnd(6)}${'20'.padEnd(6)}${'100644'.padEnd(8)}`;
    return `${text}${String(content.length).padEnd(10)}\`\n${content}${content.length % 2 === 1 ? '\n' : ''}`;
  };
  const index = `__.SYMDEF SORTED${'\0'.repeat(4)}`;
  const bytes = `!<arch>\n${member(`#1/${index.length}`, `${index}index`)}${member('#1/20', `name of an object.o\0content`)}`;
  t.deepEqual(
    readArchive(Buffer.from(bytes), 'x.a').map(({ name, kind, epochSeconds, owner, group, content }) => [
      ...[name, kind, epochSeconds, owner, group],
      content.toString(),
    ]),
    [
      ['__.SYMDEF SORTED', 'symbols', 7, 501, 20, 'index'],
      ['name of an object.o', 'object', 7, 501, 20, 'content'],
    ],
  );
});

const header = `${'x.o/'.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${'4'.padEnd(10)}\`\n`;

for (const [what, bytes, message] of [
  ['nothing', '', /^x\.a: wanted an archive of objects, got a file that begins ""$/],
  ['a thin archive', '!<thin>\n', /got a file that begins "!<thin>\\n"$/],
  [
    'half a header',
    `!<arch>\n${header.slice(0, 59)}`,
    /^x\.a: wanted the header of a member at byte 8, got /,
  ],
  [
    'a size that is no number',
    `!<arch>\n${header.replace(/4 +`/, '4x        `')}data`,
    /wanted the header of a member/,
  ],
  ['a cut member', `!<arch>\n${header}dat`, /^x\.a: wanted a member of 4 bytes at byte 8, got a file of 71$/],
  [
    'a long name without a table',
    `!<arch>\n${header.replace('x.o/', '/12 ')}data`,
    /wanted a member with a name/,
  ],
] as const) {
  test(`refuses ${what}`, (t) => {
    const error = t.throws(() => readArchive(Buffer.from(bytes), 'x.a'), { instanceOf: BuildError });
    t.is(error?.code, 'ERR_VALIDATION');
    t.regex(error?.message ?? '', message);
  });
}
