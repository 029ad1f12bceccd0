import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { declarationText } from '../../build/declaration.ts';
import { makePlan } from '../../build/make-plan.ts';
import { pipelineSteps } from '../../build/pipeline.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const source = `import path from 'node:path';

const short = { one: 1 };

export const table = {
  one: 1,
};

function first(name: string): void {
  if (name) {
    path.join(name);
  }
}

export async function firstOfAll(
  one: { readonly a: string },
  two: number,
): Promise<void> {
  first(one.a);
}

const list = [
  1,
];
`;

for (const [name, begin, end] of [
  ['table', 'export const table = {\n', '};'],
  ['first', 'function first(name: string)', '\n  }\n}'],
  ['firstOfAll', 'export async function firstOfAll(\n', '  first(one.a);\n}'],
  ['list', 'const list = [', '];'],
] as const) {
  test(`takes the whole text of ${name}, and nothing else`, async (t) => {
    const dir = await temporaryFolder(t);
    await writeFile(path.join(dir, 'code.ts'), source);
    const text = await declarationText(dir, `code.ts#${name}`);
    t.true(text.startsWith(begin), text);
    t.true(text.endsWith(end), text);
    t.is(text.match(/^(export )?(async )?(const|function) /gm)?.length, 1);
  });
}

for (const [what, place] of [
  ['a name that is not declared', 'code.ts#path'],
  ['a file that does not exist', 'none.ts#first'],
] as const) {
  test(`refuses ${what}`, async (t) => {
    const dir = await temporaryFolder(t);
    await mkdir(path.join(dir, 'empty'));
    await writeFile(path.join(dir, 'code.ts'), source);
    const error = await t.throwsAsync(declarationText(dir, place), { code: 'ERR_RECIPE' });
    t.regex(error.message, /wanted a declaration of \w+, found none$/);
  });
}

test('every step of every target names where it is defined', async (t) => {
  for (const { name, definition = '', code } of pipelineSteps(
    await makePlan(checkout, { target: ['all'] }),
  )) {
    const text = await declarationText(checkout, definition);
    t.true(text.includes('code:'), `${name}: ${definition}`);
    t.true(code.length > 0);
  }
});
