import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { type ElfFile, readElf } from '../../../build/formats/elf.ts';
import { DT, PT } from '../../../build/formats/elf-constants.ts';
import { randomNumbers } from '../../support/random.ts';
import { type ElfFixtures, elfFixtures, withoutSections } from './elf-fixtures.ts';

let fixtures: ElfFixtures;
let library: Buffer;
test.before(async () => {
  fixtures = await elfFixtures();
  library = await fixtures.bytesOf('library.so');
});
test.after.always(() => fixtures.remove());

/** What the reader answers: the file, or the error, which must be ours and name the file. */
function read(t: import('ava').ExecutionContext, bytes: Buffer): ElfFile | BuildError {
  try {
    return readElf(bytes, 'sample');
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    t.is(error.code, 'ERR_VALIDATION');
    t.regex(error.message, /^sample: wanted /);
    return error;
  }
}

test('refuses a file cut at any place', (t) => {
  for (let size = 0; size < library.length; size += 1) {
    t.true(read(t, library.subarray(0, size)) instanceof BuildError, `cut at ${size}`);
  }
  t.false(read(t, library) instanceof BuildError);
});

test('refuses a file without section headers that is cut before the end of its segments', (t) => {
  const bytes = withoutSections(library);
  const elf = readElf(bytes, 'sample');
  const end = Math.max(...elf.segments.map(({ offset, fileSizeBytes }) => offset + fileSizeBytes));
  for (let size = 0; size < end; size += 1) {
    t.true(read(t, bytes.subarray(0, size)) instanceof BuildError, `cut at ${size}`);
  }
  t.deepEqual(read(t, bytes.subarray(0, end)), elf);
});

test('answers every file with random bytes in it, or refuses it', (t) => {
  const random = randomNumbers(2017);
  const answers = { read: 0, refused: 0 };
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = Buffer.from(round % 2 === 0 ? library : withoutSections(library));
    for (let flips = 1 + random(8); flips > 0; flips -= 1) {
      bytes[random(bytes.length)] = random(256);
    }
    answers[read(t, bytes) instanceof BuildError ? 'refused' : 'read'] += 1;
  }
  t.log(`${answers.read} read, ${answers.refused} refused`);
  t.true(answers.read > 1000 && answers.refused > 1000);
});

test('answers every file with an extreme number in its headers and tables, or refuses it', (t) => {
  const elf = readElf(library, 'sample');
  const { fileSizeBytes = 0 } = elf.segments.find(({ type }) => type === PT.LOAD) ?? {};
  const dynamic = elf.segments.find(({ type }) => type === PT.DYNAMIC);
  const places = [
    ...Array.from({ length: fileSizeBytes / 2 }, (_, index) => index * 2),
    ...Array.from(
      { length: (dynamic?.fileSizeBytes ?? 0) / 8 },
      (_, index) => (dynamic?.offset ?? 0) + index * 8,
    ),
  ].filter((place) => place + 4 <= library.length);
  t.true(places.length > 500);
  for (const value of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    for (const place of places) {
      const bytes = Buffer.from(library);
      bytes.writeUInt32LE(value, place);
      read(t, bytes);
    }
  }
});

/** Place of a program header. */
function header(bytes: Buffer, type: number): number {
  return 64 + 56 * readElf(bytes, 'sample').segments.findIndex((segment) => segment.type === type);
}

/** Place of an entry of the dynamic table. */
function entry(bytes: Buffer, tag: number): number {
  const start = readElf(bytes, 'sample').segments.find(({ type }) => type === PT.DYNAMIC)?.offset ?? 0;
  for (let at = start; ; at += 16) if (bytes.readUInt32LE(at) === tag) return at;
}

/** Place of the table that a tag points to: these tables lie in the first segment, where addresses are offsets. */
function table(bytes: Buffer, tag: number): number {
  return bytes.readUInt32LE(entry(bytes, tag) + 8);
}

type Damage = readonly [what: string, damage: (bytes: Buffer) => unknown, message: RegExp];

