// What a step of the builder left: OpenSSL's source, its headers, the compilers, for tests that need more than is shipped.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { builder, checkout } from './builder.ts';

/** The folder of a step's result, made now if it is not in the cache. */
export async function stepResult(step: string): Promise<string> {
  const mirror = path.join(checkout, '../shared/sources');
  const options = existsSync(mirror) ? ['--mirror', mirror] : [];
  const { code, stdout, stderr } = await builder(['--until', step, ...options]);
  if (code !== 0) throw new Error(`the step ${step} failed with exit status ${code}\n${stderr}`);
  return stdout.trim();
}
