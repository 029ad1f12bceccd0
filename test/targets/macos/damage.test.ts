// Damaged Mach-O files: the reader answers them or refuses them with an error of its own, whatever they hold.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { readMachO } from '../../../build/formats/macho.ts';
import { LC } from '../../../build/formats/macho-constants.ts';
import { machOParts } from '../../../build/formats/macho-universal.ts';
import { mutate, randomNumbers } from '../../support/random.ts';
import { codeDirectory, goodFiles, loadCommand, openWorkshop, type Workshop } from './validate/fixtures.ts';

let workshop: Workshop;
/** Small: pages of x86_64 are 4096 bytes. */
let library: Buffer;
let chained: Buffer;
let universal: Buffer;
test.before(async () => {
  workshop = await openWorkshop(await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-damage-')));
  const x64 = { architecture: 'x86_64', flags: ['-dylib', '-install_name', 'x', 'libSystem.tbd'] } as const;
  library = await readFile(await workshop.link('small', { ...goodFiles.libcrypto, ...x64 }));
  const flags = [...x64.flags, '-fixup_chains'];
  chained = await readFile(
    await workshop.link('chained', { ...goodFiles.libcrypto, ...x64, flags, minimumSystem: '13.0' }),
  );
  universal = await readFile(path.join(workshop.dir, 'universal-tsopenssl.node'));
});
test.after.always(() => rm(workshop.dir, { recursive: true, force: true }));

/** Whether all parts of the file can be read; an error must be ours and name the file. */
function isRead(t: ExecutionContext, bytes: Buffer): boolean {
  try {
    for (const part of machOParts(bytes, 'sample')) readMachO(part, 'sample');
    return true;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    t.is(error.code, 'ERR_VALIDATION');
    t.regex(error.message, /^sample: (signature: )?wanted /);
    return false;
  }
}

test('refuses a file cut at any place', (t) => {
  for (const whole of [library, chained]) {
    t.true(isRead(t, whole));
    for (let size = 0; size < whole.length; size += 1) {
      if (isRead(t, whole.subarray(0, size))) t.fail(`read the file cut at ${size}`);
    }
  }
});

test('refuses a universal file cut at any of many places', (t) => {
  t.true(isRead(t, universal));
  for (let size = 0; size < universal.length; size += 97) {
    if (isRead(t, universal.subarray(0, size))) t.fail(`read the file cut at ${size}`);
  }
});

test('answers every file with random damage, or refuses it', (t) => {
  const random = randomNumbers(2020);
  const answers = { read: 0, refused: 0 };
  for (let round = 0; round < 12_000; round += 1) {
    const bytes = mutate([library, chained, universal][round % 3] ?? library, random);
    answers[isRead(t, bytes) ? 'read' : 'refused'] += 1;
  }
  t.log(`${answers.read} read, ${answers.refused} refused`);
  t.true(answers.read > 1000 && answers.refused > 1000);
});

test('answers every file with an extreme number in its commands and tables, or refuses it', (t) => {
  for (const whole of [library, chained]) {
    const tables = whole.readUInt32LE(loadCommand(whole, LC.SYMTAB) + 8) - 256;
    const end = 32 + whole.readUInt32LE(20);
    const places = [...range(0, end), ...range(tables - (tables % 4), whole.length - 4)];
    t.true(places.length > 300);
    for (const value of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
      for (const place of places) {
        const bytes = Buffer.from(whole);
        bytes.writeUInt32LE(value, place);
        isRead(t, bytes);
      }
    }
  }
});

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: Math.ceil((end - start) / 4) }, (_, index) => start + index * 4);
}

/** Writes a number below a load command. */
const command = (cmd: number, offset: number, value: number) => (bytes: Buffer) =>
  bytes.writeUInt32LE(value, loadCommand(bytes, cmd) + offset);

/** Place of a table that a load command names. */
const table = (bytes: Buffer, cmd: number, offset: number) =>
  bytes.readUInt32LE(loadCommand(bytes, cmd) + offset);

