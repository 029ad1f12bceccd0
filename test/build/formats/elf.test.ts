import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { isElf, readElf } from '../../../build/formats/elf.ts';
import { DF_1, ET, PF, PT, STB } from '../../../build/formats/elf-constants.ts';
import { exportedSymbols, importedSymbols } from '../../../build/formats/elf-symbols.ts';
import { run } from '../../../build/process.ts';
import { distribution } from '../../support/openssl.ts';
import { type ElfFixtures, elfFixtures, withoutSections } from './elf-fixtures.ts';

/** Before all tests: ava wants them declared without waiting. */
const found = await distribution().catch((error: Error) => error);

let fixtures: ElfFixtures;
test.before(async () => {
  fixtures = await elfFixtures();
});
test.after.always(() => fixtures.remove());

test('reads what a library says about itself', async (t) => {
  const elf = readElf(await fixtures.bytesOf('library.so'), 'library.so');
  t.is(elf.type, ET.DYN);
  t.is(elf.buildId, '0123456789abcdef');
  t.is(elf.interpreter, undefined);
  t.is(elf.segments.find(({ type }) => type === PT.GNU_STACK)?.flags, PF.R | PF.W);
  t.true(elf.sections.some(({ name }) => name === '.dynsym'));
  const { dynamic } = elf;
  t.deepEqual(dynamic?.needed, ['libneeded.so.2']);
  t.deepEqual(dynamic?.alsoLoaded, []);
  t.is(dynamic?.soname, 'libsample.so.1');
  t.is(dynamic?.runpath, '$ORIGIN/../lib');
  t.is(dynamic?.rpath, undefined);
  t.is(dynamic?.flags1, DF_1.NOW | DF_1.NODELETE);
  t.true(dynamic?.bindsNow);
  t.false(dynamic?.hasTextRelocations);
  const needs = dynamic?.versionNeeds.map(({ library, name }) => `${library} ${name}`);
  t.deepEqual(needs?.toSorted(), ['libneeded.so.2 NEED_1.0', 'libneeded.so.2 NEED_2.0']);
  t.deepEqual(
    dynamic?.versionDefinitions.map(({ name }) => name),
    ['SAMPLE_1', 'SAMPLE_2'],
  );
});

test('tells imported symbols from exported ones, each with its version', async (t) => {
  const { dynamic } = readElf(await fixtures.bytesOf('library.so'), 'library.so');
  const symbols = dynamic?.symbols ?? [];
  const label = ({ name, version, binding }: (typeof symbols)[number]) =>
    `${name}@${version}${binding === STB.WEAK ? ' weak' : ''}`;
  t.deepEqual(importedSymbols(symbols).map(label).sort(), [
    'first@NEED_1.0',
    'second@NEED_2.0',
    'weak@undefined weak',
  ]);
  t.deepEqual(exportedSymbols(symbols).map(label).sort(), [
    'SAMPLE_1@SAMPLE_1',
    'SAMPLE_2@SAMPLE_2',
    'newer@SAMPLE_2',
    'offered@SAMPLE_1',
  ]);
});

test('reads a program: its interpreter, and imports that only relocations name', async (t) => {
  const whole = await fixtures.bytesOf('program');
  for (const bytes of [whole, withoutSections(whole)]) {
    const elf = readElf(bytes, 'program');
    t.regex(elf.interpreter ?? '', /^\/lib.*\/ld-/);
    t.is((elf.dynamic?.flags1 ?? 0) & DF_1.PIE, DF_1.PIE);
    t.deepEqual(
      importedSymbols(elf.dynamic?.symbols ?? [])
        .map(({ name, version }) => `${name}@${version}`)
        .sort(),
      ['first@NEED_1.0', 'second@NEED_2.0'],
    );
  }
});

test('finds everything that the loader uses without section headers', async (t) => {
  const whole = await fixtures.bytesOf('library.so');
  const stripped = readElf(withoutSections(whole), 'library.so');
  t.deepEqual(stripped, { ...readElf(whole, 'library.so'), sections: [] });
});

test('reads an object file, which has no dynamic table', async (t) => {
  const elf = readElf(await fixtures.bytesOf('object.o'), 'object.o');
  t.is(elf.dynamic, undefined);
  t.deepEqual(elf.segments, []);
  t.true(elf.sections.some(({ name }) => name === '.data'));
});

test('knows an ELF file by its first bytes', async (t) => {
  t.true(isElf(await fixtures.bytesOf('object.o')));
  for (const bytes of ['', '\x7fEL', '#!/bin/sh\n', 'x\x7fELF']) t.false(isElf(Buffer.from(bytes, 'latin1')));
});

