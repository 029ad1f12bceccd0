// Logical lines, compared with what OpenSSL itself reads: whatever makes it open a file must be seen beforehand.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { parseLine } from '../../../addon/lib/configuration/line-syntax.ts';
import { logicalLines } from '../../../addon/lib/configuration/logical-lines.ts';
import { loadNative } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { randomNumbers } from '../../support/random.ts';

/** Texts, and their lines. */
const texts: Readonly<Record<string, readonly [text: string, lines: readonly string[]]>> = {
  'ends of every system': ['a\nb\r\nc\r\r\nd', ['a', 'b', 'c', 'd']],
  'a mark of the byte order': ['\u00ef\u00bb\u00bfa\nb', ['a', 'b']],
  'continued lines': ['a\\\nb\\\r\nc\nd', ['abc', 'd']],
  'an escaped backslash at the end': ['a\\\\\nb', ['a\\\\', 'b']],
  'a backslash at the end of everything': ['a\\', ['a']],
  nothing: ['', []],
  'a line longer than the buffer': [`${'x'.repeat(1200)}\ny`, ['x'.repeat(1200), 'y']],
  'a line as long as the buffer': [`${'x'.repeat(510)}\ny`, ['x'.repeat(510), 'y']],
  'a carriage return at the end of the buffer': [`${'x'.repeat(509)}\ry\nz`, ['x'.repeat(509), 'y', 'z']],
  'one before that': [`${'x'.repeat(508)}\ry\nz`, [`${'x'.repeat(508)}\ry`, 'z']],
};

for (const [title, [text, lines]] of Object.entries(texts)) {
  test(`reads ${title}`, (t) => {
    t.deepEqual([...logicalLines(text)], lines);
  });
}

const seesInclude = (text: string) =>
  [...logicalLines(text)].some((line) => parseLine(line).kind === 'include');

/** What may stand anywhere. */
const pieces = [
  '\\\n',
  '\\',
  '\n',
  '\r',
  '\r\n',
  '#',
  '"',
  "'",
  '::',
  ' ',
  '=',
  '[s]\n',
  'a = b\n',
  'a',
  '$a',
  '\t',
  '\u00ef',
];
const fillings = ['x'.repeat(480), 'x'.repeat(25), 'a = ', '\ufeff'];

test('no file is included that is not seen beforehand', async (t) => {
  const native = loadNative();
  const file = path.join(await temporaryFolder(t), 'included.cnf');
  await writeFile(file, '[included]\na = b\n');
  const random = randomNumbers(20_261_125);
  const some = (from: readonly string[], most: number) =>
    Array.from({ length: random(most) }, () => from[random(from.length)]).join('');
  /** Pieces between a few of the letters. */
  const torn = (text: string) =>
    text.replaceAll(/./g, (letter) => (random(12) === 0 ? some(pieces, 3) : '') + letter);
  let [opened, seen, missed] = [0, 0, 0];
  for (let round = 0; round < 30_000; round++) {
    const before = some([...pieces, ...fillings], 6);
    const text = `${before}${torn('.include')}${some([' ', '=', '\\\n', '\t'], 4)}${file}\n${some(pieces, 4)}`;
    const bytes = Buffer.from(text);
    const parsed = native.parseConfiguration(bytes);
    const isOpened = 'sections' in parsed && parsed.sections.some(([name]) => name === 'included');
    const isSeen = seesInclude(bytes.toString('latin1'));
    opened += Number(isOpened);
    seen += Number(isSeen);
    if (isOpened && !isSeen) t.fail(JSON.stringify(text));
    if (isOpened && !text.split(/\r?\n/).some((line) => parseLine(line).kind === 'include')) missed++;
  }
  t.true(opened > 1000, `${opened} texts included the file`);
  t.true(seen < 20_000, `${seen} of 30000 texts were taken for one that includes a file`);
  t.true(missed > 100, `${missed} were missed by who takes every line for itself`);
  t.log(`${opened} opened, ${seen} seen, ${missed} in lines of other forms`);
});