type Damage = readonly [what: string, damage: (bytes: Buffer) => unknown, message: RegExp];

const damages: readonly Damage[] = [
  [
    '32 bits',
    (it) => it.writeUInt32LE(0xfeedface, 0),
    /wanted a 64-bit Mach-O file \(feedfacf\), got feedface$/,
  ],
  ['other bytes at its start', (it) => it.write('PK\x03\x04'), /\(feedfacf\), got 04034b50$/],
  [
    'too many load commands',
    (it) => it.writeUInt32LE(0xffff, 16),
    /wanted ncmds to fit into \d+ bytes, got 65535$/,
  ],
  [
    'a load command too many',
    (it) => it.writeUInt32LE(it.readUInt32LE(16) + 1, 16),
    /wanted \d+ load commands, got \d+$/,
  ],
  [
    'load commands without end',
    (it) => it.writeUInt32LE(0x7fffffff, 20),
    /wanted the load commands .* inside the file/,
  ],
  [
    'a load command of no size',
    command(LC.SYMTAB, 4, 0),
    /wanted cmdsize of load command \d+ to be .*, got 0$/,
  ],
  [
    'a load command of an odd size',
    command(LC.SYMTAB, 4, 25),
    /to be a multiple of 4 from 24 to \d+, got 25$/,
  ],
  [
    'more sections than fit',
    command(LC.SEGMENT_64, 64, 99),
    /wanted \d+ sections in the segment __TEXT, got 99$/,
  ],
  [
    'a segment beyond its end',
    command(LC.SEGMENT_64, 48, 0x7fffffff),
    /wanted the segment __TEXT .* inside the file/,
  ],
  [
    'a name outside its command',
    command(LC.ID_DYLIB, 8, 400),
    /wanted the name of load command 0xd from 12 to \d+, got 400$/,
  ],
  ['two names', command(LC.LOAD_DYLIB, 0, LC.ID_DYLIB), /wanted at most one LC_ID_DYLIB, got 2$/],
  [
    'two symbol tables',
    command(LC.DYLD_INFO_ONLY, 0, LC.SYMTAB),
    /wanted at most one load command 0x2, got 2$/,
  ],
  ['symbols without end', command(LC.SYMTAB, 12, 0x7fffffff), /wanted the symbol table .* inside the file/],
  ['names without end', command(LC.SYMTAB, 20, 0x7fffffff), /wanted the string table .* inside the file/],
  [
    'a symbol’s name elsewhere',
    (it) => it.writeUInt32LE(0x7ffffff0, table(it, LC.SYMTAB, 8)),
    /wanted the name of symbol 0/,
  ],
  [
    'an exports trie elsewhere',
    command(LC.DYLD_INFO_ONLY, 40, 0x7fffffff),
    /wanted the exports trie .* inside the file/,
  ],
  [
    'an exports trie that leads back to its root',
    // the root: no symbol, one child, the edge "_EVP_new", then the child's place
    (it) => it.writeUInt8(0, it.indexOf(0, table(it, LC.DYLD_INFO_ONLY, 40) + 2) + 1),
    /wanted the exports trie to be a tree, got two ways to the node at \d+$/,
  ],
  [
    'an exports trie that leads out of it',
    (it) => it.writeUInt8(0x7f, it.indexOf(0, table(it, LC.DYLD_INFO_ONLY, 40) + 2) + 1),
    /wanted a node of the exports trie before \d+, got one at \d+$/,
  ],
  [
    'an opcode that is none',
    (it) => it.writeUInt8(0xf0, table(it, LC.DYLD_INFO_ONLY, 16)),
    /wanted a known bind opcode, got 0xf0$/,
  ],
  [
    'a binding of nothing',
    (it) => it.writeUInt8(0x90, table(it, LC.DYLD_INFO_ONLY, 16)),
    /wanted the name of a symbol before it is bound, got none$/,
  ],
  [
    'a signature of another kind',
    (it) => it.writeUInt32BE(1, table(it, LC.CODE_SIGNATURE, 8)),
    /signature: wanted a SuperBlob \(fade0cc0\), got 1$/,
  ],
  [
    'a signature without digests',
    (it) => it.writeUInt32BE(7, table(it, LC.CODE_SIGNATURE, 8) + 12),
    /signature: wanted one CodeDirectory, got 0$/,
  ],
  [
    'a signature of SHA-1',
    (it) => it.writeUInt8(1, codeDirectory(it) + 37),
    /signature: wanted digests of type 2 \(SHA-256\) in 32 bytes, got type 1 in 32$/,
  ],
  [
    'a signature over pages of one byte',
    (it) => it.writeUInt8(0, codeDirectory(it) + 39),
    /signature: wanted pages of 2\^12 to 2\^16 bytes, got 2\^0$/,
  ],
  [
    'a signature over more than the file',
    (it) => it.writeUInt32BE(0x7fffffff, codeDirectory(it) + 32),
    /signature: wanted up to \d+ bytes in pages of 4096, got 2147483647 in \d+ pages$/,
  ],
  [
    'a signature with its digests elsewhere',
    (it) => it.writeUInt32BE(0x7ffffff0, codeDirectory(it) + 16),
    /signature: wanted \d+ digests before \d+, got fewer$/,
  ],
];

