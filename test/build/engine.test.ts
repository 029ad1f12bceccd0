import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { Reporter } from '../../build/console.ts';
import { keySteps, runSteps } from '../../build/engine.ts';
import type { Plan, Step, StepContext } from '../../build/plan.ts';
import { hasResult, removeLeftovers } from '../../build/store.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Says nothing. */
const quiet: Reporter = { note() {}, begin: () => ({ progress() {}, end() {} }) };

/** Two steps, the second of which reads the first; counts how often each ran. */
async function setUp(t: ExecutionContext) {
  const root = await temporaryFolder(t);
  await mkdir(path.join(root, 'code'));
  await writeFile(path.join(root, 'code/first.ts'), 'first');
  await writeFile(path.join(root, 'code/second.ts'), 'second');
  const plan = { root, cacheDir: path.join(root, 'cache'), jobs: 2 } as Plan;
  const ran: string[] = [];
  const lines: string[] = [];
  const reporter: Reporter = {
    note: (text) => lines.push(text),
    begin: (name) => ({ progress() {}, end: (outcome) => lines.push(`${name}: ${outcome}`) }),
  };
  const options = { word: 'one', fail: false };
  const first: Step = {
    name: 'first',
    needs: [],
    inputs: () => ({ word: options.word }),
    code: ['code/first.ts'],
    async run({ dir, scratchDir }) {
      ran.push('first');
      await writeFile(path.join(scratchDir, 'on-the-way'), '');
      await writeFile(path.join(dir, 'text'), options.word);
      if (options.fail) throw new Error('failed on purpose');
    },
  };
  const second: Step = {
    name: 'second',
    needs: ['first'],
    inputs: () => ({}),
    code: ['code/second.ts'],
    async run({ dir, result }) {
      ran.push('second');
      await writeFile(
        path.join(dir, 'text'),
        `${await readFile(path.join(result('first'), 'text'), 'utf8')} and two`,
      );
    },
  };
  async function build(explain = false) {
    ran.length = 0;
    const keyed = await keySteps([first, second], ['second'], plan);
    return runSteps(keyed, ['second'], plan, { reporter, explain });
  }
  return { root, plan, ran, lines, options, build, first, second };
}

test('runs what is wanted and what it needs, in order, and nothing again when nothing changed', async (t) => {
  const { ran, build } = await setUp(t);
  const result = await build();
  t.deepEqual(ran, ['first', 'second']);
  t.is(await readFile(path.join(result('second'), 'text'), 'utf8'), 'one and two');
  t.deepEqual(
    await readdir(path.dirname(result('first'))),
    ['inputs.json', 'record.json', 'result'],
    'scratch is gone',
  );
  await build();
  t.deepEqual(ran, []);
});

test('runs a step again when its code changes, and only what depends on it', async (t) => {
  const { root, ran, build } = await setUp(t);
  await build();
  await writeFile(path.join(root, 'code/second.ts'), 'changed');
  await build();
  t.deepEqual(ran, ['second']);
  await writeFile(path.join(root, 'code/first.ts'), 'changed');
  await build();
  t.deepEqual(ran, ['first', 'second']);
});

test('a step whose sources change while it runs fails, and keeps nothing', async (t) => {
  const { root, plan, build, first, ran } = await setUp(t);
  await mkdir(path.join(root, 'code/sources'));
  const source = path.join(root, 'code/sources/one.c');
  await writeFile(source, 'one');
  let change: (() => Promise<void>) | undefined;
  const { run } = first;
  Object.assign(first, {
    code: ['code/first.ts', 'code/sources'],
    async run(context: StepContext) {
      await run(context);
      await change?.();
    },
  });
  for (const changed of [
    () => writeFile(source, 'two'),
    () => writeFile(path.join(root, 'code/sources/more.c'), ''),
    () => rm(source),
  ]) {
    change = changed;
    const error = await t.throwsAsync(build(), { code: 'ERR_INTEGRITY' });
    t.regex(
      error.message,
      /^first: \S+ was changed while the step ran; its result is not kept: build again$/,
    );
    t.deepEqual(await readdir(path.join(plan.cacheDir, 'steps/first')), []);
    await rm(path.join(root, 'code/sources'), { recursive: true });
    await mkdir(path.join(root, 'code/sources'));
    await writeFile(source, 'one');
  }
  // the control: a change before it begins, or of a module that is loaded, is no fault
  change = () => writeFile(path.join(root, 'code/first.ts'), 'loaded');
  await build();
  t.deepEqual(ran, ['first', 'second']);
});

