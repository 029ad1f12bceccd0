// The reader of PE files: what it reads, against llvm-readobj, and what it refuses.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { type PeFile, readPe } from '../../../build/formats/pe.ts';
import { run } from '../../../build/process.ts';
import { windowsNodes } from '../../support/nodes.ts';
import { randomNumbers } from '../../support/random.ts';
import { targetDistribution } from '../../support/target-distribution.ts';
import { type PeFixtures, peFixtures } from './pe-fixtures.ts';
import { peOffsets } from './validate/fixtures.ts';

let fixtures: PeFixtures;
let library: Buffer;
test.before(async () => {
  fixtures = await peFixtures();
  library = await fixtures.bytesOf('library.dll');
});
test.after.always(() => fixtures.remove());

test('reads what a library says about itself', async (t) => {
  const pe = readPe(library, 'library.dll');
  t.is(pe.machine, 0x8664);
  t.is(pe.characteristics & 0x2000, 0x2000);
  t.is(pe.subsystemVersion, '5.2');
  t.is(pe.dllCharacteristics, 0x160);
  t.true(pe.relocationBytes > 0);
  t.is(pe.symbolCount, 0);
  t.is(pe.signatures, undefined);
  t.deepEqual(
    pe.imports.map(({ library: name, symbols }) => [name, ...symbols]),
    [['KERNEL32.dll', 'GetTickCount']],
  );
  t.deepEqual(
    pe.delayImports.map(({ library: name, symbols }) => [name, ...symbols]),
    [['node.exe', 'napi_create_object']],
  );
  t.deepEqual(pe.exports, {
    library: 'library.dll',
    symbols: ['forwarded', 'offered', '#7'],
    forwarded: ['forwarded -> winmm.timeGetTime'],
    timeDateStamp: 0,
  });
  const stamps = [...new Set(pe.timeStamps.map(({ of }) => of))];
  t.deepEqual(stamps, [
    'the COFF header',
    'the export directory',
    'the import of KERNEL32.dll',
    'the delayed import of node.exe',
    'a resource directory',
  ]);
  t.true(pe.timeStamps.every(({ value }) => value === 0));
});

test('reads long names of sections, and how many symbols there are', async (t) => {
  const pe = readPe(await fixtures.bytesOf('debug.dll'), 'debug.dll');
  t.true(pe.sections.some(({ name }) => name === '.debug_info'));
  t.true(pe.symbolCount > 10);
});

/** The values behind a key of llvm-readobj's listing. */
function listed(text: string, key: string): string[] {
  return [...text.matchAll(new RegExp(`^ *${key}: (.*?)(?: \\(.*\\))?$`, 'gm'))].map(
    ([, value = '']) => value,
  );
}

async function compareWithLlvm(t: ExecutionContext, file: string, pe: PeFile): Promise<void> {
  const readobj = async (...words: readonly string[]) =>
    (await run(['llvm-readobj-19', ...words, file])).stdout;
  const headers = await readobj('--file-headers');
  const number = (key: string) => Number(listed(headers, key)[0]?.replace(/^.* \(|\)$/g, ''));
  t.is(pe.symbolCount, number('SymbolCount'));
  t.is(pe.subsystemVersion, `${number('MajorSubsystemVersion')}.${number('MinorSubsystemVersion')}`);
  t.is(pe.imageBase, number('ImageBase'));
  t.is(pe.relocationBytes, number('BaseRelocationTableSize'));
  t.is(pe.sections.length, number('SectionCount'));
  const sections = await readobj('--sections');
  t.deepEqual(
    pe.sections.map(({ name }) => name),
    listed(sections, 'Name'),
  );
  t.deepEqual(
    pe.sections.map(({ address }) => address),
    listed(sections, 'VirtualAddress').map(Number),
  );
  t.deepEqual(
    pe.sections.map(({ memorySizeBytes }) => memorySizeBytes),
    listed(sections, 'VirtualSize').map(Number),
  );
  const imports = await readobj('--coff-imports');
  t.deepEqual(
    pe.imports.map(({ library: name }) => name),
    listed(imports.replace(/^DelayImport \{.*?^\}/gms, ''), 'Name'),
  );
  const symbols = [
    ...imports.replace(/^DelayImport \{.*?^\}/gms, '').matchAll(/^ *Symbol: (.*?) ?\((\d+)\)$/gm),
  ];
  t.deepEqual(
    pe.imports.flatMap((from) => from.symbols),
    symbols.map(([, name = '', number = '']) => (name === '' ? `#${number}` : name)),
  );
  const exported = listed(await readobj('--coff-exports'), 'Name').filter((name) => name !== '');
  t.deepEqual((pe.exports?.symbols ?? []).filter((name) => !name.startsWith('#')).sort(), exported.sort());
}

test('reads the same as llvm-readobj', async (t) => {
  await compareWithLlvm(t, path.join(fixtures.dir, 'library.dll'), readPe(library, 'library.dll'));
  for (const { node } of await windowsNodes()) {
    const pe = readPe(await readFile(node), 'node.exe');
    t.true((pe.exports?.symbols.length ?? 0) > 5000);
    t.true((pe.signatures?.sizeBytes ?? 0) > 5000);
    await compareWithLlvm(t, node, pe);
  }
});