const damages: readonly Damage[] = [
  ['other bytes at its start', (it) => it.write('PK'), /^sample: wanted an ELF file, got other bytes/],
  ['32 bits', (it) => it.writeUInt8(1, 4), /wanted EI_CLASS 2 \(64 bits\), got 1$/],
  ['big endian', (it) => it.writeUInt8(2, 5), /wanted EI_DATA 1 \(little endian\), got 2$/],
  ['another version', (it) => it.writeUInt8(0, 6), /wanted EI_VERSION 1, got 0$/],
  ['too many program headers', (it) => it.writeUInt16LE(0xffff, 56), /got PN_XNUM$/],
  ['program headers of another size', (it) => it.writeUInt16LE(32, 54), /wanted e_phentsize 56, got 32$/],
  [
    'program headers elsewhere',
    (it) => it.writeUInt32LE(0xffffffff, 36),
    /wanted the program headers .* inside the file/,
  ],
  ['section headers of another size', (it) => it.writeUInt16LE(40, 58), /wanted e_shentsize 64, got 40$/],
  ['section headers without a number', (it) => it.writeUInt16LE(0, 60), /wanted e_shnum to count .*, got 0$/],
  ['section names nowhere', (it) => it.writeUInt16LE(0xfff0, 62), /wanted e_shstrndx below \d+, got 65520$/],
  [
    'a segment beyond its end',
    (it) => it.writeUInt32LE(0x7fffffff, header(it, PT.LOAD) + 32),
    /wanted the segment of program header 0 .* inside the file/,
  ],
  [
    'two dynamic tables',
    (it) => it.writeUInt32LE(PT.DYNAMIC, header(it, PT.GNU_STACK)),
    /wanted at most one PT_DYNAMIC, got 2$/,
  ],
  [
    'a dynamic table without end',
    (it) => it.writeUInt32LE(32, header(it, PT.DYNAMIC) + 32),
    /wanted the dynamic table to end with DT_NULL, got none$/,
  ],
  [
    'two names',
    (it) => it.writeUInt32LE(DT.SONAME, entry(it, DT.RUNPATH)),
    /wanted one entry with the tag 0xe, got 2$/,
  ],
  [
    'no string table',
    (it) => it.writeUInt32LE(0x60000000, entry(it, DT.STRTAB)),
    /wanted DT_STRTAB for .*, got none$/,
  ],
  [
    'a string table at no address',
    (it) => it.writeUInt32LE(0x7fffffff, entry(it, DT.STRTAB) + 8),
    /wanted the address 0x7fffffff of DT_STRTAB in a loaded segment/,
  ],
  [
    'a string table without end',
    (it) => it.writeUInt32LE(0x7fffffff, entry(it, DT.STRSZ) + 8),
    /wanted the dynamic string table .* inside the file/,
  ],
  [
    'a name after the string table',
    (it) => it.writeUInt32LE(0x7ffffff0, entry(it, DT.NEEDED) + 8),
    /wanted a needed library .* inside the file|a needed library at \d+ to end/,
  ],
  [
    'symbols of another size',
    (it) => it.writeUInt32LE(16, entry(it, DT.SYMENT) + 8),
    /wanted DT_SYMENT 24, got 16$/,
  ],
  [
    'relocations of another size',
    (it) => it.writeUInt32LE(16, entry(it, DT.RELAENT) + 8),
    /wanted DT_RELAENT 24, got 16$/,
  ],
  [
    'relocations without end',
    (it) => it.writeUInt32LE(0x7fffffff, entry(it, DT.PLTRELSZ) + 8),
    /wanted the relocations .* inside the file/,
  ],
  [
    'a relocation of a symbol that is not there',
    (it) => it.writeUInt32LE(0xffffffff, table(it, DT.JMPREL) + 12),
    /wanted the dynamic symbols .* inside the file/,
  ],
  [
    'a hash table of too many symbols',
    (it) => it.writeUInt32LE(0xffffffff, table(it, DT.HASH) + 4),
    /wanted the dynamic symbols .* inside the file/,
  ],
  [
    'a GNU hash table of too many buckets',
    (it) => it.writeUInt32LE(0xffffffff, table(it, DT.GNU_HASH)),
    /wanted the buckets of DT_GNU_HASH .* inside the file/,
  ],
  [
    'a GNU hash bucket that leads out of the file',
    (it) => it.writeUInt32LE(0x7ffffff0, bucketsOf(it)),
    /wanted a chain of DT_GNU_HASH .* inside the file/,
  ],
  [
    'a symbol of a version that is nowhere defined',
    (it) => it.writeUInt16LE(0x7ffe, table(it, DT.VERSYM) + 2),
    /wanted version 32766 of symbol \w+ to be defined, got none$/,
  ],
  [
    'more needed versions than can be',
    (it) => it.writeUInt32LE(0x7fffffff, entry(it, DT.VERNEEDNUM) + 8),
    /wanted at most 32767 links in DT_VERNEED, got 2147483647$/,
  ],
  [
    'fewer libraries with versions than it says',
    (it) => it.writeUInt32LE(9, entry(it, DT.VERNEEDNUM) + 8),
    /wanted 9 links in DT_VERNEED, got 1$/,
  ],
  [
    'fewer needed versions than it says',
    (it) => it.writeUInt16LE(9, table(it, DT.VERNEED) + 2),
    /wanted 9 links in Elf64_Vernaux, got 2$/,
  ],
  [
    'more defined versions than can be',
    (it) => it.writeUInt32LE(0x8000, entry(it, DT.VERDEFNUM) + 8),
    /wanted at most 32767 links in DT_VERDEF, got 32768$/,
  ],
  [
    'fewer defined versions than it says',
    (it) => it.writeUInt32LE(9, entry(it, DT.VERDEFNUM) + 8),
    /wanted 9 links in DT_VERDEF, got 3$/,
  ],
  [
    'a note without end',
    (it) => it.writeUInt32LE(0x7fffffff, noteOf(it)),
    /wanted the note at \d+ to end before \d+$/,
  ],
];

/** Place of the first bucket of DT_GNU_HASH: after four numbers and the Bloom filter. */
function bucketsOf(bytes: Buffer): number {
  const at = table(bytes, DT.GNU_HASH);
  return at + 16 + bytes.readUInt32LE(at + 8) * 8;
}

function noteOf(bytes: Buffer): number {
  return readElf(bytes, 'sample').segments.find(({ type }) => type === PT.NOTE)?.offset ?? 0;
}

for (const [what, damage, message] of damages) {
  test(`refuses a file with ${what}`, (t) => {
    const bytes = Buffer.from(library);
    damage(bytes);
    const error = read(t, bytes);
    t.true(error instanceof BuildError);
    if (error instanceof BuildError) t.regex(error.message, message);
  });
}

test('refuses a name that is longer than any name', async (t) => {
  const error = read(t, await fixtures.bytesOf('long.so'));
  t.true(error instanceof BuildError);
  if (error instanceof BuildError)
    t.regex(error.message, /wanted DT_SONAME at \d+ to end with NUL before \d+$/);
});

test('refuses an interpreter that does not end', async (t) => {
  const bytes = await fixtures.bytesOf('program');
  const at = header(bytes, PT.INTERP) + 32;
  bytes.writeUInt32LE(bytes.readUInt32LE(at) - 1, at);
  const error = read(t, bytes);
  t.true(error instanceof BuildError);
  if (error instanceof BuildError) t.regex(error.message, /wanted the interpreter at \d+ to end with NUL/);
});
