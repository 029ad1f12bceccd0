// The system's packages that a plan's targets need beside those of this machine's own, which `npm run dist` has installed.

import path from 'node:path';
import type { Reporter } from './console.ts';
import { BuildError } from './errors.ts';
import type { Plan } from './plan.ts';
import { run } from './process.ts';

/**
 * Installs what is missing, as the bootstrap does.
 * @throws {BuildError} ERR_PREREQUISITE it may not, or it failed; the message has the line to run
 */
export async function ensurePackages(plan: Plan, reporter: Reporter): Promise<void> {
  const targets = plan.targets.map(({ id }) => id);
  if (targets.join() === `${process.platform}-${process.arch}` || plan.toolchain === 'host') return;
  const argv = [process.execPath, path.join(plan.root, 'build/bootstrap.mjs'), 'dist', ...targets];
  const { exitCode, stderr } = await run(argv, { allowFailure: true });
  if (exitCode !== 0) throw new BuildError('ERR_PREREQUISITE', stderr.trim());
  if (stderr !== '') reporter.note(stderr.trimEnd());
}