for (const [what, damage, message] of damages) {
  test(`refuses a file with ${what}`, (t) => {
    const bytes = Buffer.from(library);
    damage(bytes);
    t.throws(() => readMachO(bytes, 'sample'), { instanceOf: BuildError, code: 'ERR_VALIDATION', message });
  });
}

const fixupDamages: readonly Damage[] = [
  [
    'imports of another format',
    (it) => it.writeUInt32LE(9, fixups(it) + 20),
    /wanted imports_format 1, 2 or 3, got 9$/,
  ],
  ['compressed names', (it) => it.writeUInt32LE(1, fixups(it) + 24), /wanted symbols_format 0, .*, got 1$/],
  [
    'imports without end',
    (it) => it.writeUInt32LE(0xffffff, fixups(it) + 16),
    /wanted 16777215 chained imports inside \d+ bytes, got more$/,
  ],
  [
    'fixups of no size',
    command(LC.DYLD_CHAINED_FIXUPS, 12, 8),
    /wanted chained fixups of 28 bytes or more, got 8$/,
  ],
];

function fixups(bytes: Buffer): number {
  return table(bytes, LC.DYLD_CHAINED_FIXUPS, 8);
}

for (const [what, damage, message] of fixupDamages) {
  test(`refuses a file with ${what}`, (t) => {
    const bytes = Buffer.from(chained);
    damage(bytes);
    t.throws(() => readMachO(bytes, 'sample'), { instanceOf: BuildError, code: 'ERR_VALIDATION', message });
  });
}

const universalDamages: readonly Damage[] = [
  ['no architecture', (it) => it.writeUInt32BE(0, 4), /wanted 1 to 16 architectures, got 0$/],
  [
    'more architectures than there are',
    (it) => it.writeUInt32BE(61, 4),
    /wanted 1 to 16 architectures, got 61$/,
  ],
  [
    'an architecture that is another',
    (it) => it.writeUInt32BE(7, 8),
    /wanted cputype 7 in architecture 0, got 16777223$/,
  ],
  [
    'architectures in the same place',
    (it) => it.copy(it, 36, 16, 20),
    /wanted architecture 1 at a multiple of 2\^\d+ from \d+ on, got \d+$/,
  ],
  [
    'an architecture beyond its end',
    (it) => it.writeUInt32BE(0x7fffffff, 20),
    /wanted architecture 0 .* inside the file/,
  ],
];

for (const [what, damage, message] of universalDamages) {
  test(`refuses a universal file with ${what}`, (t) => {
    const bytes = Buffer.from(universal);
    damage(bytes);
    t.throws(() => machOParts(bytes, 'sample'), { instanceOf: BuildError, code: 'ERR_VALIDATION', message });
  });
}
