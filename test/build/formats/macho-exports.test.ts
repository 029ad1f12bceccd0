import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { checkedBytes } from '../../../build/formats/checked-bytes.ts';
import { readExports } from '../../../build/formats/macho-exports.ts';

/** A trie written by hand after <mach-o/loader.h>. */
const trie = Buffer.from([
  ...[0x00, 1, 0x5f, 0, 5], // 0: no symbol; "_" leads to 5
  ...[0x00, 2, 0x61, 0, 13, 0x63, 0, 27], // 5: no symbol; "a" leads to 13, "c" to 27
  ...[0x02, 0x04, 0x10, 1, 0x62, 0, 20], // 13: `_a`, weak, at 0x10; "b" leads to 20
  ...[0x05, 0x08, 0x02, 0x5f, 0x78, 0x00, 0], // 20: `_ab` is `_x` of library 2
  ...[0x03, 0x10, 0x20, 0x30, 0], // 27: `_c` at 0x20 with a resolver at 0x30
]);
const place = { offset: 0, sizeBytes: trie.length };

test('reads weak and re-exported symbols, and those with a resolver', (t) => {
  t.deepEqual(readExports(checkedBytes(trie, 'sample'), place), [
    { name: '_a', reexported: false, weak: true },
    { name: '_ab', reexported: true, weak: false },
    { name: '_c', reexported: false, weak: false },
  ]);
  t.deepEqual(readExports(checkedBytes(trie, 'sample'), { offset: 0, sizeBytes: 0 }), []);
});

test('refuses a trie with a way back, which would never end', (t) => {
  const bytes = Buffer.from(trie);
  bytes.writeUInt8(5, 19); // "b" leads to the node that leads here
  t.throws(() => readExports(checkedBytes(bytes, 'sample'), place), {
    instanceOf: BuildError,
    message: 'sample: wanted the exports trie to be a tree, got two ways to the node at 5',
  });
});
