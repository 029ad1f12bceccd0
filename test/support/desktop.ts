// A screen that nobody sees, with a keyboard, for programs that show windows.

import { setTimeout } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { type RunResult, run, start } from '../../build/process.ts';
import { runWine, type WineRoot, wineSettled } from './wine.ts';

/** Starts an X server of its own for a test. @returns its name, `DISPLAY` */
export async function desktop(t: ExecutionContext): Promise<string> {
  const server = start(['Xvfb', '-displayfd', '1', '-screen', '0', '800x600x24', '-nolisten', 'tcp']);
  t.teardown(() => server.kill());
  const number = await new Promise<string>((resolve, reject) => {
    server.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    server.once('error', reject);
    server.once('exit', () => reject(new Error('Xvfb ended before it had a display')));
  });
  return `:${number}`;
}

/**
 * Runs a Windows program that shows windows, and presses keys, over and over, until it ends.
 * @param keys - in xdotool's words, as `alt+n`; those that a window does not know change nothing
 * @param first - keys that are pressed once, when its first window is there
 */
export async function useWindows(
  root: WineRoot,
  display: string,
  argv: readonly string[],
  keys: readonly string[],
  first: readonly string[] = [],
): Promise<RunResult> {
  const env = { DISPLAY: display };
  const type = async (key: string) => {
    const { stdout } = await run(['xdotool', 'search', '--onlyvisible', '--name', 'tsopenssl'], {
      env,
      allowFailure: true,
    });
    const window = stdout.trim().split('\n').at(-1) ?? '';
    if (window === '') return false;
    await setTimeout(400); // until it takes keys
    await run(['xdotool', 'key', '--window', window, key], { env, allowFailure: true });
    return true;
  };
  // what still runs from before has no screen, and would have its windows nowhere
  await wineSettled(root);
  let hasEnded = false;
  const running = runWine(root, argv, { env, timeoutMs: 120_000 }).finally(() => {
    hasEnded = true;
  });
  for (const key of first) while (!hasEnded && !(await type(key))) await setTimeout(200);
  while (!hasEnded) for (const key of keys) await type(key);
  return running;
}
