// The programs that steps, packagers and toolchains name, the packages that bring them, and who needs what.

import test from 'ava';
import { debianPackages } from '../../build/debian-packages.ts';
import { makePlan, type PlanOptions } from '../../build/make-plan.ts';
import { packagerList } from '../../build/packager-list.ts';
import { pipelineSteps } from '../../build/pipeline.ts';
import { toolchainParts } from '../../build/steps/toolchain-programs.ts';
import { targets } from '../../platform/targets.ts';
import { checkout } from '../support/builder.ts';

/** The programs of steps whose names match, with what they need. */
async function programsOf(options: PlanOptions, until: RegExp): Promise<readonly string[]> {
  const plan = await makePlan(checkout, options);
  const steps = pipelineSteps(plan);
  const wanted = new Set(steps.filter(({ name }) => until.test(name)).map(({ name }) => name));
  for (const { name, needs } of [...steps].reverse())
    if (wanted.has(name)) for (const other of needs) wanted.add(other);
  const programs = steps
    .filter(({ name }) => wanted.has(name))
    .flatMap((step) => step.programs?.(plan) ?? []);
  return [...new Set(programs)].sort();
}

test('every program of every step has a package, and every package is for a program of some step', async (t) => {
  const plan = await makePlan(checkout, { target: ['all'] });
  const named = new Set(pipelineSteps(plan).flatMap((step) => step.programs?.(plan) ?? []));
  for (const program of named) t.true(Object.hasOwn(debianPackages, program), program);
  // flock holds the locks of every build; osslsigncode is named where a signer is
  const others = ['flock', 'osslsigncode'];
  t.deepEqual(
    Object.keys(debianPackages).filter((program) => !named.has(program) && !others.includes(program)),
    [],
  );
});

test('a step that packs names the programs of its packager, and one that compiles those of its toolchain', async (t) => {
  const plan = await makePlan(checkout, { target: ['all'] });
  const steps = pipelineSteps(plan);
  const of = (name: string) => steps.find((step) => step.name === name)?.programs?.(plan) ?? [];
  for (const target of targets) {
    for (const { step, packager, serves, isShared } of packagerList.filter((row) => row.serves(target)))
      t.deepEqual(of(isShared ? step : `${step}-${target.id}`), packager.tools, String(serves));
    for (const name of ['toolchain', 'compile', 'addon'])
      for (const tool of toolchainParts(target.compilers).tools)
        t.true(of(`${name}-${target.id}`).includes(tool), `${name}-${target.id} ${tool}`);
  }
});

for (const [what, options, until, programs] of [
  ['the bundles need nothing but what unpacks them', {}, /^bundles$/, ['xz']],
  ['the compiler of the recipe needs nothing', {}, /^toolchain-/, []],
  [
    'npm packages need no rpm and no dpkg',
    { format: ['npm'] },
    /^package-/,
    ['gzip', 'make', 'perl', 'python3', 'xz'],
  ],
  [
    'a zip for Windows needs no installer',
    { target: ['win32-x64'], format: ['zip'] },
    /^package-/,
    [
      ...['gzip', 'make', 'perl'],
      ...['x86_64-w64-mingw32-g++-posix', 'x86_64-w64-mingw32-gcc-posix', 'x86_64-w64-mingw32-ld', 'xz'],
    ],
  ],
] as const) {
  test(what, async (t) => {
    t.deepEqual(await programsOf(options, until), [...programs]);
  });
}

test('what makes an installer for Windows is needed by that format alone', async (t) => {
  const of = (format: string) => programsOf({ target: ['win32-x64'], format: [format] }, /^package-/);
  t.true((await of('exe')).includes('makensis'));
  t.false((await of('exe')).includes('wixl'));
  t.true((await of('msi')).includes('wixl'));
  t.false((await of('msi')).includes('makensis'));
});
