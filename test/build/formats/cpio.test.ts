import test from 'ava';
import { cpioArchive } from '../../../build/formats/cpio.ts';

test('writes headers as POSIX draws them, and pads to 512 bytes', (t) => {
  const bytes = cpioArchive(
    [
      { path: '.', type: 'directory', mode: 0o755, content: Buffer.alloc(0) },
      { path: './f', type: 'file', mode: 0o644, content: Buffer.from('four') },
      { path: './l', type: 'symlink', mode: 0o755, content: Buffer.from('f') },
    ],
    1_795_437_296,
  );
  //      magic  dev    inode  mode   uid    gid    nlink  rdev   time        name   size
  const wanted = [
    '070707 000000 000001 040755 000000 000000 000002 000000 15301031360 000002 00000000000 .\0',
    '070707 000000 000002 100644 000000 000000 000001 000000 15301031360 000004 00000000004 ./f\0four',
    '070707 000000 000003 120755 000000 000000 000001 000000 15301031360 000004 00000000001 ./l\0f',
    '070707 000000 000000 000000 000000 000000 000001 000000 00000000000 000013 00000000000 TRAILER!!!\0',
  ];
  t.is(bytes.toString('latin1').replace(/\0+$/, '\0'), wanted.join('').replaceAll(' ', ''));
  t.is(bytes.length % 512, 0);
  t.is(0o15301031360, 1_795_437_296);
});

test('refuses a number that its field does not hold', (t) => {
  t.throws(
    () => cpioArchive([{ path: '.', type: 'directory', mode: 0o755, content: Buffer.alloc(0) }], 8 ** 11),
    {
      instanceOf: RangeError,
      message: 'Expected a number of 11 octal digits, got 8589934592',
    },
  );
});
