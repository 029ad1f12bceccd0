import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { makePlan } from '../../build/make-plan.ts';
import { pipelineSteps } from '../../build/pipeline.ts';
import { runText } from '../../build/run-text.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const source = `import path from 'node:path';

const short = { one: 1 };

export const table: Step = {
  needs: ['a'],
  run: ({ dir }) => path.join(dir, 'table'),
};

function first(name: string): Step {
  return {
    costSeconds: 1,
    async run({ dir }) {
      if (dir) await path.join(name);
    },
  };
}

export function firstOfAll(
  one: { readonly a: string },
  two: number,
): Step {
  const inputs = [
    two,
  ];
  return { inputs,
    run: () => first(one.a) };
}
`;

for (const [name, text] of [
  ['table', "  run: ({ dir }) => path.join(dir, 'table'),\n};"],
  ['first', '    async run({ dir }) {\n      if (dir) await path.join(name);\n    },\n  };\n}'],
  ['firstOfAll', '    run: () => first(one.a) };\n}'],
] as const) {
  test(`takes the function of ${name}, and nothing else`, async (t) => {
    const dir = await temporaryFolder(t);
    await writeFile(path.join(dir, 'code.ts'), source);
    t.is(await runText(dir, `code.ts#${name}`), text);
  });
}

for (const [what, place] of [
  ['a name that is not declared', 'code.ts#path'],
  ['a declaration without the function', 'code.ts#short'],
  ['a file that does not exist', 'none.ts#first'],
] as const) {
  test(`refuses ${what}`, async (t) => {
    const dir = await temporaryFolder(t);
    await mkdir(path.join(dir, 'empty'));
    await writeFile(path.join(dir, 'code.ts'), source);
    const error = await t.throwsAsync(runText(dir, place), { code: 'ERR_RECIPE' });
    t.regex(error.message, /wanted a declaration of \w+ with a function run, found none$/);
  });
}

test('every step of every target names where it is defined', async (t) => {
  for (const { name, definition = '' } of pipelineSteps(await makePlan(checkout, { target: ['all'] }))) {
    const text = await runText(checkout, definition);
    t.regex(text, /^ +(async )?run[(:]/, `${name}: ${definition}`);
  }
});
