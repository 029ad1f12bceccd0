import test from 'ava';
import { xarArchive } from '../../../build/formats/xar.ts';
import { readXar } from '../../support/read-xar.ts';

const epochSeconds = 1_795_437_296;
const files = [
  { path: 'Distribution', content: Buffer.from('<x/>') },
  { path: 'a.pkg/Bom', content: Buffer.alloc(70_000, 'b') },
  { path: 'a.pkg/empty', content: Buffer.alloc(0) },
  { path: 'a.pkg/inner/"q" & <x>', content: Buffer.from('é') },
  { path: 'b.pkg/Bom', content: Buffer.from('b') },
];

test('writes what a reader finds, folder by folder, and nothing else', (t) => {
  const bytes = xarArchive(files, epochSeconds);
  const read = readXar(bytes);
  const escaped = (path: string) => path.replace('"q" & <x>', '&quot;q&quot; &amp; &lt;x&gt;');
  t.deepEqual(
    [...read.files],
    files.map(({ path, content }) => [escaped(path), content]),
  );
  t.deepEqual(xarArchive(files, epochSeconds), bytes);
  t.regex(read.table, /<creation-time>2026-11-23T12:34:56<\/creation-time>/);
  t.notRegex(read.table, /inode|deviceno|FinderCreateTime|ctime|atime/);
  t.false(xarArchive(files, epochSeconds + 1).equals(bytes));
});

test('writes a table of contents that is longer than one block of its compression', (t) => {
  const many = Array.from({ length: 400 }, (_, index) => ({
    path: `f/${index}`,
    content: Buffer.from([index % 256]),
  }));
  const read = readXar(xarArchive(many, epochSeconds));
  t.true(read.table.length > 2 * 65_535);
  t.deepEqual(
    [...read.files.values()],
    many.map(({ content }) => content),
  );
});

test('is read by a reader that sees damage', (t) => {
  const bytes = xarArchive(files, epochSeconds);
  for (const at of [5, 7, 15, 23, 27, 40, 5000, bytes.length - 1]) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    t.throws(() => readXar(damaged), undefined, `byte ${at}`);
  }
});