test('what reads a result of a known identity does not run again when only the way to it changed', async (t) => {
  const { root, ran, options, build, first } = await setUp(t);
  first.identity = () => options.word;
  await build();
  await writeFile(path.join(root, 'code/first.ts'), 'changed');
  await build();
  t.deepEqual(ran, [], 'nobody needs the first step');
  options.word = 'other';
  await build();
  t.deepEqual(ran, ['first', 'second']);
});

test('takes up an earlier result when an input changes back', async (t) => {
  const { ran, options, build } = await setUp(t);
  await build();
  options.word = 'other';
  await build();
  t.deepEqual(ran, ['first', 'second']);
  options.word = 'one';
  await build();
  t.deepEqual(ran, []);
});

test('--verbose says of every step why it ran or did not', async (t) => {
  const { lines, options, build } = await setUp(t);
  await build(true);
  t.deepEqual(lines.splice(0), ['first: run: it was never made here', 'second: run: it was never made here']);
  await build(true);
  t.regex(lines.splice(0).join(), /^second: kept: nothing of its inputs changed/);
  options.word = 'other';
  await build(true);
  t.regex(lines[0] ?? '', /^first: run: changed since \w{8}: word: "one" → "other"$/);
  t.regex(lines[1] ?? '', /^second: run: changed since \w{8}: needs\.first: /);
});

test('a step that fails leaves nothing that a later build trusts', async (t) => {
  const { plan, ran, options, build, first } = await setUp(t);
  options.fail = true;
  await t.throwsAsync(build(), { message: 'failed on purpose' });
  t.deepEqual(await readdir(path.join(plan.cacheDir, 'tmp')), []);
  const keyed = await keySteps([first], ['first'], plan);
  t.false(hasResult(plan.cacheDir, 'first', keyed.get('first')?.key ?? ''));
  options.fail = false;
  await build();
  t.deepEqual(ran, ['first', 'second']);
});

test('what a killed build left is not trusted, and removed by the next', async (t) => {
  const { plan, ran, build } = await setUp(t);
  const left = path.join(plan.cacheDir, 'tmp/first-killed.abc123/result');
  await mkdir(left, { recursive: true });
  await writeFile(path.join(left, 'text'), 'half');
  await removeLeftovers(plan.cacheDir);
  t.deepEqual(await readdir(path.join(plan.cacheDir, 'tmp')), []);
  await build();
  t.deepEqual(ran, ['first', 'second']);
});

test('keeps the four newest results of a step', async (t) => {
  const { plan, ran, options, build } = await setUp(t);
  for (const word of ['1', '2', '3', '4', '5']) {
    options.word = word;
    await build();
  }
  t.is((await readdir(path.join(plan.cacheDir, 'steps/first'))).length, 4);
  options.word = '5';
  await build();
  t.deepEqual(ran, []);
  options.word = '1';
  await build();
  t.deepEqual(ran, ['first', 'second']);
});

test('steps that do not need each other run side by side, and no more of them than there are jobs', async (t) => {
  const { plan } = await setUp(t);
  for (const jobs of [1, 2, 3]) {
    let [now, most] = [0, 0];
    let open: () => void = () => undefined;
    // opened when as many steps run as there are jobs: with fewer lanes this test does not end
    const isFull = new Promise<void>((resolve) => {
      open = resolve;
    });
    const step = (name: string): Step => ({
      name,
      needs: [],
      inputs: () => ({}),
      code: [],
      async run() {
        most = Math.max(most, ++now);
        if (now === jobs) open();
        await isFull;
        // one more would start now
        await new Promise((resolve) => setTimeout(resolve, 50));
        now--;
      },
    });
    const names = ['a', 'b', 'c', 'd'];
    const one = { ...plan, jobs, cacheDir: path.join(plan.cacheDir, String(jobs)) };
    const keyed = await keySteps(names.map(step), names, one);
    await runSteps(keyed, names, one, { reporter: quiet, explain: false });
    t.is(most, jobs);
  }
});

