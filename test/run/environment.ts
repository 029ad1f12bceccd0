// What the runner reads from the environment, and the one that ava starts in.

import { stageVariable } from '../support/openssl.ts';
import { runVariable } from './records.ts';

/** Hands a stage to the tests instead of the unpacked artifact; test/support/openssl.ts reads it. @param dir - absolute path */
export function setStage(dir: string): void {
  process.env[stageVariable] = dir;
}

const summaryVariable = 'TSOPENSSL_TEST_SUMMARY';

/** The file to which `.ci/run` wants a line of JSON for each suite. */
export const summaryFile: string | undefined = process.env[summaryVariable] || undefined;

/** The caller's environment without the runner's own variables, and with the folder of this run. */
export function testEnvironment(folder: string): NodeJS.ProcessEnv {
  const { [summaryVariable]: _, ...rest } = process.env;
  return { ...rest, [runVariable]: folder };
}
