// Programs that use the packaged addon, each in a node process of its own with an environment of its own.

import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NativeBinding } from '../../addon/lib/native/binding.ts';
import { type RunResult, run } from '../../build/process.ts';
import { distribution } from './openssl.ts';
import { sanitizerEnvironment } from './sanitizer.ts';

const { packageDir, platformDir } = await distribution();

/** The packaged binary. */
export const binary = path.join(platformDir, 'tsopenssl.node');

/** What a program imports to get the packaged library. */
export const entry = pathToFileURL(path.join(packageDir, 'lib/index.js')).href;

/** The functions of the packaged binary, in this process. */
export function loadNative(): NativeBinding {
  return createRequire(import.meta.url)(binary) as NativeBinding;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another node than the one that runs the tests. */
  readonly node?: string;
  /** Arguments of node, before the program. */
  readonly nodeArguments?: readonly string[];
  /** Words before node, such as `unshare --mount`. */
  readonly prefix?: readonly string[];
  readonly cwd?: string;
}

/**
 * Runs an ES module in a fresh node that knows nothing of this one's environment but PATH and HOME. `entry` and `binary`
 * are constants in it.
 */
export function runProgram(source: string, options: ProgramOptions = {}): Promise<RunResult> {
  const constants = `const entry = ${JSON.stringify(entry)}, binary = ${JSON.stringify(binary)};\n`;
  const argv = [
    ...(options.prefix ?? []),
    options.node ?? process.execPath,
    ...(options.nodeArguments ?? []),
    '--input-type=module',
    '--eval',
    constants + source,
  ];
  return run(argv, {
    env: { ...sanitizerEnvironment, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    allowFailure: true,
  });
}
