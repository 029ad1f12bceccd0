import test from 'ava';
import { billOfMaterials } from '../../../build/formats/bom.ts';
import { cksum } from '../../../build/formats/cksum.ts';
import type { UnixEntry } from '../../../build/formats/unix-entry.ts';
import { readBom } from '../../support/read-bom.ts';

const epochSeconds = 1_795_437_296;
const folder = (path: string): UnixEntry => ({
  path,
  type: 'directory',
  mode: 0o755,
  content: Buffer.alloc(0),
});
const file = (path: string, content: string, mode = 0o644): UnixEntry => ({
  path,
  type: 'file',
  mode,
  content: Buffer.from(content),
});
const link = (path: string, target: string): UnixEntry => ({
  path,
  type: 'symlink',
  mode: 0o755,
  content: Buffer.from(target),
});

const entries = [
  folder('.'),
  folder('./bin'),
  file('./bin/openssl', 'program', 0o755),
  folder('./lib'),
  file('./lib-other', ''),
  file('./lib/é', 'x'),
  link('./lib/link', '../bin/openssl'),
];

test('lists folders, files and links as lsbom does', (t) => {
  const lines = readBom(billOfMaterials(entries, epochSeconds)).map(
    ({ path, mode, owner, sizeBytes, checksum, linkTarget, epochSeconds: time }) =>
      [path, mode.toString(8), owner, time, sizeBytes, checksum, linkTarget]
        .filter((it) => it !== undefined)
        .join(' '),
  );
  t.deepEqual(lines, [
    `. 40755 0/0 ${epochSeconds} 0 0`,
    `./bin 40755 0/0 ${epochSeconds} 0 0`,
    `./lib 40755 0/0 ${epochSeconds} 0 0`,
    `./lib-other 100644 0/0 ${epochSeconds} 0 4294967295`,
    `./bin/openssl 100755 0/0 ${epochSeconds} 7 ${cksum(Buffer.from('program'))}`,
    `./lib/link 120755 0/0 ${epochSeconds} 14 ${cksum(Buffer.from('../bin/openssl'))} ../bin/openssl`,
    `./lib/é 100644 0/0 ${epochSeconds} 1 ${cksum(Buffer.from('x'))}`,
  ]);
});

test('fills as many pages as the paths need', (t) => {
  for (const count of [0, 254, 255, 256, 257, 600]) {
    const names = Array.from({ length: count }, (_, index) => `./n${String(index).padStart(5, '0')}`);
    const bytes = billOfMaterials([folder('.'), ...names.map((name) => file(name, name))], epochSeconds);
    t.deepEqual(
      readBom(bytes).map(({ path }) => path),
      ['.', ...names],
    );
  }
});

test('does not depend on the order of the entries, but on the time', (t) => {
  const bytes = billOfMaterials(entries, epochSeconds);
  t.deepEqual(billOfMaterials(entries.toReversed(), epochSeconds), bytes);
  t.false(billOfMaterials(entries, epochSeconds + 1).equals(bytes));
});

test('is read by a reader that sees damage', (t) => {
  const bytes = billOfMaterials(entries, epochSeconds);
  const index = bytes.readUInt32BE(16);
  // the magic, the number of blocks, the places of index and variables, the number of paths, the first block, the end
  for (const at of [0, 11, 15, 19, 27, 519, index + 3, index + 15, bytes.length - 1]) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    t.throws(() => readBom(damaged), undefined, `byte ${at}`);
  }
});
