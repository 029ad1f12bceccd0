// What the runner reads from the environment, and the one that ava starts in.

import { runVariable } from './records.ts';

const summaryVariable = 'TSOPENSSL_TEST_SUMMARY';

/** The file to which `.ci/run` wants a line of JSON for each suite. */
export const summaryFile: string | undefined = process.env[summaryVariable] || undefined;

/** The caller's environment without the runner's own variables, and with the folder of this run. */
export function testEnvironment(folder: string): NodeJS.ProcessEnv {
  const { [summaryVariable]: _, ...rest } = process.env;
  return { ...rest, [runVariable]: folder };
}