test('reads the same of the distribution’s own files as llvm-readobj', async (t) => {
  const { prefix, addon } = await targetDistribution('win32-x64');
  const names = ['openssl.exe', 'libcrypto-3-x64.dll', 'libssl-3-x64.dll'];
  for (const file of [...names.map((name) => path.join(prefix, 'bin', name)), addon]) {
    const pe = readPe(await readFile(file), file);
    t.true(pe.imports.length >= 3, file);
    await compareWithLlvm(t, file, pe);
  }
});

/** What the reader answers: the file, or the error, which must be ours and name the file. */
function read(t: ExecutionContext, bytes: Buffer): PeFile | BuildError {
  try {
    return readPe(bytes, 'sample');
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    t.is(error.code, 'ERR_VALIDATION');
    t.regex(error.message, /^sample: wanted /);
    return error;
  }
}

test('refuses a file cut before the end of its sections', (t) => {
  const pe = readPe(library, 'sample');
  const end = Math.max(...pe.sections.map(({ offset, fileSizeBytes }) => offset + fileSizeBytes));
  for (let size = 0; size < end; size += 1) {
    t.true(read(t, library.subarray(0, size)) instanceof BuildError, `cut at ${size}`);
  }
  t.deepEqual(read(t, library.subarray(0, end)), pe);
});

test('answers every file with random bytes in it, or refuses it', (t) => {
  const random = randomNumbers(2026);
  const answers = { read: 0, refused: 0 };
  const { sections } = peOffsets(library);
  const tables = readPe(library, 'sample').sections.filter(({ name }) => /^\.(edata|idata|rsrc)$/.test(name));
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = Buffer.from(library);
    for (let flips = 1 + random(4); flips > 0; flips -= 1) {
      const table = tables[random(tables.length)];
      const inHeaders = random(3) === 0 || table === undefined;
      const place = inHeaders ? random(sections + 400) : table.offset + random(table.fileSizeBytes);
      bytes[place] = random(256);
    }
    answers[read(t, bytes) instanceof BuildError ? 'refused' : 'read'] += 1;
  }
  t.log(`${answers.read} read, ${answers.refused} refused`);
  t.true(answers.read > 1000 && answers.refused > 1000);
});

test('answers every file with an extreme number in its headers and tables, or refuses it', (t) => {
  const { sections } = readPe(library, 'sample');
  const places = [
    ...Array.from({ length: 400 }, (_, index) => index * 2),
    ...sections.flatMap(({ name, offset, fileSizeBytes }) =>
      /^\.(edata|idata|rsrc)$/.test(name)
        ? Array.from({ length: fileSizeBytes / 4 }, (_, index) => offset + index * 4)
        : [],
    ),
  ];
  t.true(places.length > 500);
  for (const value of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    for (const place of places) {
      const bytes = Buffer.from(library);
      bytes.writeUInt32LE(value, place);
      read(t, bytes);
    }
  }
});

test('says what is wrong with a damaged file', async (t) => {
  const damages: readonly (readonly [
    what: string,
    damage: (bytes: Buffer, at: ReturnType<typeof peOffsets>) => unknown,
    message: RegExp,
  ])[] = [
    [
      'other bytes at its start',
      (it) => it.write('PK'),
      /^sample: wanted a PE file, got other bytes at its start$/,
    ],
    [
      'no signature',
      (it, { coff }) => it.writeUInt32LE(0x454e, coff - 4),
      /wanted the signature PE at \d+, got 0x454e$/,
    ],
    [
      '32 bits',
      (it, { optional }) => it.writeUInt16LE(0x10b, optional),
      /wanted Magic 0x20b \(PE32\+\), got 0x10b$/,
    ],
    [
      'too many directories',
      (it, { optional }) => it.writeUInt32LE(17, optional + 108),
      /wanted NumberOfRvaAndSizes of 16 or less, got 17$/,
    ],
    [
      'a section beyond its end',
      (it, { sections }) => it.writeUInt32LE(0x7fffffff, sections + 16),
      /wanted section 0 .* inside the file/,
    ],
    [
      'imports at no address',
      (it, { optional }) => it.writeUInt32LE(0x7fffff00, optional + 120),
      /wanted the import descriptors in a section/,
    ],
    [
      'exports at no address',
      (it, { optional }) => it.writeUInt32LE(0x7fffff00, optional + 112),
      /wanted the export directory in a section/,
    ],
    [
      'signatures beyond its end',
      (it, { optional }) => it.writeBigUInt64LE(0x10_7fffff00n, optional + 144),
      /wanted the signatures .* inside the file/,
    ],
  ];
  for (const [what, damage, message] of damages) {
    const bytes = Buffer.from(library);
    damage(bytes, peOffsets(bytes));
    t.throws(
      () => readPe(bytes, 'sample'),
      { instanceOf: BuildError, code: 'ERR_VALIDATION', message },
      what,
    );
  }
  const object = await fixtures.bytesOf('object.o');
  t.throws(() => readPe(object, 'sample'), { code: 'ERR_VALIDATION', message: /^sample: wanted a PE file/ });
});
