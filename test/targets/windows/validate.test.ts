// The rules over PE files, each broken alone; test/platform/linux/validate.test.ts does so for those that every platform has.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { allRules } from '../../../build/validation/run-rules.ts';
import { validateWindows, windowsRules } from '../../../platform/windows/validate.ts';
import { describedRules } from '../../support/described-rules.ts';
import { brokenFiles } from './validate/broken-files.ts';
import { brokenSymbols } from './validate/broken-symbols.ts';
import { openWorkshop, type Workshop } from './validate/fixtures.ts';

const brokenCases = [...brokenFiles, ...brokenSymbols];
const context = { forbiddenPaths: ['/build/checkout'] };

let workshop: Workshop;
test.before(async () => {
  workshop = await openWorkshop(await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-windows-')));
});
test.after.always(() => rm(workshop.dir, { recursive: true, force: true }));

test('finds nothing wrong with a stage that keeps every rule', async (t) => {
  t.deepEqual(await validateWindows(workshop.good, context), []);
});

test('has a broken stage for each rule that only Windows has, and for a file that cannot be read', (t) => {
  const ids = windowsRules.map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  const everywhere = allRules({ rules: [] }).map(({ id }) => id);
  const own = ids.filter((id) => !everywhere.includes(id));
  t.true(own.length > 10);
  t.deepEqual([...new Set(brokenCases.map(({ rule }) => rule))].sort(), [...own, 'binary-readable'].sort());
});

for (const broken of brokenCases) {
  test(`${broken.rule} bites when ${broken.what}, and no other rule does`, async (t) => {
    const problems = await validateWindows(await broken.breakStage(workshop), context);
    t.deepEqual([...new Set(problems.map(({ rule }) => rule))], [broken.rule], JSON.stringify(problems));
    for (const problem of problems) {
      t.is(problem.path, broken.path);
      t.regex(problem.wanted, broken.wanted);
      t.regex(problem.got, broken.got);
    }
  });
}

test('describes every rule in docs/validator.md, in their order', async (t) => {
  t.deepEqual(
    await describedRules('every platform', 'Windows'),
    windowsRules.map(({ id }) => id),
  );
});
