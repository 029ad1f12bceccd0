// What a step of the builder left: OpenSSL's source, its headers, the compilers, for tests that need more than is shipped.

import type { TargetId } from '../../build/types.ts';
import { builder } from './builder.ts';

/**
 * The folder of a step's result, made now if it is not in the cache.
 * @param target - the target whose step it is; without it, this machine's
 */
export async function stepResult(step: string, target?: TargetId): Promise<string> {
  const args = target === undefined ? [] : ['--target', target];
  const { code, stdout, stderr } = await builder([...args, '--until', step]);
  if (code !== 0) throw new Error(`the step ${step} failed with exit status ${code}\n${stderr}`);
  return stdout.trim();
}
