// What the addon is compiled from stands twice, in binding.gyp for node-gyp and in the step that calls the compilers itself:
// here the two are compared. That both work is shown by test/build/steps/addon.test.ts and test/targets.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { addonSources, parseZigRuntime } from '../../../build/steps/addon-direct.ts';
import { checkout } from '../../support/builder.ts';

const sourceDir = path.join(checkout, 'addon/src');

interface Settings {
  readonly sources: readonly string[];
  readonly defines?: readonly string[];
}

interface Binding {
  readonly targets: readonly [
    Required<Settings> & {
      readonly cflags_cc: readonly string[];
      readonly conditions: readonly (readonly [string, Settings])[];
    },
  ];
}

/** binding.gyp is a literal of Python, which but for its comments is one of JavaScript. */
async function readBinding(): Promise<Binding['targets'][0]> {
  const text = await readFile(path.join(sourceDir, 'binding.gyp'), 'utf8');
  return (runInNewContext(`(${text.replaceAll(/^\s*#.*$/gm, '')})`) as Binding).targets[0];
}

/** The names of gyp for the systems, and what it leaves to node-gyp. */
const systems = [
  { os: 'darwin', condition: 'OS=="mac"', own: [] },
  { os: 'win32', condition: 'OS=="win"', own: ['delay_load_mingw.cc'] },
] as const;

for (const { os, condition, own } of systems) {
  test(`compiles for ${os} what binding.gyp compiles, with the same settings`, async (t) => {
    const { sources, defines, cflags_cc, conditions } = await readBinding();
    const settings = conditions.find(([name]) => name === condition)?.[1];
    const direct = addonSources(os);
    const wanted = [...sources, ...(settings?.sources ?? []), ...own].sort();
    t.deepEqual(direct.sources.map((name) => `${name}.cc`).sort(), wanted);
    const fixed = defines.filter((define) => !define.startsWith('TSOPENSSL_WANTED_VERSION='));
    t.is(fixed.length, defines.length - 1);
    t.deepEqual([...direct.defines], [...fixed, ...(settings?.defines ?? [])]);
    t.deepEqual(
      direct.flags.filter((flag) => cflags_cc.includes(flag)),
      [...cflags_cc],
    );
  });
}

test('leaves no source out', async (t) => {
  const { conditions } = await readBinding();
  const linux = conditions.find(([name]) => name === 'OS=="linux"')?.[1].sources ?? [];
  t.true(linux.length > 0);
  const direct = systems.flatMap(({ os }) => addonSources(os).sources.map((name) => `${name}.cc`));
  const files = (await readdir(sourceDir)).filter((name) => name.endsWith('.cc'));
  t.deepEqual([...new Set([...linux, ...direct])].sort(), files.sort());
});

test('finds the libraries of zig in what it prints, in the order of their needs', (t) => {
  const text = [
    'clang version 19',
    'zig ld -o other /c/o/9/libc++.a',
    'zig ar /c/o/1/libc++.o',
    'zig ld -dynamic -o a /c/o/0/a.o /c/o/1/libc++abi.a /c/o/2/libc++.a -lSystem /c/o/3/libcompiler_rt.a',
    '',
  ].join('\n');
  t.deepEqual(parseZigRuntime(text), ['/c/o/2/libc++.a', '/c/o/1/libc++abi.a', '/c/o/3/libcompiler_rt.a']);
});

test('says what is missing in what zig prints', (t) => {
  const error = t.throws(() => parseZigRuntime('zig ld /c/libc++.a /c/libcompiler_rt.a'), {
    instanceOf: BuildError,
    message:
      'zig-c++ -v: wanted libc++abi.a in the command line of zig ld, got\nzig ld /c/libc++.a /c/libcompiler_rt.a',
  });
  t.is(error?.code, 'ERR_PREREQUISITE');
});
