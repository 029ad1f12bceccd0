// The rules over Mach-O files, each broken alone; test/platform/linux/validate.test.ts does so for those that every platform has.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { allRules } from '../../../build/validation/run-rules.ts';
import { macRules, validateMac } from '../../../platform/macos/validate.ts';
import { describedRules } from '../../support/described-rules.ts';
import { brokenFiles } from './validate/broken-files.ts';
import { brokenLibraries } from './validate/broken-libraries.ts';
import { brokenSymbols } from './validate/broken-symbols.ts';
import { type MacStage, openWorkshop, type Workshop } from './validate/fixtures.ts';

const brokenCases = [...brokenFiles, ...brokenLibraries, ...brokenSymbols];

let workshop: Workshop;
test.before(async () => {
  workshop = await openWorkshop(await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-macos-')));
});
test.after.always(() => rm(workshop.dir, { recursive: true, force: true }));

const validate = (stage: MacStage) =>
  validateMac(stage, {
    forbiddenPaths: ['/build/checkout'],
    systemStub: path.join(workshop.dir, 'libSystem.tbd'),
  });

test('finds nothing wrong with stages that keep every rule, for one processor and for two', async (t) => {
  t.deepEqual(await validate(workshop.good), []);
  t.deepEqual(await validate(workshop.universal), []);
});

test('has a broken stage for each rule that only macOS has, and for a file that cannot be read', (t) => {
  const ids = macRules.map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  const everywhere = allRules({ rules: [] }).map(({ id }) => id);
  const own = ids.filter((id) => !everywhere.includes(id));
  t.true(own.length > 10);
  t.deepEqual([...new Set(brokenCases.map(({ rule }) => rule))].sort(), [...own, 'binary-readable'].sort());
});

for (const broken of brokenCases) {
  test(`${broken.rule} bites when ${broken.what}, and no other rule does`, async (t) => {
    const problems = await validate(await broken.breakStage(workshop));
    t.deepEqual([...new Set(problems.map(({ rule }) => rule))], [broken.rule], JSON.stringify(problems));
    for (const problem of problems) {
      t.is(problem.path, broken.path);
      t.regex(problem.wanted, broken.wanted);
      t.regex(problem.got, broken.got);
    }
  });
}

test('refuses a stub that is none of libSystem', async (t) => {
  const systemStub = path.join(workshop.dir, 'libz.tbd');
  await t.throwsAsync(validateMac(workshop.good, { forbiddenPaths: [], systemStub }), {
    code: 'ERR_VALIDATION',
    message: 'wanted a stub of /usr/lib/libSystem.B.dylib for x86_64-macos, got none with symbols',
  });
});

test('describes every rule in docs/validator.md, in their order', async (t) => {
  t.deepEqual(
    await describedRules('every platform', 'macOS'),
    macRules.map(({ id }) => id),
  );
});
