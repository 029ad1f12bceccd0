// Proves at the end of a test run that nothing which is kept for later runs was changed: every result that the run has used is
// read again as a whole. While it runs, no other build removes any.

import { cacheEntries, entryId } from '../../build/prune.ts';
import { checkResult } from '../../build/store.ts';
import { everyResult, registerUses } from '../../build/uses.ts';

/**
 * Runs tests.
 * @returns what the tests returned, and what is wrong with the results that were used, one line each
 */
export async function withKeptResults<Value>(
  cacheDir: string,
  runTests: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly damages: readonly string[] }> {
  const begin = Date.now();
  const endUse = await registerUses(cacheDir, [everyResult]);
  try {
    const value = await runTests();
    return { value, damages: await damagedSince(cacheDir, begin) };
  } finally {
    await endUse();
  }
}

/** What is wrong with the results that were used since then. @param sinceMs - milliseconds since 1970 */
export async function damagedSince(cacheDir: string, sinceMs: number): Promise<readonly string[]> {
  const damages: string[] = [];
  // file systems keep times in steps
  const used = (await cacheEntries(cacheDir)).filter(({ lastUsedMs }) => lastUsedMs >= sinceMs - 1000);
  for (const entry of used) {
    const state = await checkResult(cacheDir, entry.name, entry.key, true);
    if (typeof state === 'object') {
      damages.push(`${entryId(entry)} in the cache was changed during the tests: ${state.damage}`);
    }
  }
  return damages;
}
