// What loading the package adds to node's start: fresh processes that run an empty program, require('tsopenssl') or
// import 'tsopenssl', by turns, with the two npm packages of dist/ installed in an empty folder.

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { start } from '../../build/process.ts';
import { nodes, type TestedNode } from '../support/nodes.ts';
import { installPackage } from './install-package.ts';
import { machine, median, replaceReport } from './report.ts';

/** Programs by file name: each of the loading ones has an empty one of its own kind beside it. */
const programs = {
  'empty.cjs': '',
  'require.cjs': "require('tsopenssl');\n",
  'empty.mjs': '',
  'import.mjs': "import 'tsopenssl';\n",
} as const;

type Program = keyof typeof programs;

type Times = Readonly<Record<Program, number[]>>;

interface Measured {
  readonly node: TestedNode;
  readonly times: Times;
}

const goalMs = 15;

/** Runs the benchmark and writes its table into docs/benchmarks.md. */
export async function benchStartup(rounds: number): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-bench-'));
  try {
    await installPackage(dir);
    for (const [name, text] of Object.entries(programs)) await writeFile(path.join(dir, name), text);
    const all: Measured[] = [];
    for (const node of await nodes()) all.push({ node, times: await measure(node, dir, rounds) });
    const text = report(all, rounds);
    await replaceReport('startup', text);
    return text;
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Milliseconds of every run. Who goes first changes with each round; one run of each before that fills the file cache. */
async function measure({ node }: TestedNode, dir: string, rounds: number): Promise<Times> {
  const names = Object.keys(programs) as Program[];
  const times: Times = { 'empty.cjs': [], 'require.cjs': [], 'empty.mjs': [], 'import.mjs': [] };
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const ms = await timeOf(node, path.join(dir, name));
      if (round > 0) times[name].push(ms);
    }
  }
  return times;
}

async function timeOf(node: string, program: string): Promise<number> {
  const begin = performance.now();
  const child = start([node, program]);
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const [status] = await once(child, 'close');
  const ms = performance.now() - begin;
  if (status !== 0) throw new Error(`${node} ${program}: exit status ${status}, wanted 0\n${complaint}`);
  return ms;
}

function report(all: readonly Measured[], rounds: number): string {
  const ms = (value: number) => value.toFixed(1);
  const cell = (of: (values: readonly number[]) => number, times: Times, loading: Program, empty: Program) =>
    ms(of(times[loading]) - of(times[empty]));
  const least = (values: readonly number[]) => Math.min(...values);
  const rows = all.map(({ node, times }) => [
    node.version,
    ms(median(times['empty.cjs'])),
    cell(median, times, 'require.cjs', 'empty.cjs'),
    cell(least, times, 'require.cjs', 'empty.cjs'),
    cell(median, times, 'import.mjs', 'empty.mjs'),
    cell(least, times, 'import.mjs', 'empty.mjs'),
    `at most ${goalMs}`,
  ]);
  return [
    `Machine: ${machine()}. Command: \`npm run bench -- startup --rounds ${rounds}\`; milliseconds, medians and minima of ${rounds}.`,
    '',
    '| Node | empty program | `require` adds | minimum | `import` adds | minimum | goal |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}
