// The examples of docs/api.md, run with the packaged library: what their comments promise is what comes out.

import { readFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { type ExampleResult, runExamples } from '../support/api-examples.ts';
import { expectation, parseApiPage } from '../support/api-page.ts';
import { temporaryFolder } from '../support/folder.ts';
import { distribution } from '../support/openssl.ts';

const { packageDir } = await distribution();
const page = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
const sections = parseApiPage(page);
// what every example begins with stands before the first section
const [, imports = ''] = /^```js\n(import .*?;)\n```$/m.exec(page.slice(0, page.indexOf('\n## '))) ?? [];

test('every block of code of the page is run', (t) => {
  const blocks = sections.flatMap(({ examples }) => examples);
  t.is(page.match(/^```/gm)?.length, 2 * (blocks.length + 1));
  t.true(blocks.length > 20);
  t.true(imports.endsWith("} from 'tsopenssl';"));
});

for (const section of sections) {
  if (section.examples.length === 0) continue;
  test(`the examples of "${section.title}" say what comes out`, async (t) => {
    const { exitCode, stderr, checks, problems } = await runExamples(
      await temporaryFolder(t),
      packageDir,
      imports,
      section,
    );
    t.is(exitCode, 0, stderr);
    t.deepEqual(problems, []);
    const promised = section.examples
      .flatMap(({ code }) => code.split('\n'))
      .filter((line) => expectation.test(line));
    t.true(checks >= promised.length, `${checks} values were compared, ${promised.length} promised`);
  });
}

test('the authority of addon/README.md signs what its comments promise', async (t) => {
  const readme = await readFile(new URL('../../addon/README.md', import.meta.url), 'utf8');
  const section = parseApiPage(readme).find(({ title }) => title === 'A certificate authority');
  const { exitCode, stderr, checks, problems } = await runExamples(
    await temporaryFolder(t),
    packageDir,
    '',
    section ?? { examples: [] },
  );
  t.is(exitCode, 0, stderr);
  t.deepEqual(problems, []);
  t.is(checks, 2);
});

async function runOne(t: ExecutionContext, code: string): Promise<ExampleResult> {
  return runExamples(await temporaryFolder(t), packageDir, imports, { examples: [{ line: 10, code }] });
}

test('a promise that is not kept is reported with its line in the page', async (t) => {
  const code = [
    '1 + 1; // → 2',
    '1 + 1; // → 3',
    "const text = 'abc'; // → 'a…d'",
    'crypto.getEllipticCurve(1); // throws TypeError: Expected a string for name, got a number',
    'crypto.getEllipticCurve(1); // throws RangeError: …',
    "await crypto.getEllipticCurve('prime256v1'); // throws …",
    'caBundle.TRUST_ANY; // → any',
  ].join('\n');
  const { exitCode, checks, problems } = await runOne(t, code);
  t.is(exitCode, 0);
  t.is(checks, 7);
  t.deepEqual(problems, [
    'line 11: wanted 3, got 2',
    "line 12: wanted 'a…d', got 'abc'",
    'line 14: wanted RangeError: …, got TypeError: Expected a string for name, got a number',
    'line 15: wanted an error: …, got no error',
    "line 16: wanted any, got 'any'",
  ]);
});

test('an example that fails is found, at its line in the page', async (t) => {
  const thrown = await runOne(t, '1; // → 1\ncrypto.noSuchFunction();');
  t.is(thrown.exitCode, 1);
  t.regex(thrown.stderr, /examples\.mjs:11\n.*TypeError: crypto\.noSuchFunction is not a function/s);
  t.is((await runOne(t, 'const x = ;')).exitCode, 1);
  // a promise that never settles ends the process before the last check
  t.not((await runOne(t, 'await new Promise(() => {});')).exitCode, 0);
});
