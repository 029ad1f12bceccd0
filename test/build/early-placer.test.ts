import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Reporter } from '../../build/console.ts';
import { earlyPlacer } from '../../build/early-placer.ts';
import { keySteps, runSteps } from '../../build/engine.ts';
import type { PlannedArtifact } from '../../build/pipeline/package-steps.ts';
import type { Plan, Step } from '../../build/plan.ts';
import type { TargetId } from '../../build/types.ts';
import { linuxArm64, linuxX64 } from '../../platform/linux/targets.ts';
import { win32X64 } from '../../platform/windows/targets.ts';
import { temporaryFolder } from '../support/folder.ts';

const reporter: Reporter = { note() {}, begin: () => ({ progress() {}, end() {} }) };
const targets = [linuxX64, linuxArm64, win32X64];

/** Three targets of two artifacts each, on one lane; `broken` is a step that fails. */
async function setUp(t: ExecutionContext, order: readonly TargetId[], broken = '') {
  const root = await temporaryFolder(t);
  const outDir = path.join(root, 'dist');
  const plan = { root, cacheDir: path.join(root, 'cache'), outDir, jobs: 1, targets } as unknown as Plan;
  const ran: string[] = [];
  const step = (name: string, needs: readonly string[]): Step => ({
    name,
    needs,
    inputs: () => ({}),
    code: [],
    async run({ dir }) {
      ran.push(name);
      if (name === broken) throw new Error('failed on purpose');
      await writeFile(path.join(dir, `${name}.file`), name);
    },
  });
  const formats = ['deb', 'zip'];
  const steps = targets.flatMap(({ id }) => [
    step(`compile-${id}`, []),
    ...formats.map((format) => step(`package-${format}-${id}`, [`compile-${id}`])),
  ]);
  const planned = targets.flatMap((target) =>
    formats.map((format) => {
      const name = `package-${format}-${target.id}`;
      return { target, step: name, fileName: `${name}.file` } as unknown as PlannedArtifact;
    }),
  );
  const wanted = planned.map((one) => one.step);
  const told: { id: TargetId; ran: readonly string[] }[] = [];
  async function build() {
    const keyed = await keySteps(steps, wanted, plan);
    const early = earlyPlacer(planned, keyed, plan, {
      order,
      onTarget: (id) => told.push({ id, ran: [...ran] }),
    });
    const onSlice = (slice: { name: string; failed: boolean }) => {
      if (!slice.failed) early.onStep(slice.name);
    };
    await runSteps(keyed, wanted, plan, { reporter, explain: false, onSlice, ...early }).finally(early.end);
  }
  return { outDir, ran, told, build };
}

test('finishes targets in the given order, and tells of each when its artifacts lie in the folder', async (t) => {
  const { outDir, ran, told, build } = await setUp(t, ['win32-x64', 'linux-arm64']);
  await build();
  const ids = ['win32-x64', 'linux-arm64', 'linux-x64'] as const;
  t.deepEqual(
    told.map(({ id }) => id),
    [...ids],
  );
  t.deepEqual(
    ran,
    ids.flatMap((id) => [`compile-${id}`, `package-deb-${id}`, `package-zip-${id}`]),
  );
  // the first target is placed before the last one is made
  t.true((told[0]?.ran.length ?? 0) < ran.length, String(told[0]?.ran));
  t.is((await readdir(outDir)).length, 6);
  t.is(await readFile(path.join(outDir, 'package-deb-win32-x64.file'), 'utf8'), 'package-deb-win32-x64');
});

test('tells of targets whose results are kept', async (t) => {
  const { ran, told, build } = await setUp(t, []);
  await build();
  told.length = 0;
  ran.length = 0;
  await build();
  t.deepEqual(ran, []);
  t.deepEqual(told.map(({ id }) => id).sort(), ['linux-arm64', 'linux-x64', 'win32-x64']);
});

test('places nothing of a target that fails, and what was finished before it', async (t) => {
  const { outDir, told, build } = await setUp(t, ['win32-x64', 'linux-arm64'], 'package-zip-linux-arm64');
  await t.throwsAsync(build(), { message: 'failed on purpose' });
  t.deepEqual(
    told.map(({ id }) => id),
    ['win32-x64'],
  );
  await t.throwsAsync(access(path.join(outDir, 'package-deb-linux-arm64.file')));
});
