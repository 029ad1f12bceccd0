import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { makePlan } from '../../build/make-plan.ts';
import { openModuleKeys, runTexts } from '../../build/module-text.ts';
import { pipelineSteps } from '../../build/pipeline.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const source = `import path from 'node:path';

const short = { one: 1 };

export const table: Step = {
  needs: ['a'],
  run: ({ dir }) => path.join(dir, 'table'), // where it lies
};

/** The first one. */
function first(name: string): Step {
  return {
    costSeconds: 1,
    /* only where there is a folder */
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

test('finds the function of each step, and nothing else', async (t) => {
  t.deepEqual(Object.fromEntries(await runTexts(source)), {
    table: 'run:({dir})=>path.join(dir,"table")};export{table};\n',
    first: 'async run({dir}){if(dir)await path.join(name)}}}\n',
    firstOfAll: 'run:()=>first(one.a)}}export{firstOfAll};\n',
  });
});

/** The keys of a module with this text. */
async function keysOf(t: ExecutionContext, text: string, cacheDir: string) {
  const root = await temporaryFolder(t);
  await writeFile(path.join(root, 'code.ts'), text);
  const keys = openModuleKeys(root, cacheDir);
  const [whole, run] = [await keys.wholeKey('code.ts'), await keys.runKey('code.ts#first')];
  keys.save();
  return { whole, run };
}

test('comments, types and the layout change no key; the program does', async (t) => {
  const cacheDir = await temporaryFolder(t);
  const keys = await keysOf(t, source, cacheDir);
  const changed = async (from: string, to: string) => {
    t.true(source.includes(from));
    return keysOf(t, source.replace(from, to), cacheDir);
  };
  t.deepEqual(await changed('// where it lies', '// in its folder'), keys);
  t.deepEqual(await changed('/* only where there is a folder */', ''), keys);
  t.deepEqual(await changed('/** The first one. */', '/*! The very first.\n * @license none */'), keys);
  t.deepEqual(await changed('two: number', 'two: number | undefined'), keys);
  t.deepEqual(await changed('if (dir) await', 'if (dir)\n        await'), keys);
  t.deepEqual(await changed("'node:path'", '"node:path"'), keys);
  const table = await changed("'table'", "'tables'");
  t.not(table.whole, keys.whole);
  t.is(table.run, keys.run, 'the function of another step is what it was');
  const first = await changed('if (dir)', 'if (!dir)');
  t.not(first.whole, keys.whole);
  t.not(first.run, keys.run);
  // what looks like a comment in a string is part of the program
  t.not((await changed("'table'", "'table // x'")).whole, (await changed("'table'", "'table // y'")).whole);
});

test('a module is read again when it has changed, and by a later process only then', async (t) => {
  const [root, cacheDir] = [await temporaryFolder(t), await temporaryFolder(t)];
  const file = path.join(root, 'code.ts');
  await writeFile(file, source);
  const whole = async () => {
    const keys = openModuleKeys(root, cacheDir);
    const key = await keys.wholeKey('code.ts');
    keys.save();
    return key;
  };
  const before = await whole();
  t.is(await whole(), before);
  await writeFile(file, source.replace('costSeconds: 1', 'costSeconds: 2'));
  t.not(await whole(), before);
});

for (const [what, place] of [
  ['a name that is not declared', 'code.ts#path'],
  ['a declaration without the function', 'code.ts#short'],
] as const) {
  test(`refuses ${what}`, async (t) => {
    const root = await temporaryFolder(t);
    await writeFile(path.join(root, 'code.ts'), source);
    const error = await t.throwsAsync(openModuleKeys(root, root).runKey(place), { code: 'ERR_RECIPE' });
    t.regex(error.message, /wanted a declaration of \w+ with a function run, found none$/);
  });
}

test('refuses a file that does not exist', async (t) => {
  const root = await temporaryFolder(t);
  const keys = openModuleKeys(root, root);
  for (const asked of [() => keys.runKey('none.ts#first'), () => keys.wholeKey('none.ts')]) {
    const error = await t.throwsAsync(asked, { code: 'ERR_RECIPE' });
    t.regex(error.message, /none\.ts: wanted a file of the project, found none$/);
  }
});

test('every step of every target names where it is defined', async (t) => {
  const keys = openModuleKeys(checkout, await temporaryFolder(t));
  for (const { name, definition = '' } of pipelineSteps(await makePlan(checkout, { target: ['all'] }))) {
    t.regex(await keys.runKey(definition), /^[0-9a-f]{32}$/, `${name}: ${definition}`);
  }
});
