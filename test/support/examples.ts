// The examples as somebody has them who has installed the package.

import { spawn } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type RunResult, run } from '../../build/process.ts';
import { temporaryFolder } from './folder.ts';
import { distribution } from './openssl.ts';

const { packageDir } = await distribution();
const sources = fileURLToPath(new URL('../../examples', import.meta.url));
const quiet = { OPENSSL_CONF: '/dev/null' };

/** A folder with the examples, and the package installed. */
export async function examplesFolder(t: ExecutionContext): Promise<string> {
  const dir = await temporaryFolder(t);
  await cp(sources, dir, { recursive: true });
  await mkdir(path.join(dir, 'node_modules'));
  await symlink(packageDir, path.join(dir, 'node_modules/tsopenssl'));
  await writeFile(path.join(dir, 'package.json'), '{"type":"module"}\n');
  return dir;
}

const words = (argv: readonly string[]): [string, ...string[]] => [
  ...([process.execPath, '--import', import.meta.resolve('tsx')] as const),
  ...argv,
];

/** Runs an example to its end. */
export function runExample(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  return run(words(argv), { cwd, env: { ...quiet, ...env }, allowFailure: true });
}

/** An example that runs until the test ends. */
export interface RunningExample {
  /** What it says, line by line; the next one that fits is waited for. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts an example that does not end by itself. */
export function startExample(t: ExecutionContext, cwd: string, argv: readonly string[]): RunningExample {
  const [program = '', ...rest] = words(argv);
  const env = { ...process.env, ...quiet };
  const child = spawn(program, rest, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line(pattern) {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`${argv.join(' ')} ended before it said ${pattern}`);
        const found = pattern.exec(String(value));
        if (found !== null) return found;
      }
    },
  };
}
