import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../build/errors.ts';
import type { TargetId } from '../../build/types.ts';
import { targets } from '../../platform/targets.ts';
import { checkout } from '../support/builder.ts';
import { plantedProject } from '../support/planted-project.ts';
import { neededTargets, targetOrder } from './needed-targets.ts';
import { runWhileBuilding } from './run-while-building.ts';

/** Runs two files: one that needs a target alone, and one that needs the whole build. */
async function runTwo(
  t: ExecutionContext,
  finish: (root: string) => Promise<void>,
): Promise<{ root: string; run: ReturnType<typeof runWhileBuilding> }> {
  const { root } = await plantedProject(t, { test: ['leaves-mark', 'needs-build'] });
  const run = runWhileBuilding({
    root,
    config: 'ava.test.config.mjs',
    durations: {},
    tests: {
      folder: 'test/test',
      needs: (file) => (file.includes('leaves-mark') ? ['win32-x64'] : undefined),
    },
    onBuilt: () => {},
    async build(onTarget) {
      onTarget('win32-x64');
      // as long as a compiler would take: until the test of the first target has run
      while (!existsSync(path.join(root, 'mark'))) await delay(100);
      await finish(root);
    },
  });
  return { root, run };
}

test('a file starts when its target is built, and the others when all is built', async (t) => {
  const { run } = await runTwo(t, (root) => writeFile(path.join(root, 'build-done'), ''));
  const { passed, failures } = await run;
  t.deepEqual(failures, []);
  t.is(passed, 2);
});

test('when the build fails, no further file starts, and what has run is counted', async (t) => {
  const { root, run } = await runTwo(t, async () => {
    throw new BuildError('ERR_NETWORK', 'the planted failure');
  });
  const { passed, failures } = await run;
  t.is(passed, 1);
  t.deepEqual(
    failures.map(({ file, text }) => [file, text]),
    [[undefined, 'ERR_NETWORK: the planted failure']],
  );
  t.false(existsSync(path.join(root, 'late-mark')));
});

test('every target has a place in the order', (t) => {
  t.deepEqual([...targetOrder].sort(), targets.map(({ id }) => id).sort());
});

test('a file of a platform waits for the targets of that platform, any other for all', (t) => {
  const table: readonly (readonly [string, readonly TargetId[] | undefined])[] = [
    ['test/targets/windows/pe.test.ts', ['linux-x64', 'win32-x64']],
    ['test/targets/linux/arm64-packages.test.ts', ['linux-x64', 'linux-arm64']],
    ['test/targets/linux/musl.test.ts', ['linux-x64', 'linuxmusl-x64']],
    ['test/targets/linux/floor.test.ts', ['linux-x64', 'linux-arm64', 'linuxmusl-x64']],
    ['test/targets/macos/pkg.test.ts', ['linux-x64', 'darwin-arm64', 'darwin-x64', 'darwin-universal']],
    ['test/targets/reproducible.test.ts', undefined],
  ];
  for (const [file, expected] of table) {
    t.true(readdirSync(path.dirname(path.join(checkout, file))).includes(path.basename(file)), file);
    t.deepEqual(neededTargets(file), expected);
  }
});
