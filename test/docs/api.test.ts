// docs/api.md describes what is public, all of it and nothing else, with an example of each.

import { readFile } from 'node:fs/promises';
import test from 'ava';
import { exampleProblems, pageProblems } from '../support/api-page.ts';
import { type PublicName, packageApi } from '../support/public-api.ts';

const page = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
const names = packageApi();

test('docs/api.md has a heading or a row for every public name, with its parameters and its result', (t) => {
  t.deepEqual(pageProblems(page, names), []);
});

test('docs/api.md has an example for every heading', (t) => {
  t.deepEqual(exampleProblems(page), []);
});

/** Links to sections that do not exist; a section's address is that of GitHub. */
function deadLinks(text: string, targets: Readonly<Record<string, string>>): string[] {
  const dead: string[] = [];
  for (const [link, file = '', anchor = ''] of text.matchAll(/\]\(([\w.-]*)#([^)]+)\)/g)) {
    const headings = [...(targets[file] ?? '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    if (!headings.includes(anchor)) dead.push(link);
  }
  return dead;
}

test('the links between the sections lead somewhere', (t) => {
  t.deepEqual(deadLinks(page, { '': page }), []);
  t.true(page.includes('](#class-cryptopkey)'));
  t.deepEqual(deadLinks('[a](#class-cryptopkey) [b](#keys) [c](x.md#a)', { '': page }), [
    '](#keys)',
    '](x.md#a)',
  ]);
});

const known = new Set(pageProblems(page, names));

/** The problems of a changed page, or of changed names, that are not there without the change. */
function newProblems(changedPage: string, changedNames: readonly PublicName[]): string[] {
  return pageProblems(changedPage, changedNames).filter((problem) => !known.has(problem));
}

const added = (path: string, kind: PublicName['kind']): PublicName => ({
  ...{ path, kind, documentation: '', params: [], throws: [], place: 'x.ts:1' },
  ...{ parameters: ['type', 'options?'], returns: 'Buffer' },
});

for (const [path, kind] of [
  ['crypto.dumpNothing', 'function'],
  ['crypto.PKey.burn', 'method'],
  ['crypto.PKey.fromAsh', 'static'],
  ['crypto.Ash', 'class'],
  ['crypto.Ash.new', 'constructor'],
  ['crypto.X509Name.colour', 'property'],
  ['crypto.KeyOptions.colour', 'field'],
  ['crypto.TYPE_ASH', 'constant'],
  ['crypto.Colour', 'type'],
  ['ash', 'namespace'],
] as const) {
  test(`reports a ${kind} that the page lacks`, (t) => {
    t.deepEqual(newProblems(page, [...names, added(path, kind)]), [`${path} (x.ts:1) is not described`]);
  });
}

for (const path of [
  'crypto.sign',
  'crypto.PKey.bits',
  'crypto.PKey.fromRawPublic',
  'crypto.TYPE_EC',
  'Info.build.cpu',
]) {
  test(`reports that the page still has ${path} when it is gone`, (t) => {
    const problems = newProblems(
      page,
      names.filter((name) => name.path !== path),
    );
    t.is(problems.length, 1);
    t.regex(problems[0] ?? '', new RegExp(`^line \\d+: there is no ${path.replaceAll('.', '\\.')}$`));
  });
}

/** Changes of the page, and what is said of them. */
const changes: Readonly<Record<string, readonly [from: string, to: string, problem: RegExp]>> = {
  'another parameter': [
    '`crypto.sign(pkey, data, digest?): Buffer`',
    '`crypto.sign(pkey, text, digest?): Buffer`',
    /^line \d+: wanted crypto\.sign\(pkey, data, digest\?\): Buffer, got crypto\.sign\(pkey, text, digest\?\): Buffer$/,
  ],
  'another result': [
    '`.bits(): number`',
    '`.bits(): bigint`',
    /wanted \.bits\(\): number, got \.bits\(\): bigint$/,
  ],
  'a heading twice': [
    '### `.bits(): number`',
    '### `.bits(): number`\n### `.bits(): number`',
    /PKey\.bits is described twice$/,
  ],
};

for (const [title, [from, to, problem]] of Object.entries(changes)) {
  test(`reports ${title}`, (t) => {
    t.true(page.includes(from));
    const problems = newProblems(page.replace(from, to), names);
    t.is(problems.length, 1);
    t.regex(problems[0] ?? '', problem);
  });
}

test('reports a heading without an example, with one of something else, and with one that checks nothing', (t) => {
  const short = (example: string) =>
    exampleProblems(`## Class \`crypto.PKey\`\n\n### \`.bits(): number\`\n\n\`\`\`js\n${example}\n\`\`\`\n`);
  t.deepEqual(short('key.bits(); // → 256'), []);
  t.deepEqual(short('key.securityBits(); // → 256'), ['line 3: no example uses crypto.PKey.bits']);
  t.deepEqual(short('key.bitsText(); // → 256'), ['line 3: no example uses crypto.PKey.bits']);
  t.deepEqual(short('key.bits(); // 256'), ['line 3: no example of crypto.PKey.bits says what comes out']);
  t.deepEqual(exampleProblems('## Keys\n\n### `crypto.sign(pkey): Buffer`\n'), [
    'line 3: no example uses crypto.sign',
  ]);
});