/** What `readelf -W -h -l -n -d -V --dyn-syms` says, in the words of our reader. */
async function askReadelf(file: string) {
  const { stdout } = await run(['readelf', '-W', '-h', '-l', '-n', '-d', '--dyn-syms', file]);
  const all = (pattern: RegExp) => [...stdout.matchAll(pattern)].map((match) => match.slice(1).join(' '));
  const only = (pattern: RegExp) => all(pattern)[0];
  return {
    machine: only(/^ +Machine: +(.*)$/gm),
    interpreter: only(/Requesting program interpreter: (.*)\]/g),
    buildId: only(/Build ID: ([0-9a-f]+)/g),
    needed: all(/\(NEEDED\) +Shared library: \[(.*)\]/g),
    soname: only(/\(SONAME\) +Library soname: \[(.*)\]/g),
    runpath: only(/\(RUNPATH\) +Library runpath: \[(.*)\]/g),
    stack: only(/^ +GNU_STACK +(?:0x\w+ +){5}([RWE ]{3})/gm),
    isRelro: /^ +GNU_RELRO/m.test(stdout),
    isNodelete: /\(FLAGS_1\).*\bNODELETE\b/.test(stdout),
    isPie: /\(FLAGS_1\).*\bPIE\b/.test(stdout),
    symbols: all(
      /^ +[1-9]\d*: \w+ +\w+ +\S+ +(<OS specific>: 10|\w+) +(\w+) +(?:\[.*?\] +)?(\w+) (.*)$/gm,
    ).map((line) =>
      line
        .replace(/ \(\d+\)$/, '')
        .replace('@@', '@')
        .replace('<OS specific>: 10', 'UNIQUE'),
    ),
  };
}

const bindings: Readonly<Record<number, string>> = { 0: 'LOCAL', 1: 'GLOBAL', 2: 'WEAK', 10: 'UNIQUE' };
const visibilities = ['DEFAULT', 'INTERNAL', 'HIDDEN', 'PROTECTED'];

/** The same facts by our reader. */
async function askReader(file: string) {
  const elf = readElf(await readFile(file), file);
  const stack = elf.segments.find(({ type }) => type === PT.GNU_STACK)?.flags ?? 0;
  const flags1 = elf.dynamic?.flags1 ?? 0;
  return {
    machine: { 62: 'Advanced Micro Devices X86-64', 183: 'AArch64' }[elf.machine],
    interpreter: elf.interpreter,
    buildId: elf.buildId,
    needed: elf.dynamic?.needed,
    soname: elf.dynamic?.soname,
    runpath: elf.dynamic?.runpath,
    stack: `${stack & PF.R ? 'R' : ' '}${stack & PF.W ? 'W' : ' '}${stack & PF.X ? 'E' : ' '}`,
    isRelro: elf.segments.some(({ type }) => type === PT.GNU_RELRO),
    isNodelete: (flags1 & DF_1.NODELETE) !== 0,
    isPie: (flags1 & DF_1.PIE) !== 0,
    symbols: elf.dynamic?.symbols.map(({ name, version, binding, visibility, defined }) => {
      // readelf writes the symbol that stands for a version itself without that version
      const label = version === undefined || version === name ? name : `${name}@${version}`;
      return {
        words: [bindings[binding], visibilities[visibility], defined ? 'DEF' : 'UND'].join(' '),
        label,
      };
    }),
  };
}

async function compare(t: import('ava').ExecutionContext, file: string): Promise<void> {
  const { symbols: ours, ...facts } = await askReader(file);
  const { symbols: theirs, ...wanted } = await askReadelf(file);
  t.deepEqual(facts, wanted, file);
  const lines = theirs.map((line) => {
    const [binding = '', visibility = '', index = '', label = ''] = line.split(' ');
    return `${binding} ${visibility} ${index === 'UND' ? 'UND' : 'DEF'} ${label}`;
  });
  t.true(lines.length > 0, file);
  t.deepEqual(
    ours?.map(({ words, label }) => `${words} ${label}`),
    lines,
    file,
  );
}

test('agrees with readelf about node and the libraries that it has loaded', async (t) => {
  const report = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  const libraries = report.sharedObjects.filter((file) => /\/lib(c|m|stdc\+\+)\.so\.\d+$/.test(file));
  t.true(libraries.length > 0);
  for (const file of [process.execPath, ...libraries]) await compare(t, file);
});

test('agrees with readelf about files made here', async (t) => {
  for (const name of ['library.so', 'program']) await compare(t, path.join(fixtures.dir, name));
});

const title = 'agrees with readelf about the distribution in dist/';
if (found instanceof Error) {
  test.skip(`${title} (${found.message})`, () => undefined);
} else {
  test(title, async (t) => {
    const files = [
      found.openssl,
      path.join(found.prefix, 'lib/libcrypto.so.3'),
      path.join(found.prefix, 'lib/libssl.so.3'),
      path.join(found.platformDir, 'tsopenssl.node'),
    ];
    for (const file of files) await compare(t, file);
  });
}
