// What the machine's own tools say of their versions: part of the keys of what they make, and of the manifest. What a tool has
// said is remembered in the cache for as long as its file is unchanged, since starting them all takes longer than a build that
// has nothing to do.

import path from 'node:path';
import { BuildError } from '../errors.ts';
import { type FileMemo, openMemo } from '../file-memo.ts';
import { run } from '../process.ts';
import { findProgram } from '../system-packages.mjs';

/** What stands for the version of a tool that this machine lacks. */
const notInstalled = 'not installed';

const asked = new Map<string, Promise<string>>();

/**
 * First line of each tool's `--version`, by name; `not installed` for one that is missing.
 * @throws {BuildError} ERR_PREREQUISITE when a tool does not run
 */
export async function toolVersions(
  tools: readonly string[],
  { cacheDir }: { readonly cacheDir: string },
): Promise<Record<string, string>> {
  const memo = openMemo(path.join(cacheDir, 'tool-versions'), 'tsopenssl tool versions 1');
  const pairs = [...tools].sort().map(async (tool) => [tool, await versionOf(tool, memo)] as const);
  const versions = Object.fromEntries(await Promise.all(pairs));
  memo.save();
  return versions;
}

/** Tools that know another word for it; msibuild knows none, and msiinfo is of the same source. */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  makensis: ['makensis', '-VERSION'],
  msibuild: ['msiinfo', '--version'],
};

async function versionOf(tool: string, memo: FileMemo): Promise<string> {
  const file = findProgram(tool);
  if (file === undefined) return notInstalled;
  const answer = asked.get(file) ?? memo.valueOf(file, () => ask(tool));
  asked.set(file, answer);
  return answer;
}

async function ask(tool: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(otherwise[tool] ?? [tool, '--version'], {
    allowFailure: true,
  });
  if (exitCode !== 0) {
    throw new BuildError(
      'ERR_PREREQUISITE',
      `${tool}: wanted to run it, got exit status ${exitCode}; is it installed?`,
    );
  }
  return (stdout.trim() || stderr.trim()).split('\n')[0] ?? '';
}