test('when a step fails, those that wait for their turn are not started, and the build ends', async (t) => {
  const { plan } = await setUp(t);
  const ran: string[] = [];
  const step = (name: string): Step => ({
    name,
    needs: [],
    inputs: () => ({}),
    code: [],
    async run() {
      ran.push(name);
      if (name === 'a') throw new Error('failed on purpose');
    },
  });
  const names = ['a', 'b', 'c', 'd'];
  const one = { ...plan, jobs: 1 };
  const keyed = await keySteps(names.map(step), names, one);
  const build = runSteps(keyed, names, one, { reporter: quiet, explain: false });
  await t.throwsAsync(build, { message: 'failed on purpose' });
  t.deepEqual(ran, ['a']);
});

test('starts the step with the longest path to the end first, whatever the order of the list', async (t) => {
  const { plan } = await setUp(t);
  const ran: string[] = [];
  const step = (name: string, needs: readonly string[], costSeconds?: number): Step => ({
    name,
    needs,
    ...(costSeconds === undefined ? {} : { costSeconds }),
    inputs: () => ({}),
    code: [],
    async run() {
      ran.push(name);
    },
  });
  // short → long is 1 + 100 s, middle 50 s, alone 2 s
  const steps = [
    step('alone', [], 2),
    step('middle', [], 50),
    step('short', []),
    step('long', ['short'], 100),
    step('last', ['long', 'middle', 'alone']),
  ];
  const one = { ...plan, jobs: 1 };
  await runSteps(await keySteps(steps, ['last'], one), ['last'], one, { reporter: quiet, explain: false });
  t.deepEqual(ran, ['short', 'long', 'middle', 'alone', 'last']);
});

test('reports a damaged result and makes it again, and nothing that it did not need', async (t) => {
  const { ran, lines, build } = await setUp(t);
  const result = await build();
  await writeFile(path.join(result('second'), 'text'), 'one and too');
  lines.length = 0;
  await build();
  t.deepEqual(ran, ['second']);
  t.regex(
    lines.join('\n'),
    /second: the result in the cache is damaged and is made again: text was changed: expected/,
  );
  t.is(await readFile(path.join(result('second'), 'text'), 'utf8'), 'one and two');
  await writeFile(path.join(result('first'), 'text'), 'two');
  await build();
  t.deepEqual(ran, [], 'nobody uses the first result');
});

test('two builds at once in one cache make each result once', async (t) => {
  const { ran, build, lines, first } = await setUp(t);
  const run = first.run;
  first.run = async (context) => {
    // until the other build has found that it has to wait
    while (!lines.some((line) => line.includes('Another build makes first'))) await sleep(10);
    await run(context);
  };
  await Promise.all([build(), build()]);
  t.deepEqual(ran, ['first', 'second']);
  t.is(lines.filter((line) => line === 'second: done').length, 1);
  t.is(lines.filter((line) => line === 'second: made by another build').length, 1);
});

test('two steps that use all cores do not run at once, and others run beside them', async (t) => {
  const { plan } = await setUp(t);
  /** Builds a, b and c; `pair` are two steps that each wait until the other one runs: without that the build does not end. */
  const build = async (usesAllCores: boolean, pair: readonly string[]) => {
    const running = new Set<string>();
    const together = new Set<string>();
    const begun = new Set<string>();
    const step = (name: string): Step => ({
      name,
      needs: [],
      usesAllCores: usesAllCores && name !== 'c',
      inputs: () => ({}),
      code: [],
      async run() {
        for (const other of running) together.add([other, name].sort().join(' and '));
        running.add(name);
        begun.add(name);
        while (pair.includes(name) && !pair.every((each) => begun.has(each))) await sleep(10);
        running.delete(name);
      },
    });
    const names = ['a', 'b', 'c'];
    const one = { ...plan, jobs: 2, cacheDir: path.join(plan.cacheDir, pair.join('')) };
    await runSteps(await keySteps(names.map(step), names, one), names, one, {
      reporter: quiet,
      explain: false,
    });
    return together;
  };
  const marked = await build(true, ['a', 'c']);
  t.true(marked.has('a and c'));
  t.false(marked.has('a and b'));
  t.true((await build(false, ['a', 'b'])).has('a and b'), 'without the mark they do');
});
