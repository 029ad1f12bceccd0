// What a step of the builder left: OpenSSL's source, its headers, the compilers, for tests that need more than is shipped.

import { builder } from './builder.ts';

/** The folder of a step's result, made now if it is not in the cache. */
export async function stepResult(step: string): Promise<string> {
  const { code, stdout, stderr } = await builder(['--until', step]);
  if (code !== 0) throw new Error(`the step ${step} failed with exit status ${code}\n${stderr}`);
  return stdout.trim();
}
