// Tests that need a program of the system: where it is missing they are skipped, counted, and say why.

import { existsSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { environment } from '../../build/environment.ts';

/** Whether a program lies in PATH. */
export function isInstalled(tool: string): boolean {
  return environment.path.split(path.delimiter).some((folder) => existsSync(path.join(folder, tool)));
}

/** Registers a test, or a skipped one where `tool` is not installed. */
export function toolTest(tool: string, title: string, body: (t: ExecutionContext) => Promise<void>): void {
  if (isInstalled(tool)) test(title, body);
  else test.skip(`${title} (skipped: ${tool} is not installed)`, body);
}
