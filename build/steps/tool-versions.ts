// What the machine's own tools say of their versions: part of the keys of what they make, and of the manifest.

import { BuildError } from '../errors.ts';
import { run } from '../process.ts';

const known = new Map<string, Promise<string>>();

/**
 * First line of each tool's `--version`, by name.
 * @throws {BuildError} ERR_PREREQUISITE when a tool is missing
 */
export async function toolVersions(tools: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all([...tools].sort().map(async (tool) => [tool, await versionOf(tool)])),
  );
}

/** Tools that know another word for it; msibuild knows none, and msiinfo is of the same source. */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  makensis: ['makensis', '-VERSION'],
  msibuild: ['msiinfo', '--version'],
};

/** First line of a tool's `--version`. */
export function versionOf(tool: string): Promise<string> {
  const asked = known.get(tool) ?? ask(tool);
  known.set(tool, asked);
  return asked;
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
