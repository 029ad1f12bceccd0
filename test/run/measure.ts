// Runs in each test process before its tests: measures wall time, processor time and the programs that are waited for, and
// writes a line when the process begins and one when it ends.

import type { ChildProcess } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { busyTime, type Interval } from './busy-time.ts';
import { programName } from './program-name.ts';
import { appendRecord, runVariable } from './records.ts';

const require = createRequire(import.meta.url);
const folder = process.env[runVariable];
// what the tests start must see the same environment as without the runner
delete process.env[runVariable];

const intervals = new Map<string, Interval[]>();
const running = new Map<ChildProcess, number>();

function add(program: string, beganMs: number): void {
  const all = intervals.get(program) ?? [];
  all.push([beganMs, performance.now()]);
  intervals.set(program, all);
}

function addChild(child: ChildProcess, beganMs: number): void {
  running.delete(child);
  add(programName(child.spawnfile, child.spawnargs.slice(1)), beganMs);
}

function watchPrograms(): void {
  diagnostics.subscribe('child_process', (message) => {
    const { process: child } = message as { readonly process: ChildProcess };
    const beganMs = performance.now();
    running.set(child, beganMs);
    child.once('exit', () => addChild(child, beganMs));
    child.once('error', () => running.delete(child));
  });
}

type Sync = (file: string, args?: unknown, ...rest: readonly unknown[]) => unknown;

function watchSynchronousPrograms(): void {
  const childProcess = require('node:child_process') as Record<string, Sync>;
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    const original = childProcess[name] as Sync;
    childProcess[name] = (file, args, ...rest) => {
      const beganMs = performance.now();
      try {
        return original.call(childProcess, file, args, ...rest);
      } finally {
        const words = name === 'execSync' ? ['-c', file] : Array.isArray(args) ? args.map(String) : [];
        add(programName(name === 'execSync' ? 'sh' : file, words), beganMs);
      }
    };
  }
  syncBuiltinESMExports();
}

/** Of the programs that were waited for: user and system time, the 16th and 17th field of proc(5)'s stat, in 1/100 s. */
function programsSeconds(): number {
  if (process.platform !== 'linux') return 0;
  const text = readFileSync('/proc/self/stat', 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** ava tells a test file its own name only through `ava` itself, which a module that comes before the test must not load. */
function testFile(): string {
  const ava = path.join(import.meta.dirname, '../../node_modules/ava/lib/worker/options.cjs');
  const { file, projectDir } = require(ava).get() as { readonly file: string; readonly projectDir: string };
  return path.relative(projectDir, file);
}

function measure(into: string): void {
  const file = testFile();
  appendRecord(into, { kind: 'begin', file, atMs: performance.timeOrigin });
  watchPrograms();
  watchSynchronousPrograms();
  process.once('exit', () => {
    for (const [child, beganMs] of running) if (child.spawnfile) addChild(child, beganMs);
    const { user, system } = process.cpuUsage();
    appendRecord(into, {
      kind: 'measured',
      file,
      wallSeconds: performance.now() / 1000,
      ownSeconds: (user + system) / 1e6,
      programsSeconds: programsSeconds(),
      waits: [...intervals].map(([program, all]) => ({ program, seconds: busyTime(all) / 1000 })),
    });
  });
}

if (folder !== undefined) measure(folder);
