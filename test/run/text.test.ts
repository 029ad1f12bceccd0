import path from 'node:path';
import test from 'ava';
import { parseWords } from './arguments.ts';
import { busyTime } from './busy-time.ts';
import { commandOf, failureReport, type NamedFailure, reportLines } from './failure-report.ts';
import { programName } from './program-name.ts';
import { longestFirst } from './sort-files.ts';

const words: readonly (readonly [readonly string[], number | undefined, readonly string[]])[] = [
  [[], undefined, []],
  [['--slow'], 30, []],
  [['--slow', '5'], 5, []],
  [['--slow=7', 'test/a.test.ts'], 7, ['test/a.test.ts']],
  [['--slow', 'test/a.test.ts'], 30, ['test/a.test.ts']],
  [['--slow', '--match=x y'], 30, ['--match=x y']],
  [['test/a.test.ts:12', '--slow', '2', '--serial'], 2, ['test/a.test.ts:12', '--serial']],
];

for (const [given, slow, rest] of words) {
  test(`takes --slow out of [${given.join(' ')}]`, (t) => {
    t.deepEqual(parseWords(given), { slow, words: rest });
  });
}

for (const given of ['0', '-3', '1.5', 'ten', '1e3', '']) {
  test(`refuses --slow '${given}'`, (t) => {
    t.throws(() => parseWords(['--slow', given]), {
      code: 'ERR_USAGE',
      message: `Expected a positive whole number for --slow, got ${given || 'nothing'}`,
    });
  });
}

const programs: readonly (readonly [string, readonly string[], string])[] = [
  ['/usr/bin/make', ['-j2'], 'make'],
  ['node', ['--import', 'tsx', '/x/build/cli.ts', '--json'], 'node cli.ts'],
  ['node', ['--no-warnings', '-e', 'process.exit()'], 'node -e'],
  ['/bin/sh', ['-c', "'qemu-aarch64-static' '-L' '/root' 'node'"], 'qemu-aarch64-static node'],
  ['/bin/sh', ['-c', "env A=1 'wine64' 'C:\\x y.exe'"], 'wine64 C:\\x y.exe'],
  ['env', ['-i', 'PATH=/bin', 'true'], 'true'],
  ['sh', ['script.sh'], 'sh'],
];

for (const [file, args, name] of programs) {
  test(`lists ${[file, ...args].join(' ')} as ${name}`, (t) => {
    t.is(programName(file, args), name);
  });
}

test('runs of a program that overlap count once', (t) => {
  t.is(busyTime([]), 0);
  t.is(
    busyTime([
      [5, 7],
      [0, 2],
      [1, 3],
      [1, 2],
    ]),
    5,
  );
});

test('the file that took longest comes first, behind those that are not known', (t) => {
  const root = path.resolve('/project');
  const files = ['a', 'b', 'c', 'new'].map((name) => path.join(root, name));
  const sorted = files.sort(longestFirst(root, { a: 1, b: 30, c: 2 }));
  t.deepEqual(
    sorted.map((file) => path.basename(file)),
    ['new', 'b', 'c', 'a'],
  );
});

const failure: NamedFailure = {
  command: 'npm test',
  file: 'test/a.test.ts',
  title: 'works',
  text: 'why',
  count: 1,
};

test('the command of a failure quotes its title for the shell and for the pattern', (t) => {
  const commands: readonly (readonly [Partial<NamedFailure>, string])[] = [
    [{}, 'npm test -- test/a.test.ts --match=works'],
    [{ title: "it's a * b" }, "npm test -- test/a.test.ts --match='it'\\''s a \\* b'"],
    [{ title: '!important' }, "npm test -- test/a.test.ts --match='*important'"],
    [{ title: 'before hook' }, 'npm test -- test/a.test.ts'],
    [{ title: 'afterEach.always hook for works' }, 'npm test -- test/a.test.ts'],
    [{ title: undefined }, 'npm test -- test/a.test.ts'],
    [{ title: undefined, file: undefined }, 'npm test'],
  ];
  for (const [change, command] of commands) t.is(commandOf({ ...failure, ...change }), command);
});

for (const [count, lines] of [
  [1, 100],
  [2, 3],
  [5, 50],
  [15, 9],
  [16, 1],
  [400, 20],
] as const) {
  test(`${count} failures of ${lines} lines each fit into the report`, (t) => {
    const text = Array.from({ length: lines }, (_, index) => `line ${index}`).join('\n');
    const report = failureReport(
      Array.from({ length: count }, (_, index) => ({ ...failure, title: `t${index}`, text })),
    ).split('\n');
    t.true(report.length <= reportLines, String(report.length));
    const named = report.filter((line) => line.startsWith('✘ ')).length;
    const commands = report.filter((line) => line.startsWith('  run it alone: ')).length;
    t.is(commands, named);
    t.is(named, Math.min(count, 15));
    const shown = report.filter((line) => line.startsWith('  │ ')).length;
    t.true(count >= 15 || shown >= Math.min(count * lines, reportLines - 2 * count - 1), String(shown));
    if (count > named) t.is(report.at(-1), `and ${count - named} more, named in the output above`);
  });
}
