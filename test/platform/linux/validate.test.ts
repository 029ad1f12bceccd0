import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { validationError } from '../../../build/validation/run-rules.ts';
import { linuxRules, validateLinux } from '../../../platform/linux/validate.ts';
import { describedRules } from '../../support/described-rules.ts';
import { brokenBinaries } from './validate/broken-binaries.ts';
import { brokenContents } from './validate/broken-contents.ts';
import { brokenEntries } from './validate/broken-entries.ts';
import { brokenLibraries } from './validate/broken-libraries.ts';
import { brokenSymbols } from './validate/broken-symbols.ts';
import { goodFiles, openWorkshop, type Workshop } from './validate/fixtures.ts';

const brokenCases = [
  ...brokenEntries,
  ...brokenContents,
  ...brokenBinaries,
  ...brokenLibraries,
  ...brokenSymbols,
];

/** Two folders of a build machine, one of them in the root. */
const context = { forbiddenPaths: ['/build/checkout', '/ci/', '/'] };

let workshop: Workshop;
test.before(async () => {
  workshop = await openWorkshop(await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-validate-')));
});
test.after.always(() => rm(workshop.dir, { recursive: true, force: true }));

test('finds nothing wrong with a stage that keeps every rule', async (t) => {
  t.deepEqual(await validateLinux(workshop.good, context), []);
});

test('has a broken stage for each rule', (t) => {
  const ids = linuxRules.map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  t.deepEqual([...new Set(brokenCases.map(({ rule }) => rule))].sort(), [...ids].sort());
});

for (const broken of brokenCases) {
  test(`${broken.rule} bites when ${broken.what}, and no other rule does`, async (t) => {
    const problems = await validateLinux(await broken.breakStage(workshop), context);
    t.deepEqual([...new Set(problems.map(({ rule }) => rule))], [broken.rule], JSON.stringify(problems));
    for (const problem of problems) {
      t.is(problem.path, broken.path);
      t.regex(problem.wanted, broken.wanted);
      t.regex(problem.got, broken.got);
    }
  });
}

test('lists the problems of all rules and files at once, in one error', async (t) => {
  const cut = await workshop.withContent('share/README.md', '/build/checkout');
  const entries = cut.entries.filter(({ path: name }) => name !== 'bin/openssl');
  const problems = await validateLinux({ ...cut, entries }, context);
  const error = validationError(problems);
  t.true(error instanceof BuildError);
  t.is(error.code, 'ERR_VALIDATION');
  t.is(
    error.message,
    'the stage has 2 problems; nothing was packaged\n' +
      'bin/openssl: entry-required: wanted this file in the stage, got none\n' +
      'share/README.md: build-path: wanted no /build/checkout in any file, got /build/checkout at byte 0',
  );
  t.regex(validationError(problems.slice(1)).message, /^the stage has 1 problem;/);
});

test('takes a folder in the root for a path only where one begins and ends', async (t) => {
  const harmless = 'docs/ci, /cite, /ci-tools, x/ci/y, https://example.invalid/ci/\n';
  const good = await workshop.withContent('share/README.md', harmless);
  t.deepEqual(await validateLinux(good, context), []);
  for (const text of ['/ci', '"/ci/x"', ' /ci ', '-L/ci/lib', 'PATH=/ci/bin', 'a:/ci/bin', 'file:///ci/x']) {
    const problems = await validateLinux(await workshop.withContent('share/README.md', text), context);
    t.deepEqual(
      problems.map(({ rule }) => rule),
      ['build-path'],
      text,
    );
  }
});

test('measures the C library by the floor of the target', async (t) => {
  const source = `void dlopen(void); void packed(void); ${goodFiles.addon.source}
    __attribute__((used)) static void more(void) { dlopen(); packed(); }`;
  const stage = await workshop.relinked('addon', { source });
  const got: Record<string, readonly string[]> = {};
  for (const glibcFloor of ['2.4', '2.17', '2.35', '2.36', '3']) {
    const problems = await validateLinux({ ...stage, target: { ...stage.target, glibcFloor } }, context);
    got[glibcFloor] = problems.map((problem) => `${path.posix.basename(problem.path)} ${problem.got}`);
  }
  t.deepEqual(got, {
    '2.4': ['libcrypto.so.3 GLIBC_2.17', 'tsopenssl.node GLIBC_2.34, GLIBC_ABI_DT_RELR'],
    '2.17': ['tsopenssl.node GLIBC_2.34, GLIBC_ABI_DT_RELR'],
    '2.35': ['tsopenssl.node GLIBC_ABI_DT_RELR'],
    '2.36': [],
    '3': [],
  });
});

test('describes every rule in docs/validator.md, in their order', async (t) => {
  t.deepEqual(
    await describedRules('every platform', 'Linux'),
    linuxRules.map(({ id }) => id),
  );
});

test('refuses a forbidden path that is not absolute', async (t) => {
  await t.throwsAsync(validateLinux(workshop.good, { forbiddenPaths: ['build'] }), {
    instanceOf: TypeError,
    message: 'Expected an absolute path for forbiddenPaths, got "build"',
  });
});
